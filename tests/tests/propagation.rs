//! A run is one trace, wherever its code goes on: nested calls, tasks, threads, streams, queues.

use futures::channel::oneshot;
use futures::stream::{self, FuturesUnordered, StreamExt};
use taximeter::llm::Usage;
use taximeter::{Caller, Workflow, in_current_context, llm_cost, observe, workflow};
use taximeter_tests::memory::{on_threads, spans_of};
use taximeter_tests::trace::tree;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tracing::Instrument;

/// A step of a run: the run that it sees, if any.
#[observe]
async fn step() -> Option<String> {
    tokio::task::yield_now().await;
    Workflow::current().map(|run| run.id().to_owned())
}

#[observe]
fn part() -> Option<String> {
    Workflow::current().map(|run| run.id().to_owned())
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().expect("a runtime")
}

/// The tree that `scenario` leaves on a runtime with two threads.
fn tree_of(scenario: impl Future<Output = ()>) -> String {
    tree(&on_threads(|start| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_time()
            .on_thread_start(start)
            .build()
            .expect("a runtime");
        runtime.block_on(scenario);
    }))
}

fn id() -> Option<String> {
    Workflow::current().map(|run| run.id().to_owned())
}

#[test]
fn nested_calls() {
    #[workflow(name = "nested")]
    async fn run() {
        assert_eq!(step().await, id());
        assert_eq!(part(), id());
    }
    assert_eq!(tree_of(run()), "nested ok\n  propagation::step ok\n  propagation::part ok\n");
}

#[test]
fn a_task_in_the_current_span() {
    #[workflow(name = "in_span")]
    async fn run() {
        assert_eq!(tokio::spawn(step().in_current_span()).await.expect("it ends well"), id());
    }
    assert_eq!(tree_of(run()), "in_span ok\n  propagation::step ok\n");
}

#[test]
fn a_task_that_is_attached() {
    #[workflow(name = "attached")]
    async fn run() {
        let run = Workflow::current().expect("inside of a workflow");
        assert_eq!(tokio::spawn(run.attach(step())).await.expect("it ends well"), id());
        outer(run).await;
    }

    #[observe]
    async fn outer(run: Workflow) {
        // Inside of the run, the future belongs to the current span.
        tokio::spawn(run.attach(step())).await.expect("it ends well");
    }
    assert_eq!(
        tree_of(run()),
        "attached ok\n  propagation::step ok\n  propagation::outer ok\n    propagation::step ok\n"
    );
}

#[test]
fn a_task_that_outlives_the_run() {
    #[workflow(name = "short")]
    async fn run(wait: oneshot::Receiver<()>) -> Vec<tokio::task::JoinHandle<Option<String>>> {
        vec![taximeter::spawn(async {
            wait.await.expect("it is told to go on");
            step().await
        })]
    }
    let tree = tree_of(async {
        let (go_on, wait) = oneshot::channel();
        let tasks = run(wait).await;
        go_on.send(()).expect("it waits");
        for task in tasks {
            assert!(task.await.expect("it ends well").is_some());
        }
    });
    assert_eq!(tree, "short ok\n  propagation::step ok\n");
}

#[test]
fn the_helpers_for_tasks_and_for_blocking_code() {
    #[workflow(name = "helped")]
    async fn run() {
        assert_eq!(taximeter::spawn(step()).await.expect("it ends well"), id());
        assert_eq!(taximeter::spawn_blocking(part).await.expect("it ends well"), id());
    }
    assert_eq!(tree_of(run()), "helped ok\n  propagation::step ok\n  propagation::part ok\n");
}

#[test]
fn a_join_set() {
    #[workflow(name = "joined")]
    async fn run() {
        let mut set = JoinSet::new();
        for _ in 0..2 {
            set.spawn(in_current_context(step()));
        }
        while let Some(seen) = set.join_next().await {
            assert_eq!(seen.expect("it ends well"), id());
        }
    }
    assert_eq!(tree_of(run()), "joined ok\n  propagation::step ok\n  propagation::step ok\n");
}

#[test]
fn futures_unordered() {
    #[workflow(name = "unordered")]
    async fn run() {
        let mut steps: FuturesUnordered<_> = (0..2).map(|_| step()).collect();
        while let Some(seen) = steps.next().await {
            assert_eq!(seen, id());
        }
    }
    assert_eq!(tree_of(run()), "unordered ok\n  propagation::step ok\n  propagation::step ok\n");
}

#[test]
fn the_branches_of_tokio_select() {
    #[observe]
    async fn for_ever() {
        std::future::pending().await
    }
    #[workflow(name = "branches")]
    async fn branches() -> Option<String> {
        tokio::select! {
            biased;
            () = for_ever() => None,
            run = step() => run,
        }
    }
    let tree = tree_of(async { assert!(branches().await.is_some(), "the branch sees the run") });
    assert_eq!(tree, "branches ok\n  propagation::for_ever unset\n  propagation::step ok\n");
}

#[test]
fn a_select_whose_loser_is_cancelled() {
    #[observe]
    async fn for_ever() {
        std::future::pending().await
    }

    #[workflow(name = "raced")]
    async fn run() {
        futures::future::select(Box::pin(for_ever()), Box::pin(step())).await;
        assert_eq!(part(), id());
    }
    assert_eq!(
        tree_of(run()),
        "raced ok\n  propagation::for_ever unset\n  propagation::step ok\n  propagation::part ok\n"
    );
}

