//! A run says what it is, where it stands and how far it has come, while it is running.

use taximeter::{Workflow, workflow};
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::page;

fn active(workflow: &str) -> Option<f64> {
    page().value(&format!("workflows_active{{workflow={workflow:?}}}"))
}

#[test]
fn a_run_is_active_while_it_is_running() {
    #[workflow(name = "runs.active")]
    fn active_run() -> Option<f64> {
        active("runs.active")
    }
    assert_eq!(active_run(), Some(1.0));
    assert_eq!(active("runs.active"), Some(0.0));
}

#[test]
fn the_moments_that_a_run_names_are_listed_in_their_order_and_on_its_span() {
    #[workflow(name = "runs.moments")]
    fn named() {
        let run = Workflow::current().expect("inside of a workflow");
        let before = run.elapsed();
        run.checkpoint("found");
        run.checkpoint("written");
        let moments = run.checkpoints();
        assert_eq!(moments.iter().map(|moment| moment.name.as_str()).collect::<Vec<_>>(), ["found", "written"]);
        let times = [before, moments[0].at, moments[1].at, run.elapsed()];
        assert!(times.is_sorted(), "{times:?}");
    }
    let spans = spans_of(named);
    let events: Vec<_> = spans[0].events.iter().filter_map(|event| event.attributes.get("checkpoint")).collect();
    assert_eq!(events, ["found", "written"]);
}

#[test]
fn a_nested_run_and_a_step_name_the_run_that_they_are_in() {
    #[workflow(name = "runs.outer")]
    fn outer() {
        let run = Workflow::current().expect("inside of a workflow");
        assert_eq!(run.causation_id(), None);
        inner(run.id());

        let step = run.child("search");
        assert_eq!((step.name(), step.causation_id()), ("runs.outer", Some(run.id())));
        assert_eq!(step.correlation_id(), run.correlation_id());
        assert_ne!(step.id(), run.id());
        step.set_data("hits", 3);
        assert!(run.data("hits").is_none(), "what a step notes is its own");
    }
    #[workflow(name = "runs.inner")]
    fn inner(cause: &str) {
        let run = Workflow::current().expect("inside of a workflow");
        assert_eq!(run.causation_id(), Some(cause));
    }
    let spans = spans_of(outer);
    let (inner, outer) = (&spans[0].attributes, &spans[1].attributes);
    assert_eq!(inner["workflow.causation_id"], outer["workflow.id"]);
    assert!(!outer.contains_key("workflow.causation_id"));
}
