//! What an attribute adds to the size of a future.
//!
//! The compiler keeps an argument of an `async fn` twice when the body is in a block of its own, and each level of nesting
//! doubles that again. So the attribute writes an `async fn` as the function that returns its future.

/// Bytes of futures.
struct Sizes {
    empty: usize,
    leaf: usize,
    three_nested: usize,
}

/// The same functions, each with the same attribute or with none.
macro_rules! module {
    ($name:ident, $page:ident $(, #[$attribute:meta])?) => {
        mod $name {
            use super::Sizes;

            $(#[$attribute])?
            async fn leaf($page: [u8; 1024]) -> u8 {
                std::future::ready(()).await;
                $page[7]
            }

            $(#[$attribute])?
            async fn middle($page: [u8; 1024]) -> u8 {
                leaf($page).await
            }

            $(#[$attribute])?
            async fn outer($page: [u8; 1024]) -> u8 {
                middle($page).await
            }

            $(#[$attribute])?
            async fn empty($page: [u8; 1]) {
                let _ = $page;
            }

            pub(super) fn sizes() -> Sizes {
                let page = [0; 1024];
                Sizes {
                    empty: size_of_val(&empty([0])),
                    leaf: size_of_val(&leaf(page)),
                    three_nested: size_of_val(&outer(page)),
                }
            }
        }
    };
}

module!(bare, page);
module!(observed, page, #[taximeter::observe]);
module!(workflow, page, #[taximeter::workflow]);
module!(llm_cost, page, #[taximeter::llm_cost(model = "gpt-4o-mini")]);

// What is evaluated before the body runs is no reason to keep an argument twice.
module!(fields, page, #[taximeter::observe(fields(first = page[0], of = "a page"))]);
module!(labels, page, #[taximeter::observe(labels(full = page[0] > 0))]);
module!(captured, page, #[taximeter::observe(capture(page))]);
module!(parent, page, #[taximeter::observe(parent = tracing::Span::none())]);
module!(run, page, #[taximeter::workflow(id = format!("run-{}", page[0]), data(first = page[0]))]);
module!(model, page, #[taximeter::llm_cost(model = if page[0] > 0 { "gpt-4o" } else { "gpt-4o-mini" })]);

fn annotated() -> [(&'static str, Sizes); 9] {
    [
        ("observe", observed::sizes()),
        ("workflow", workflow::sizes()),
        ("llm_cost", llm_cost::sizes()),
        ("observe(fields)", fields::sizes()),
        ("observe(labels)", labels::sizes()),
        ("observe(capture)", captured::sizes()),
        ("observe(parent)", parent::sizes()),
        ("workflow(id, data)", run::sizes()),
        ("llm_cost(model = expression)", model::sizes()),
    ]
}

fn assert_ratio(annotated: usize, bare: usize, most: f64, attribute: &str) {
    let ratio = annotated as f64 / bare as f64;
    assert!(ratio <= most, "{attribute}: {annotated} bytes, {ratio:.2} times the {bare} of a bare function");
}

#[test]
fn three_nested_futures_that_carry_a_page_grow_by_less_than_a_tenth() {
    for (attribute, sizes) in annotated() {
        assert_ratio(sizes.three_nested, bare::sizes().three_nested, 1.1, attribute);
    }
}

#[test]
fn a_future_that_carries_a_page_grows_by_less_than_a_tenth() {
    for (attribute, sizes) in annotated() {
        assert_ratio(sizes.leaf, bare::sizes().leaf, 1.1, attribute);
    }
}

#[test]
fn an_empty_future_grows_by_what_a_call_holds() {
    for (attribute, sizes) in annotated() {
        let added = sizes.empty - bare::sizes().empty;
        assert!(added <= 128, "{attribute}: {added} bytes");
    }
}
