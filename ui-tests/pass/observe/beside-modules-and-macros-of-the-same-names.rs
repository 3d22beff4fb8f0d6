#![deny(warnings)]
#![allow(dead_code, unused_macros, non_camel_case_types)]

mod std {}
mod core {}
mod alloc {}
mod tracing {}
mod linkme {}
mod taximeter {}
mod taximeter_runtime {}

struct Result;
struct Option;
struct Some;
struct None;
struct String;
struct Box;
struct Site;
struct bool;
struct str;

macro_rules! module_path {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! file {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! line {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! concat {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}

#[::taximeter::observe]
fn plain(value: u8) -> u8 {
    value
}

#[::taximeter::workflow]
async fn later(value: u8) -> u8 {
    value
}

#[::taximeter::llm_cost(model = "gpt-4o", feature = "answers")]
fn ask() {}

fn main() {
    ask();
    ::core::assert_eq!(plain(1), ::taximeter_ui_tests::block_on(later(1)));
}
