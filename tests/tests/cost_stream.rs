//! A streamed answer is one request: span, duration and cost end with the stream, and what broke off is a lower bound.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::pin::Pin;
use std::thread;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream};
use serde_json::{Value, json};
use taximeter::llm::{self, Usage};
use taximeter::{Usd, Workflow, llm_cost, workflow};
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::page;
use taximeter_tests::trace::{Span, tree};

type Chunks = BoxStream<'static, Result<Value, String>>;

/// What a call costs, as the workflow around it sees it.
fn cost_of(call: impl FnOnce()) -> Usd {
    #[workflow(name = "streams")]
    fn streams(call: impl FnOnce()) -> Usd {
        call();
        Workflow::current().expect("inside of a workflow").cost()
    }
    streams(call)
}

fn usd(text: &str) -> Usd {
    text.parse().expect("an amount")
}

fn text(text: &str) -> Result<Value, String> {
    Ok(json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "gpt-4o-mini-2024-07-18", "usage": null,
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]
    }))
}

/// The last chunk of OpenAI's, which has the usage and no choices.
fn total() -> Result<Value, String> {
    Ok(json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "gpt-4o-mini-2024-07-18", "choices": [],
        "usage": {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}
    }))
}

/// Two events of Anthropic's: the input is known from the first, and the output is a placeholder.
fn begun() -> [Result<Value, String>; 2] {
    let message = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929", "content": [],
        "usage": {"input_tokens": 1_000, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1}
    });
    [
        Ok(json!({"type": "message_start", "message": message})),
        Ok(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hel"}})),
    ]
}

async fn consume(mut chunks: impl Stream<Item = Result<Value, String>> + Unpin) {
    while chunks.next().await.is_some() {}
}

fn attribute<'a>(span: &'a Span, name: &str) -> Option<&'a str> {
    span.attributes.get(name).map(String::as_str)
}

#[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "streamed", stream)]
async fn ask() -> Result<Chunks, String> {
    Ok(stream::iter([text("Hel"), text("lo"), total()]).boxed())
}

#[test]
fn a_stream_costs_what_its_last_chunk_says_and_its_span_ends_with_it() {
    let spans = spans_of(|| {
        // 1,000 x 0.15 + 100 x 0.60 = 210 millionths
        assert_eq!(cost_of(|| block_on(async { consume(ask().await.expect("it begins")).await })), usd("0.00021"));
    });
    assert_eq!(tree(&spans), "streams ok\n  chat gpt-4o-mini client ok\n");
    let span = &spans[0];
    for (name, value) in [
        ("gen_ai.request.stream", "true"),
        ("gen_ai.response.id", "chatcmpl-1"),
        ("gen_ai.usage.output_tokens", "100"),
        ("gen_ai.usage.cost", "0.00021"),
    ] {
        assert_eq!(attribute(span, name), Some(value), "{name}");
    }
    assert_eq!(attribute(span, "taximeter.usage.lower_bound"), None);

    let page = page();
    let by = r#"provider="openai",model="gpt-4o-mini""#;
    assert_eq!(page.value(&format!("llm_time_to_first_token_seconds_count{{{by}}}")), Some(1.0));
    let whose = r#"workflow="streams",feature="streamed""#;
    assert_eq!(page.value(&format!("llm_requests_total{{{by},status=\"success\",{whose}}}")), Some(1.0));
}

/// How long the provider below takes until it answers, and from there to its first item.
const WAIT: Duration = Duration::from_millis(150);

/// A provider that answers its headers late, and its first item later. Serves one request, and says where.
fn late_provider() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || -> io::Result<()> {
        let (mut client, _) = listener.accept()?;
        client.read_exact(&mut [0; REQUEST.len()])?;
        thread::sleep(WAIT);
        client.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")?;
        thread::sleep(WAIT);
        [text("Hel"), text("lo"), total()].into_iter().flatten().try_for_each(|chunk| writeln!(client, "{chunk}"))
    });
    address
}

const REQUEST: &[u8] = b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 0\r\n\r\n";

