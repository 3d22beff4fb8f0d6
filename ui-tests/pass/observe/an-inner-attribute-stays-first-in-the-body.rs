#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::block_on;

#[observe]
fn answer() -> u8 {
    #![allow(unused_variables)]
    //! Also a comment of this kind.
    let unused = 1;
    42
}

#[observe]
async fn answer_later() -> u8 {
    #![allow(unused_variables)]
    let unused = 1;
    42
}

#[observe]
fn nothing() {
    #![allow(unused_variables)]
    let unused = 1;
}

fn main() {
    nothing();
    assert_eq!(answer(), block_on(answer_later()));
}