#[test]
fn a_thread_that_enters_the_run() {
    #[workflow(name = "threaded")]
    fn run() {
        around();
    }

    #[observe]
    fn around() {
        let run = Workflow::current().expect("inside of a workflow");
        let dispatch = tracing::dispatcher::get_default(Clone::clone);
        let thread = std::thread::spawn(move || {
            let _subscriber = tracing::dispatcher::set_default(&dispatch);
            let _scope = run.enter();
            part()
        });
        // The handle was taken in this call, so the thread's work is below it.
        assert_eq!(thread.join().expect("it ends well"), id());
    }
    let spans = spans_of(run);
    assert_eq!(tree(&spans), "threaded ok\n  propagation::around ok\n    propagation::part ok\n");
}

#[test]
fn rayon_that_enters_the_run() {
    use rayon::prelude::*;

    #[workflow(name = "parallel")]
    fn run() {
        let run = Workflow::current().expect("inside of a workflow");
        let dispatch = tracing::dispatcher::get_default(Clone::clone);
        let seen: Vec<_> = (0..3)
            .into_par_iter()
            .map(|_| {
                let _subscriber = tracing::dispatcher::set_default(&dispatch);
                let _scope = run.enter();
                part()
            })
            .collect();
        assert!(seen.iter().all(|seen| *seen == id()), "{seen:?}");
    }
    let part = "  propagation::part ok\n";
    assert_eq!(tree(&spans_of(run)), format!("parallel ok\n{}", part.repeat(3)));
}

#[test]
fn a_stream_that_is_polled_on_another_task() {
    #[observe]
    fn numbers() -> impl futures::Stream<Item = Option<String>> + Send + 'static {
        stream::iter(0..2).then(|_| step())
    }

    #[workflow(name = "streamed")]
    async fn run() {
        let mut numbers = Box::pin(numbers());
        let task = tokio::spawn(async move {
            let mut seen = Vec::new();
            while let Some(one) = numbers.next().await {
                seen.push(one);
            }
            seen
        });
        assert_eq!(task.await.expect("it ends well"), [id(), id()]);
    }
    assert_eq!(
        tree_of(run()),
        "streamed ok\n  propagation::numbers ok\n    propagation::step ok\n    propagation::step ok\n"
    );
}

#[test]
fn a_message_that_carries_the_headers() {
    #[workflow(name = "receive")]
    fn receive() -> (String, Option<String>) {
        let run = Workflow::current().expect("inside of a workflow");
        (run.correlation_id().to_owned(), taximeter::baggage("tenant"))
    }

    #[workflow(name = "send", baggage(tenant = "Acme Inc"))]
    fn send(queue: &std::sync::mpsc::Sender<taximeter::propagation::Headers>) -> String {
        let run = Workflow::current().expect("inside of a workflow");
        queue.send(run.headers()).expect("somebody listens");
        run.correlation_id().to_owned()
    }
    let spans = spans_of(|| {
        let (sender, receiver) = std::sync::mpsc::channel();
        let sent = send(&sender);
        let headers = receiver.recv().expect("a message");
        assert_eq!(headers.get("baggage"), Some("tenant=Acme%20Inc"));
        let seen = Caller::of(&headers).in_scope(receive);
        assert_eq!(seen, (sent.clone(), Some("Acme Inc".to_owned())));

        let run = Workflow::builder("receive.by_hand").headers(&headers).start();
        assert_eq!(run.correlation_id(), sent);
        assert_eq!(run.in_scope(|| taximeter::baggage("tenant")).as_deref(), Some("Acme Inc"));
        run.end();
    });
    assert_eq!(tree(&spans), "send ok\n  receive ok\n  receive.by_hand ok\n");
}

#[test]
fn a_bare_task_is_alone_and_its_requests_are_counted_as_unattributed() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "bare_task")]
    async fn ask() -> Usage {
        Usage::new(100, 10)
    }

    #[workflow(name = "forgetful")]
    async fn run() {
        assert_eq!(tokio::spawn(step()).await.expect("it ends well"), None);
        tokio::spawn(async { ask().await }).await.expect("it ends well");
    }
    assert_eq!(tree_of(run()), "forgetful ok\npropagation::step ok\nchat gpt-4o-mini client ok\n");
    let page = taximeter_tests::numbers::page();
    let lost = r#"llm_requests_total{provider="openai",model="gpt-4o-mini",status="success",workflow="none",feature="bare_task"}"#;
    assert_eq!(page.value(lost), Some(1.0));
}

#[test]
fn what_one_run_notes_its_siblings_do_not_see() {
    #[workflow(name = "sibling")]
    async fn sibling(own: u32) -> Vec<Option<String>> {
        let run = Workflow::current().expect("inside of a workflow");
        run.set_data("own", own);
        tokio::task::yield_now().await;
        ["tier", "own"].map(|key| run.data(key).map(|value| value.to_string())).to_vec()
    }

    #[workflow(name = "family", data(tier = "gold"))]
    async fn family() {
        let (first, second) = futures::future::join(sibling(1), sibling(2)).await;
        let seen = |own: &str| vec![Some("gold".to_owned()), Some(own.to_owned())];
        assert_eq!((first, second), (seen("1"), seen("2")));
        let run = Workflow::current().expect("inside of a workflow");
        assert_eq!(run.data("own"), None);
    }
    let spans = spans_of(|| runtime().block_on(family()));
    let tiers: Vec<_> = spans.iter().map(|span| span.attributes.get("tier").map(String::as_str)).collect();
    assert_eq!(tiers, [Some("gold"); 3]);
}
