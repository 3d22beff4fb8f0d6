#![forbid(unsafe_code, unreachable_code, unused, missing_docs, future_incompatible, nonstandard_style)]
#![forbid(rust_2018_idioms, let_underscore, unreachable_pub, unused_qualifications, unused_lifetimes, unit_bindings)]
#![forbid(single_use_lifetimes, trivial_casts, trivial_numeric_casts, unused_import_braces, unused_results)]
#![forbid(elided_lifetimes_in_paths, explicit_outlives_requirements, redundant_lifetimes, variant_size_differences)]
//! No attribute adds a lint, not where the user has forbidden it either.

use std::future::Future;

use taximeter::{llm_cost, observe, workflow};
use taximeter_ui_tests::{block_on, wait};

/// One line.
#[observe]
pub fn one() -> u8 { 1 }

/// One line, and something to drop.
#[observe]
pub fn size(text: String) -> usize { text.len() }

/// One line without a value.
#[observe]
pub fn nothing() { let _ = one(); }

/// One line that waits.
#[observe]
pub async fn later() -> u8 { 1 }

/// Without a value.
#[observe]
pub async fn nothing_later(text: String) { wait().await; drop(text); }

/// Nothing can come back.
#[observe]
pub fn only_errors() -> Result<std::convert::Infallible, u8> { Err(1) }

/// Nothing at all can come back.
#[observe]
pub async fn never_later() -> std::convert::Infallible { panic!("never") }

/// A workflow.
#[workflow(name = "all")]
pub fn all() -> Result<(), String> { Ok(()) }

/// A model.
#[llm_cost(model = "gpt-4o")]
pub async fn ask(_question: &str) -> Result<String, String> { Ok(String::new()) }

/// Everything that can be asked for.
#[observe(
    fields(size = text.len(), shown = %text), capture(text, ret), labels(first = true), buckets = [1],
    error_type = |error| error.as_ref(), ok_if = Result::is_ok, none = "error"
)]
pub async fn asked(text: String) -> Result<Option<usize>, Box<&'static str>> { Ok(Some(text.len())) }

/// A future.
#[observe]
pub fn future(text: String) -> impl Future<Output = usize> { async move { text.len() } }

/// A stream in a result.
#[observe]
pub fn stream(text: String) -> Result<futures::stream::BoxStream<'static, usize>, String> { Err(text) }

/// A shop.
#[derive(Debug)]
pub struct Shop;

#[observe(level = "debug")]
impl Shop {
    /// One line.
    pub fn one(&self) -> u8 { 1 }

    /// Not observed.
    #[observe(skip)]
    pub const fn two(&self) -> u8 { 2 }
}

/// A label.
#[derive(Clone, Copy, Debug, taximeter::Label)]
pub enum Tier {
    /// The only one.
    Free,
}

fn main() {
    assert!(block_on(asked(String::new())).is_ok() && stream(String::new()).is_err());
    assert_eq!((block_on(future(String::new())), Shop.one(), Shop.two()), (0, 1, 2));
    let _ = Tier::Free;
    nothing();
    block_on(nothing_later(String::new()));
    assert_eq!((one(), size("a".to_owned()), block_on(later())), (1, 1, 1));
    assert!(only_errors().is_err() && all().is_ok() && block_on(ask("")).is_ok());
    drop(never_later());
}
