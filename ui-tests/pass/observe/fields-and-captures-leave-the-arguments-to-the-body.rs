#![deny(warnings)]

use std::fmt;
use std::sync::Arc;

use taximeter::observe;
use taximeter_ui_tests::{block_on, spans, wait};

#[derive(Debug)]
struct Order {
    user: String,
    items: Vec<u8>,
    note: Option<&'static str>,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "order of {}", self.user)
    }
}

impl Order {
    #[observe(fields(user = self.user, size = self.items.len()), capture(self))]
    fn consumed(self) -> Vec<u8> {
        self.items
    }

    #[observe(fields(user = self.user))]
    fn changed(&mut self) -> &mut Vec<u8> {
        &mut self.items
    }
}

#[observe(fields(
    user.name = order.user,
    size = order.items.len(),
    text = %order,
    note = ?order.note,
    "http.route" = "/orders",
    temporary = format!("{}!", order.user),
    first = order.items[0],
    nothing = None::<u8>,
    r#type = 1.5,
), capture(count, ret))]
async fn place(order: Order, count: u8, unnamed: Arc<u8>) -> Result<Order, String> {
    wait().await;
    drop(unnamed);
    Ok(order)
}

#[observe(capture(r#match, a, b, c))]
fn patterns(r#match: u8, (a, ref b): (u8, String), [c, ..]: &[u8; 2]) -> usize {
    usize::from(r#match + a + c) + b.len()
}

#[observe(capture(there, gone))]
fn some_of(#[cfg(all())] there: u8, #[cfg(any())] gone: Missing) -> u8 {
    there
}

fn order() -> Order {
    Order { user: "ann".to_owned(), items: vec![1, 2], note: Some("soon") }
}

fn main() {
    let seen = spans(|| {
        let placed = block_on(place(order(), 7, Arc::new(1)));
        assert!(placed.is_ok());
        assert_eq!(order().consumed(), [1, 2]);
        assert_eq!(order().changed().len(), 2);
        assert_eq!(patterns(1, (2, "three".to_owned()), &[4, 5]), 12);
        assert_eq!(some_of(1), 1);
    });
    let [placed, consumed, changed, patterns, some_of] = &seen[..] else { panic!("{seen:#?}") };
    let fields = ["user.name", "size", "text", "note", "http.route", "temporary", "first", "type", "count"];
    let wanted = ["ann", "2", "order of ann", "Some(\"soon\")", "/orders", "ann!", "1", "1.5", "7"];
    assert_eq!(fields.map(|name| placed.field(name)), wanted);
    assert!(placed.field("ret").starts_with("Ok(Order"));
    assert!(!placed.fields.contains_key("unnamed") && !placed.fields.contains_key("nothing"));
    assert!(consumed.field("self").starts_with("Order") && consumed.field("user") == "ann");
    assert_eq!(changed.field("user"), "ann");
    assert_eq!(["match", "a", "b", "c"].map(|name| patterns.field(name)), ["1", "2", "\"three\"", "4"]);
    assert_eq!((some_of.field("there"), some_of.field("gone")), ("1", ""));
}
