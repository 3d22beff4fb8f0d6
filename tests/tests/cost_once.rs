//! What a provider bills once is counted once, whoever else tells of it. The numbers are those of the list of known mistakes
//! of other trackers.

use std::collections::HashMap;

use futures::executor::block_on;
use serde_json::{Value, json};
use taximeter::llm;
use taximeter::{Usd, Workflow, llm_cost, observe, workflow};
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::page;
use taximeter_tests::trace::{Span, tree};

fn usd(text: &str) -> Usd {
    text.parse().expect("an amount")
}

/// What a workflow with these calls costs.
fn cost_of(calls: impl FnOnce()) -> Usd {
    #[workflow(name = "once")]
    fn once(calls: impl FnOnce()) -> Usd {
        calls();
        Workflow::current().expect("inside of a workflow").cost()
    }
    once(calls)
}

/// The sum of a family over the series of a feature.
fn sum(family: &str, feature: &str) -> f64 {
    let page = page();
    page.samples_of(family).filter(|(series, _)| series.label("feature") == Some(feature)).map(|(_, value)| value).sum()
}

/// 1,000,000 tokens of gpt-4o-mini: 0.15 USD.
fn body(id: &str) -> Value {
    json!({"id": id, "model": "gpt-4o-mini", "usage": {"prompt_tokens": 1_000_000, "completion_tokens": 0}})
}

fn has_usage(span: &Span) -> bool {
    span.attributes.keys().any(|name| name.starts_with("gen_ai.usage"))
}

#[test]
fn mistake_24_a_failed_request_is_counted_and_costs_nothing() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_24")]
    async fn limited() -> Result<Value, String> {
        Err("429 Too Many Requests".to_owned())
    }
    let spans = spans_of(|| assert_eq!(cost_of(|| drop(block_on(limited()))), Usd::ZERO));
    assert_eq!(tree(&spans), "once ok\n  chat gpt-4o-mini client error\n");
    assert!(!has_usage(&spans[0]));
    assert_eq!((sum("llm_requests_total", "mistake_24"), sum("llm_cost_usd_total", "mistake_24")), (1.0, 0.0));
}

