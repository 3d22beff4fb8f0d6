//! Nested attributes make one trace with the right parents, and a workflow is known wherever its code runs.

use futures::executor::block_on;
use taximeter::llm::Usage;
use taximeter::{Workflow, llm_cost, observe, workflow};
use taximeter_tests::memory::spans_of;
use taximeter_tests::trace::tree;
use tracing::Instrument;

#[observe]
async fn search(query: &str) -> Result<Vec<&str>, String> {
    futures::future::join(read_index(query), read_index(query)).await;
    Ok(vec![query])
}

#[observe]
async fn read_index(query: &str) -> usize {
    tokio::task::yield_now().await;
    parse(query)
}

#[observe]
fn parse(query: &str) -> usize {
    query.len()
}

#[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "answers")]
async fn ask(_question: &str) -> Result<(String, Usage), String> {
    Ok(("yes".to_owned(), Usage::new(100, 10)))
}

#[workflow(name = "support.answer")]
async fn answer(question: &str) -> Result<String, String> {
    search(question).await?;
    let (answer, _) = ask(question).await?;
    Ok(answer)
}

#[test]
fn nested_calls_are_one_trace() {
    let spans = spans_of(|| assert!(block_on(answer("why?")).is_ok()));
    assert_eq!(
        tree(&spans),
        "\
support.answer ok
  context::search ok
    context::read_index ok
      context::parse ok
    context::read_index ok
      context::parse ok
  chat gpt-4o-mini client ok
"
    );
    assert!(spans.iter().all(|span| span.trace_id == spans[0].trace_id));
}

#[test]
fn every_span_of_a_run_carries_its_workflow() {
    let spans = spans_of(|| assert!(block_on(answer("why?")).is_ok()));
    let ids: Vec<_> = spans
        .iter()
        .map(|span| ["workflow.name", "workflow.id", "workflow.correlation_id"].map(|key| span.attributes.get(key)))
        .collect();
    assert!(ids.iter().all(|id| id == &ids[0]), "{ids:?}");
    assert_eq!(ids[0][0].map(String::as_str), Some("support.answer"));
    assert!(ids[0][1].is_some() && ids[0][2].is_some());
}

#[test]
fn two_runs_share_nothing() {
    #[workflow]
    fn run() -> (String, String) {
        let run = Workflow::current().expect("inside of a workflow");
        (run.id().to_owned(), run.correlation_id().to_owned())
    }
    let (first, second) = (run(), run());
    assert_ne!(first.0, second.0);
    assert_ne!(first.1, second.1);
    assert!(Workflow::current().is_none());
}

#[test]
fn a_nested_workflow_keeps_the_correlation_and_adds_to_the_cost_of_the_outer_one() {
    #[workflow(name = "outer")]
    async fn outer() -> Workflow {
        assert!(ask("outside").await.is_ok());
        let nested = inner().await;
        let own = Workflow::current().expect("inside of a workflow");
        assert_eq!(nested.correlation_id(), own.correlation_id());
        assert_ne!(nested.id(), own.id());
        // 100 x 0.15 + 10 x 0.60 = 21 millionths of a dollar for each of the two requests
        assert_eq!(nested.cost().to_string(), "0.000021");
        assert_eq!(own.cost().to_string(), "0.000042");
        own
    }

    #[workflow(name = "inner")]
    async fn inner() -> Workflow {
        assert!(ask("inside").await.is_ok());
        Workflow::current().expect("inside of a workflow")
    }
    let spans = spans_of(|| assert_eq!(block_on(outer()).name(), "outer"));
    assert_eq!(
        tree(&spans),
        "outer ok\n  chat gpt-4o-mini client ok\n  inner ok\n    chat gpt-4o-mini client ok\n",
        "a nested workflow goes on in the trace"
    );
}

#[test]
fn a_workflow_is_known_without_any_subscriber() {
    #[workflow(name = "bare")]
    async fn bare() -> Option<&'static str> {
        tokio::task::yield_now().await;
        named().await
    }

    #[observe]
    async fn named() -> Option<&'static str> {
        tokio::task::yield_now().await;
        Workflow::current().map(|run| run.name())
    }
    assert_eq!(block_on(bare()), Some("bare"));
}

#[test]
fn the_workflow_and_the_trace_follow_a_span_to_another_task_and_another_thread() {
    #[workflow(name = "spread")]
    async fn spread() {
        let task = tokio::spawn(step().in_current_span());
        assert_eq!(task.await.expect("the task ends well"), Some("spread"));

        let span = tracing::Span::current();
        let dispatch = tracing::dispatcher::get_default(Clone::clone);
        let thread = std::thread::spawn(move || {
            tracing::dispatcher::with_default(&dispatch, || span.in_scope(|| block_on(step())))
        });
        assert_eq!(thread.join().expect("the thread ends well"), Some("spread"));
    }

    #[observe]
    async fn step() -> Option<&'static str> {
        Workflow::current().map(|run| run.name())
    }
    let spans = spans_of(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(spread());
    });
    assert_eq!(tree(&spans), "spread ok\n  context::step ok\n  context::step ok\n");
}

#[test]
fn the_trace_goes_on_in_another_service() {
    use taximeter::http::{ClientLayer, ServerLayer};
    use tower::{ServiceBuilder, ServiceExt};

    #[observe]
    async fn serve() -> http::Response<&'static str> {
        http::Response::new("served")
    }

    #[observe]
    async fn call() -> &'static str {
        // Only the headers go over: the server's code runs without the caller's context.
        let wire = ServiceBuilder::new().layer(ClientLayer::new()).service_fn(async |request: http::Request<()>| {
            let _foreign = opentelemetry::Context::new().attach();
            let server = ServiceBuilder::new()
                .layer(ServerLayer::new())
                .service_fn(async |_: http::Request<()>| Ok::<_, std::convert::Infallible>(serve().await));
            server.oneshot(request).await
        });
        wire.oneshot(http::Request::new(())).await.expect("the service answers").into_body()
    }
    let spans = spans_of(|| assert_eq!(block_on(call()), "served"));
    assert_eq!(tree(&spans), "context::call ok\n  GET client ok\n    GET server ok\n      context::serve ok\n");
}
