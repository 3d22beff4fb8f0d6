// The words and places are of `#[observe]` alone.
#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::{Seen, block_on, spans, wait};
use tracing::span::Id;
use tracing::{Level, Span};

const TARGET: &str = "shop";
const NAME: &str = "orders.constant";

#[observe(name = "orders.place", kind = "server", level = "debug", target = "shop")]
fn place() {}

#[observe(kind = "producer", level = 5, target = TARGET, name = NAME)]
async fn later() -> u8 {
    wait().await;
    1
}

#[observe(span = false)]
fn numbers_alone() -> u8 {
    inner();
    1
}

#[observe]
fn inner() {}

#[observe(parent = outer)]
fn below(outer: &Span) -> u8 {
    1
}

#[observe(parent = None)]
fn root() {}

#[observe(follows_from = causes)]
async fn after(causes: &[Id]) -> usize {
    causes.len()
}

fn main() {
    let seen = spans(|| {
        place();
        block_on(later());
        numbers_alone();
    });
    let [placed, later, inner] = &seen[..] else { panic!("{seen:#?}") };
    assert_eq!((placed.name, placed.target, placed.level), ("orders.place", "shop", Level::DEBUG));
    assert_eq!(placed.field("otel.kind"), "server");
    assert_eq!((later.name, later.target, later.level), (NAME, TARGET, Level::ERROR));
    assert_eq!(later.field("otel.kind"), "producer");
    assert!(inner.name.ends_with("inner") && inner.parent.is_none());

    let seen = spans(|| {
        let outer = tracing::info_span!("outer");
        let current = tracing::info_span!("current");
        let _current = current.enter();
        below(&outer);
        root();
        let causes = [&outer, &current].map(|span| span.id().expect("a span that is wanted"));
        block_on(after(&causes));
    });
    let parents: Vec<_> = seen.iter().map(|seen: &Seen| seen.parent).collect();
    assert_eq!(parents, [None, None, Some("outer"), None, Some("current")]);
    assert_eq!(seen[4].follows_from, ["outer", "current"]);
}
