#![no_implicit_prelude]
#![deny(warnings)]

use ::taximeter::{llm_cost, observe, workflow};

#[observe]
fn plain() -> ::core::result::Result<u8, ()> {
    ::core::result::Result::Ok(1)
}

#[observe]
fn nothing() {}

#[observe]
async fn later(_text: &str) -> u8 {
    1
}

#[observe]
fn never() -> ! {
    ::std::process::exit(0)
}

#[observe]
async fn never_later() -> ! {
    ::std::process::exit(0)
}

#[workflow(name = "all")]
fn all() -> u8 {
    nothing();
    plain().unwrap_or(0)
}

#[llm_cost(model = "gpt-4o", provider = "openai", feature = "answers")]
fn ask() -> &'static str {
    "text"
}

#[llm_cost(model = model)]
async fn ask_later(model: &str) -> ::core::option::Option<u8> {
    ::core::option::Option::Some(1)
}

fn main() {
    ::std::assert_eq!(all(), ::taximeter_ui_tests::block_on(later("")));
    ::std::assert_eq!(ask(), "text");
    ::std::assert_eq!(::taximeter_ui_tests::block_on(ask_later("gpt-4o")), ::core::option::Option::Some(1));
    ::taximeter_ui_tests::block_on(async {
        if ask().is_empty() {
            never_later().await;
        }
    });
    never()
}