#[test]
fn the_time_to_the_first_item_begins_with_the_call_and_holds_the_request() {
    /// Comes back when the headers are there.
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "late", stream)]
    async fn late(provider: SocketAddr) -> io::Result<BoxStream<'static, io::Result<Value>>> {
        let mut answer = TcpStream::connect(provider)?;
        answer.write_all(REQUEST)?;
        let mut lines = BufReader::new(answer).lines();
        lines.by_ref().find(|line| !line.as_ref().is_ok_and(|line| !line.is_empty())).transpose()?;
        Ok(stream::iter(lines.map(|line| Ok(serde_json::from_str(&line?)?))).boxed())
    }
    let mut whole = Duration::ZERO;
    let spans = spans_of(|| {
        let provider = late_provider();
        let began = Instant::now();
        let chunks: Vec<_> = block_on(async { late(provider).await.expect("it begins").collect().await });
        whole = began.elapsed();
        assert_eq!(chunks.len(), 3);
    });
    let number = |name| -> f64 { attribute(&spans[0], name).expect("it is recorded").parse().expect("a number") };
    let (first, rate) = (number("gen_ai.response.time_to_first_chunk"), number("taximeter.output_tokens_per_second"));
    let waited = 2.0 * WAIT.as_secs_f64();
    assert!(first >= waited, "{first} is not the whole time");
    // 100 tokens in what is left of the call.
    assert!(rate >= 100.0 / (whole.as_secs_f64() - waited), "{rate} a second, of {whole:?}");
    let series = r#"llm_time_to_first_token_seconds_sum{provider="openai",model="gpt-4o-mini"}"#;
    assert!(page().value(series).is_some_and(|seconds| seconds >= waited), "the metric says it too");
}

#[test]
fn a_stream_of_any_spelling_is_one_request() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai")]
    fn opaque() -> impl Stream<Item = Value> {
        stream::iter([text("Hi").unwrap(), total().unwrap()])
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai")]
    fn pinned() -> Pin<Box<dyn Stream<Item = Value> + Send>> {
        Box::pin(stream::iter([total().unwrap()]))
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", stream)]
    async fn alias() -> Result<Chunks, String> {
        Ok(stream::iter([total()]).boxed())
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", stream)]
    fn bare_alias() -> Chunks {
        stream::iter([total()]).boxed()
    }
    type Answer<T> = Result<T, String>;
    type AnswerResult = Answer<Chunks>;

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", stream)]
    async fn alias_of_a_result() -> AnswerResult {
        Ok(stream::iter([total()]).boxed())
    }
    let price = usd("0.00021");
    assert_eq!(cost_of(|| drop(block_on(Box::pin(opaque()).collect::<Vec<_>>()))), price);
    assert_eq!(cost_of(|| drop(block_on(pinned().collect::<Vec<_>>()))), price);
    assert_eq!(cost_of(|| block_on(async { consume(alias().await.unwrap()).await })), price);
    assert_eq!(cost_of(|| block_on(consume(bare_alias()))), price);
    assert_eq!(cost_of(|| block_on(async { consume(alias_of_a_result().await.unwrap()).await })), price);
}

#[test]
fn a_closure_reads_the_items_of_any_stream() {
    struct Piece {
        counted: Option<u64>,
    }
    #[llm_cost(
        model = "gpt-4o-mini",
        provider = "openai",
        usage = |piece| piece.counted.map(|tokens| Usage::new(0, tokens))
    )]
    fn counted() -> impl Stream<Item = Piece> {
        stream::iter([Piece { counted: None }, Piece { counted: Some(50) }, Piece { counted: Some(100) }])
    }
    let spans = spans_of(|| {
        // The last word counts: 100 x 0.60 = 60 millionths
        assert_eq!(cost_of(|| drop(block_on(Box::pin(counted()).collect::<Vec<_>>()))), usd("0.00006"));
        let first_two = cost_of(|| drop(block_on(Box::pin(counted()).take(2).collect::<Vec<_>>())));
        assert_eq!(first_two, usd("0.00003"));
    });
    let bounds: Vec<_> = spans.iter().filter(|span| span.kind == "client").collect();
    assert_eq!(attribute(bounds[0], "taximeter.usage.lower_bound"), None);
    assert_eq!(attribute(bounds[1], "taximeter.usage.lower_bound"), Some("true"));
}

