//! What an attribute can be told, as it shows on the span and on the page.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use taximeter::{ErrorKind, Label, observe};
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::page;
use taximeter_tests::trace::{Span, tree};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

fn only(spans: Vec<Span>) -> Span {
    let [span] = <[Span; 1]>::try_from(spans).unwrap_or_else(|spans| panic!("expected one span:\n{}", tree(&spans)));
    span
}

/// The attributes of a span that are the user's own.
fn own(span: &Span) -> BTreeMap<&str, &str> {
    let attributes = span.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    attributes.filter(|(name, _)| !name.starts_with("code.")).collect()
}

fn count(series: &str) -> Option<f64> {
    page().value(&format!("operation_duration_seconds_count{{{series}}}"))
}

#[derive(Debug)]
struct Order {
    id: u32,
    lines: Vec<&'static str>,
}

#[test]
fn fields_are_recorded_as_they_are_or_as_they_are_written() {
    #[observe(fields(order.id = order.id, first = order.lines.first().copied(), size = %order.lines.len(), all = ?order.lines, gone = None::<u8>))]
    fn place(order: Order) -> u32 {
        order.lines.len() as u32
    }
    let span = only(spans_of(|| assert_eq!(place(Order { id: 7, lines: vec!["tea", "milk"] }), 2)));
    let expected = [("order.id", "7"), ("first", "tea"), ("size", "2"), ("all", r#"["tea", "milk"]"#)];
    assert_eq!(own(&span), BTreeMap::from(expected));
}

#[test]
fn only_what_is_named_is_captured_and_secrets_are_masked() {
    #[observe(capture(order, password, ret))]
    fn pay(order: &Order, password: &str, card: &str) -> Result<usize, String> {
        Ok(order.lines.len() + password.len() + card.len())
    }
    let order = Order { id: 1, lines: vec![] };
    let span = only(spans_of(|| drop(pay(&order, "hunter2", "4111"))));
    let expected = [("order", "Order { id: 1, lines: [] }"), ("password", "[redacted]"), ("ret", "Ok(11)")];
    assert_eq!(own(&span), BTreeMap::from(expected));
}

#[test]
fn a_panic_in_a_field_or_a_label_is_a_word_and_the_function_still_runs() {
    #[observe(fields(tea = divide(1, 0)), labels(even = divide(1, 0) == 1))]
    fn brew() -> &'static str {
        "tea"
    }
    fn divide(a: u32, b: u32) -> u32 {
        a / b
    }
    let panicked = || page().value(r#"taximeter_internal_errors_total{kind="user_code_panicked"}"#).unwrap_or_default();
    let before = panicked();
    let span = only(spans_of(|| assert_eq!(brew(), "tea")));
    assert_eq!(own(&span), BTreeMap::from([("tea", "<panic>")]));
    assert_eq!(panicked() - before, 2.0, "the field and the label are counted");
    assert_eq!(count(r#"operation="brew",module="options",status="success",even="<panic>""#), Some(1.0));
}

#[test]
fn labels_take_values_of_a_known_list() {
    #[derive(Label, Clone, Copy)]
    enum Tier {
        Free,
        PaidYearly,
    }
    const REGION: &str = "eu";

    #[observe(labels(tier = tier, is_new = is_new, region = REGION))]
    fn serve(tier: Tier, is_new: bool) -> Result<(), std::fmt::Error> {
        if is_new { Err(std::fmt::Error) } else { Ok(()) }
    }
    assert!(serve(Tier::Free, false).is_ok());
    assert!(serve(Tier::PaidYearly, true).is_err());
    assert!(serve(Tier::PaidYearly, true).is_err());
    let common = r#"operation="serve",module="options""#;
    let paid = r#"tier="paid_yearly",is_new="true",region="eu""#;
    assert_eq!(count(&format!("{common},status=\"success\",tier=\"free\",is_new=\"false\",region=\"eu\"")), Some(1.0));
    assert_eq!(count(&format!("{common},status=\"error\",{paid}")), Some(2.0));
    let errors = format!("operation_errors_total{{{common},error_type=\"fmt::Error\",{paid}}}");
    assert_eq!(page().value(&errors), Some(2.0));
    assert_eq!(page().value(&format!("operations_in_flight{{{common},{paid}}}")), Some(0.0));
}

#[derive(Debug, thiserror::Error, ErrorKind)]
enum OrderError {
    #[error("nothing left")]
    OutOfStock,
    #[error("not found: {0}")]
    NotFound(u32),
    #[error("refused")]
    Refused { by: &'static str },
}

#[test]
fn an_error_that_knows_its_kind_is_counted_by_it() {
    #[observe]
    fn reserve(kind: u8) -> Result<(), OrderError> {
        Err(match kind {
            0 => OrderError::OutOfStock,
            1 => OrderError::NotFound(7),
            _ => OrderError::Refused { by: "bank" },
        })
    }
    let spans = spans_of(|| (0..3).for_each(|kind| drop(reserve(kind))));
    let types: Vec<_> = spans.iter().map(|span| span.attributes["error.type"].as_str()).collect();
    assert_eq!(types, ["OutOfStock", "NotFound", "Refused"]);
    let series = r#"operation_errors_total{operation="reserve",module="options",error_type="NotFound"}"#;
    assert_eq!(page().value(series), Some(1.0));
    assert!(matches!(OrderError::Refused { by: "x" }, OrderError::Refused { by: "x" }));
}

#[test]
fn the_attribute_has_the_last_word_on_what_is_an_error_and_what_it_is_called() {
    #[observe(ok_if = |found| matches!(found, Err(OrderError::NotFound(_))))]
    fn find(id: u32) -> Result<u32, OrderError> {
        if id == 1 {
            Ok(id)
        } else if id == 2 {
            Err(OrderError::NotFound(id))
        } else {
            Err(OrderError::OutOfStock)
        }
    }
    let spans = spans_of(|| (1..4).for_each(|id| drop(find(id))));
    assert_eq!(tree(&spans), "options::find ok\noptions::find ok\noptions::find error\n");

    #[observe(error_type = |code: &u16| if *code < 500 { "client" } else { "server" })]
    fn fetch(code: u16) -> Result<(), u16> {
        if code < 400 { Ok(()) } else { Err(code) }
    }
    assert_eq!([200, 404, 503].map(fetch), [Ok(()), Err(404), Err(503)]);
    for kind in ["client", "server"] {
        let series = format!("operation_errors_total{{operation=\"fetch\",module=\"options\",error_type={kind:?}}}");
        assert_eq!(page().value(&series), Some(1.0), "{kind}");
    }

    #[observe(none = "error")]
    fn look_up(key: Option<u8>) -> Option<u8> {
        key
    }
    look_up(None);
    look_up(Some(1));
    let series = r#"operation_errors_total{operation="look_up",module="options",error_type="none"}"#;
    assert_eq!(page().value(series), Some(1.0));
    assert_eq!(count(r#"operation="look_up",module="options",status="success""#), Some(1.0));
}

#[test]
fn buckets_are_those_that_the_attribute_says() {
    #[observe(buckets = [0.5, 600.0])]
    fn nightly() {}
    nightly();
    let series = r#"operation="nightly",module="options",status="success""#;
    for (bound, expected) in [("0.5", Some(1.0)), ("600", Some(1.0)), ("+Inf", Some(1.0)), ("1", None)] {
        let bucket = format!("operation_duration_seconds_bucket{{{series},le={bound:?}}}");
        assert_eq!(page().value(&bucket), expected, "{bound}");
    }
}

#[test]
fn without_a_span_there_are_only_numbers() {
    #[observe(span = false)]
    fn quiet() -> Result<(), String> {
        Err("no".to_owned())
    }
    let spans = spans_of(|| drop(quiet()));
    assert_eq!(tree(&spans), "");
    assert_eq!(count(r#"operation="quiet",module="options",status="error""#), Some(1.0));
}

#[test]
fn kind_level_target_parent_and_links_are_those_that_the_attribute_says() {
    #[observe(kind = "consumer", name = "orders.receive", parent = parent, follows_from = [cause])]
    fn receive(parent: Option<tracing::Id>, cause: &tracing::Span) {}

    let spans = spans_of(|| {
        let parent = tracing::info_span!("parent");
        let cause = tracing::info_span!("cause");
        tracing::info_span!("current").in_scope(|| receive(parent.id(), &cause));
    });
    assert_eq!(tree(&spans), "parent unset\n  orders.receive consumer ok\ncause unset\ncurrent unset\n");
    let id_of = |name: &str| spans.iter().find(|span| span.name == name).map(|span| span.id.clone());
    let receive = spans.iter().find(|span| span.name == "orders.receive").expect("it is exported");
    assert_eq!(receive.links, [id_of("cause").expect("it is exported")]);
}

#[test]
fn a_subscriber_filters_by_the_level_and_the_target_that_the_attribute_says() {
    #[observe(level = "debug", target = "shop::detail")]
    fn detail() {}

    let lines = |filter: &str| {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_span_events(FmtSpan::NEW)
            .with_writer(log.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, detail);
        log.text()
    };
    assert!(lines("shop::detail=debug").contains("DEBUG"));
    assert_eq!(lines("shop::detail=info"), "");
    assert_eq!(lines("taximeter=debug"), "");
}

/// Keeps what a subscriber writes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("nobody panics while he holds the log").clone()).expect("it is text")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics while he holds the log").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Log;

    fn make_writer(&self) -> Log {
        self.clone()
    }
}

mod of_a_block {
    use super::*;

    struct Shop {
        open: bool,
    }

    #[observe]
    impl Shop {
        const NAME: &str = "corner";

        fn enter(&self) -> Result<&'static str, String> {
            if self.open { Ok(Self::NAME) } else { Err("closed".to_owned()) }
        }

        async fn wait(&mut self) {
            self.open = true;
        }

        #[observe(skip)]
        fn peek(&self) -> bool {
            self.open
        }

        #[observe(name = "shop.shut")]
        fn shut(&mut self) {
            self.open = false;
        }
    }

    #[test]
    fn every_function_of_a_block_is_observed_under_its_type() {
        let spans = spans_of(|| {
            let mut shop = Shop { open: false };
            assert!(shop.enter().is_err());
            futures::executor::block_on(shop.wait());
            assert!(shop.peek());
            assert!(shop.enter().is_ok());
            shop.shut();
        });
        let expected = "\
of_a_block::Shop::enter error
of_a_block::Shop::wait ok
of_a_block::Shop::enter ok
shop.shut ok
";
        assert_eq!(tree(&spans), expected);
        let series =
            |operation: &str| format!("operation={operation:?},module=\"options::of_a_block\",status=\"success\"");
        assert_eq!(count(&series("Shop::enter")), Some(1.0));
        assert_eq!(count(&series("Shop::peek")), None);
    }
}
