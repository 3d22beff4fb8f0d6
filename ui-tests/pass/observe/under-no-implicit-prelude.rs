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

#[derive(::taximeter::Label)]
enum Tier {
    Free,
}

#[derive(Debug, ::taximeter::ErrorKind)]
struct Failed;

impl ::core::fmt::Display for Failed {
    fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::result::Result::Ok(())
    }
}

impl ::core::error::Error for Failed {}

#[observe(
    name = "every.option", kind = "client", level = "debug", target = "shop", parent = parent, follows_from = causes,
    fields(a = number, b = %number, c = ?number), capture(number, ret), labels(tier = tier), buckets = [0.5],
    error_type = |_| "failed", ok_if = |_| false, none = "error"
)]
fn every_option(
    number: u8,
    tier: &Tier,
    parent: ::core::option::Option<::tracing::Id>,
    causes: &[::tracing::Id],
) -> ::core::result::Result<::core::option::Option<u8>, Failed> {
    let _ = (tier, causes);
    ::core::result::Result::Ok(::core::option::Option::Some(number))
}

#[observe]
fn future() -> impl ::core::future::Future<Output = u8> {
    ::core::future::ready(1)
}

#[observe]
fn boxed_stream(is_there: bool) -> ::core::result::Result<::futures::stream::BoxStream<'static, u8>, u8> {
    if !is_there {
        return ::core::result::Result::Err(1);
    }
    ::core::result::Result::Ok(::std::boxed::Box::pin(::futures::stream::empty()))
}

struct Shop;

#[observe(span = false)]
impl Shop {
    fn place(&self) -> u8 {
        1
    }
}

fn main() {
    ::std::assert!(every_option(1, &Tier::Free, ::core::option::Option::None, &[]).is_ok());
    ::std::assert!(boxed_stream(true).is_ok() && boxed_stream(false).is_err());
    ::std::assert_eq!(::taximeter_ui_tests::block_on(future()), Shop.place());
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