#[llm_cost(model = "claude-sonnet-4-5", provider = "anthropic", feature = "broken off", stream)]
fn message(more: Vec<Result<Value, String>>) -> Chunks {
    stream::iter(begun().into_iter().chain(more)).chain(stream::pending()).boxed()
}

#[test]
fn a_stream_that_is_dropped_early_costs_at_least_what_is_known() {
    let spans = spans_of(|| {
        // 1,000 x 3.00 + 1 x 15.00 = 3,015 millionths
        assert_eq!(cost_of(|| drop(block_on(message(Vec::new()).take(2).collect::<Vec<_>>()))), usd("0.003015"));
    });
    let span = &spans[0];
    assert_eq!((span.status.as_str(), attribute(span, "taximeter.usage.lower_bound")), ("unset", Some("true")));
    assert_eq!(attribute(span, "gen_ai.usage.input_tokens"), Some("1000"));
}

#[test]
fn a_stream_that_fails_costs_at_least_what_is_known() {
    let spans = spans_of(|| {
        let failing = || message(vec![Err("connection reset".to_owned())]).take(3).collect::<Vec<_>>();
        assert_eq!(cost_of(|| drop(block_on(failing()))), usd("0.003015"));
    });
    let span = &spans[0];
    assert_eq!((span.status.as_str(), attribute(span, "taximeter.usage.lower_bound")), ("error", Some("true")));
}

#[test]
fn a_stream_without_usage_is_unpriced_and_says_why() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mute", stream)]
    fn mute(fails: bool) -> Chunks {
        stream::iter([text("Hi")]).chain(stream::iter(fails.then(|| Err("reset".to_owned())))).boxed()
    }
    let unpriced = |reason| {
        let series =
            format!("llm_unpriced_requests_total{{provider=\"openai\",model=\"gpt-4o-mini\",reason={reason:?}}}");
        page().value(&series).unwrap_or(0.0)
    };
    block_on(consume(mute(false)));
    assert_eq!((unpriced("no_usage"), unpriced("cancelled")), (1.0, 0.0));
    drop(mute(false));
    assert_eq!((unpriced("no_usage"), unpriced("cancelled")), (1.0, 1.0));
    // The tokens that it streamed before it failed are charged, and nobody says how many.
    block_on(consume(mute(true)));
    assert_eq!((unpriced("no_usage"), unpriced("cancelled")), (2.0, 1.0));
}

#[test]
fn a_stream_that_does_not_begin_is_a_failed_request() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "unbegun", stream)]
    async fn unbegun() -> Result<Chunks, String> {
        Err("429".to_owned())
    }
    assert!(block_on(unbegun()).is_err());
    let requests =
        r#"llm_requests_total{provider="openai",model="gpt-4o-mini",status="error",workflow="none",feature="unbegun"}"#;
    assert_eq!(page().value(requests), Some(1.0));
}

#[test]
fn a_stream_may_report_by_itself() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai")]
    fn reporting() -> impl Stream<Item = String> {
        stream::iter(["a", "b"]).map(|piece| {
            if piece == "b" {
                assert!(llm::report(&Usage::new(1_000, 100)));
            }
            piece.to_owned()
        })
    }
    assert_eq!(cost_of(|| drop(block_on(Box::pin(reporting()).collect::<Vec<_>>()))), usd("0.00021"));
}

#[test]
fn an_alias_of_a_stream_without_the_word_is_told_once() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "untold")]
    async fn untold() -> Result<Chunks, String> {
        Ok(stream::iter([total()]).boxed())
    }
    block_on(async { consume(untold().await.unwrap()).await });
    block_on(async { consume(untold().await.unwrap()).await });
    let warnings = taximeter::metrics::take_warnings();
    let told = warnings.iter().filter(|warning| warning.contains("write `stream` in its `#[llm_cost(..)]`"));
    assert_eq!(told.count(), 1, "{warnings:?}");
}
