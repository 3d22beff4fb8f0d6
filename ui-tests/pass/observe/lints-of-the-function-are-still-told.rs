#![deny(warnings)]

use taximeter::observe;

#[observe]
#[expect(unused_variables)]
fn unfinished(text: String) -> u8 {
    todo!()
}

#[observe]
#[expect(unconditional_recursion)]
fn endless(depth: u8) {
    endless(depth);
}

#[expect(dead_code)]
mod dead {
    #[taximeter::observe]
    fn unused() -> u8 {
        1
    }
}

#[observe]
#[expect(unused_mut, unused_assignments, unreachable_code)]
fn careless(mut text: String) -> usize {
    let mut length = 0;
    length = text.len();
    return length;
    drop(text);
}

#[observe]
#[expect(unused_must_use)]
async fn forgetful() {
    Ok::<u8, u8>(1);
}

#[observe]
#[allow(unsafe_op_in_unsafe_fn)]
unsafe fn as_in_edition_2021(place: *const u8) -> u8 {
    *place
}

fn main() {
    let _: fn(String) -> u8 = unfinished;
    let _: fn(u8) = endless;
    assert_eq!(careless("ab".to_owned()), 2);
    taximeter_ui_tests::block_on(forgetful());
    // SAFETY: the place is that of a local.
    assert_eq!(unsafe { as_in_edition_2021(&7) }, 7);
}