#[test]
fn mistake_25_an_answer_from_a_local_cache_costs_nothing() {
    #[derive(Default)]
    struct Cache(HashMap<String, Value>);

    impl Cache {
        /// The attribute is on the call of the provider, which a hit does not reach.
        fn inner(&mut self, question: &str) -> Value {
            self.0.entry(question.to_owned()).or_insert_with(|| provider(question)).clone()
        }

        /// The attribute is around the cache, which says when it answers.
        #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_25")]
        fn outer(&mut self, question: &str) -> Value {
            if let Some(answer) = self.0.get(question) {
                assert!(llm::from_cache());
                return answer.clone();
            }
            self.0.insert(question.to_owned(), body(question));
            body(question)
        }
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_25")]
    fn provider(question: &str) -> Value {
        body(question)
    }
    let mut cache = Cache::default();
    assert_eq!(cost_of(|| (0..3).for_each(|_| drop(cache.inner("one")))), usd("0.15"));
    assert_eq!(cost_of(|| (0..3).for_each(|_| drop(cache.outer("two")))), usd("0.15"));
    assert_eq!(sum("llm_requests_total", "mistake_25"), 2.0);
    assert!(!llm::from_cache(), "there is no call that could take note");
}

#[test]
fn mistake_30_nested_wrappers_count_once() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_30")]
    async fn client(id: &str) -> Result<Value, String> {
        Ok(body(id))
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_30")]
    async fn gateway() -> Result<Value, String> {
        client("chatcmpl-1").await
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_30")]
    async fn agent() -> Result<Value, String> {
        gateway().await
    }
    let spans = spans_of(|| assert_eq!(cost_of(|| drop(block_on(agent()))), usd("0.15")));
    let expected = "\
once ok
  chat gpt-4o-mini client ok
    chat gpt-4o-mini client ok
      chat gpt-4o-mini client ok
";
    assert_eq!(tree(&spans), expected);
    assert_eq!(spans.iter().filter(|span| has_usage(span)).count(), 1, "{spans:#?}");
    assert_eq!(sum("llm_requests_total", "mistake_30"), 1.0);
}

#[test]
fn mistake_31_a_client_that_opens_a_span_of_its_own_does_not_count_twice() {
    // What rig and genai do: a span by the same conventions, with tokens and without cost.
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_31")]
    fn ask() -> Value {
        let span = tracing::info_span!(
            "chat",
            "gen_ai.operation.name" = "chat",
            "gen_ai.provider.name" = "openai",
            "gen_ai.request.model" = "gpt-4o-mini",
            "gen_ai.usage.input_tokens" = tracing::field::Empty,
            "gen_ai.usage.output_tokens" = tracing::field::Empty,
        );
        span.in_scope(|| {
            span.record("gen_ai.usage.input_tokens", 1_000_000);
            span.record("gen_ai.usage.output_tokens", 0);
            body("chatcmpl-1")
        })
    }
    let spans = spans_of(|| assert_eq!(cost_of(|| drop(ask())), usd("0.15")));
    assert_eq!(tree(&spans), "once ok\n  chat gpt-4o-mini client ok\n    chat unset\n");
    let with_cost: Vec<_> = spans.iter().filter(|span| span.attributes.contains_key("gen_ai.usage.cost")).collect();
    assert_eq!(with_cost.iter().map(|span| span.name.as_str()).collect::<Vec<_>>(), ["chat gpt-4o-mini"]);
    assert_eq!(sum("llm_requests_total", "mistake_31"), 1.0);
    assert_eq!(sum("llm_tokens_total", "mistake_31"), 1_000_000.0);
    assert_eq!(sum("llm_cost_usd_total", "mistake_31"), 0.15);
}

#[test]
fn mistake_32_what_stands_around_requests_carries_no_usage() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_32")]
    fn request(id: &str) -> Value {
        body(id)
    }
    #[observe]
    fn turn() {
        request("first");
        request("second");
    }
    #[workflow(name = "agent")]
    fn agent() -> Usd {
        turn();
        Workflow::current().expect("inside of a workflow").cost()
    }
    let spans = spans_of(|| assert_eq!(agent(), usd("0.3")));
    for span in &spans {
        assert_eq!(has_usage(span), span.kind == "client", "{span:#?}");
        let total = span.attributes.get("workflow.cost_usd").map(String::as_str);
        assert_eq!(total, (span.name == "agent").then_some("0.3"), "{span:#?}");
    }
    assert_eq!(sum("llm_cost_usd_total", "mistake_32"), 0.3);
}

#[test]
fn each_attempt_that_is_billed_counts_and_one_that_failed_without_usage_does_not() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "loops")]
    async fn in_one() -> Result<Value, String> {
        for attempt in ["cut off", "cut off again"] {
            assert!(llm::report(&body(attempt)));
        }
        Ok(body("whole"))
    }
    assert_eq!(cost_of(|| drop(block_on(in_one()))), usd("0.45"));
    assert_eq!(sum("llm_requests_total", "loops"), 3.0);

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "attempts")]
    async fn attempt(number: u32) -> Result<Value, String> {
        if number < 2 { Err("503".to_owned()) } else { Ok(body("third")) }
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "around attempts")]
    async fn until_it_works() -> Result<Value, String> {
        let mut last = Err(String::new());
        for number in 0..3 {
            last = attempt(number).await;
            if last.is_ok() {
                break;
            }
        }
        last
    }
    assert_eq!(cost_of(|| drop(block_on(until_it_works()))), usd("0.15"));
    assert_eq!((sum("llm_requests_total", "attempts"), sum("llm_requests_total", "around attempts")), (3.0, 0.0));
}

#[test]
fn a_background_response_that_is_fetched_again_costs_once() {
    fn response(status: &str) -> Value {
        let usage = json!({
            "input_tokens": 1_000_000, "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 0, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 1_000_000
        });
        let usage = if status == "completed" { usage } else { Value::Null };
        json!({
            "id": "resp_67ccd2bed1ec8190", "object": "response", "background": true, "model": "gpt-4o-mini",
            "status": status, "output": [], "usage": usage
        })
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "background", operation = "fetch_response")]
    async fn fetch(status: &str) -> Result<Value, String> {
        Ok(response(status))
    }
    let spans = spans_of(|| {
        let fetches = || ["queued", "completed", "completed", "completed"].map(|status| block_on(fetch(status)));
        assert_eq!(cost_of(|| drop(fetches())), usd("0.15"));
    });
    assert_eq!(sum("llm_tokens_total", "background"), 1_000_000.0);
    let fetched: Vec<_> = spans.iter().filter(|span| span.kind == "client").collect();
    let repeated: Vec<_> =
        fetched.iter().map(|span| span.attributes.contains_key("taximeter.usage.repeated")).collect();
    assert_eq!(repeated, [false, false, true, true]);
    assert_eq!(fetched.iter().filter(|span| has_usage(span)).count(), 1);
}

#[test]
fn two_answers_of_one_id_are_two_where_ids_prove_nothing() {
    // Ollama numbers its answers at random from 1 to 999, and a recorded answer has the same id each time.
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "numbered")]
    fn numbered() -> Value {
        body("chatcmpl-7")
    }
    assert_eq!(cost_of(|| (0..2).for_each(|_| drop(numbered()))), usd("0.3"));
}
