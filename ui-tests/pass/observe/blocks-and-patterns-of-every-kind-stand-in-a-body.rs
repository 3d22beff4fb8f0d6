#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::block_on;

#[observe]
fn labelled(limit: u8) -> u8 {
    let found = 'search: loop {
        for number in 0.. {
            if number == limit {
                break 'search number;
            }
        }
    };
    'block: {
        if found > 3 {
            break 'block 3;
        }
        found
    }
}

#[observe]
fn taken_apart(value: Option<u8>) -> u8 {
    let Some(value) = value else { return 0 };
    if value > 2 {
        return value + 1;
    }
    match value {
        1 => 10,
        _ => 20,
    }
}

#[observe]
async fn blocks(value: u8) -> u8 {
    let inner = async move {
        if value > 3 {
            return 1;
        }
        2
    };
    inner.await + async { value }.await
}

#[observe]
fn unfinished(_value: u8) -> u8 {
    todo!()
}

fn main() {
    assert_eq!((labelled(2), labelled(9)), (2, 3));
    assert_eq!((taken_apart(None), taken_apart(Some(1)), taken_apart(Some(2)), taken_apart(Some(9))), (0, 10, 20, 10));
    assert_eq!((block_on(blocks(1)), block_on(blocks(9))), (3, 10));
    let _: fn(u8) -> u8 = unfinished;
}
