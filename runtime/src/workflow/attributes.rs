//! What a span says of its run when other code opens it: plain `tracing`, a library, the OpenTelemetry API.
//!
//! Annotated functions write the same as fields of their own spans, so that every subscriber sees it.

use opentelemetry::{Context, KeyValue};

use crate::propagation::Correlation;
use crate::workflow::{Workflow, data, lock};

pub(crate) const NAME: &str = "workflow.name";
pub(crate) const ID: &str = "workflow.id";
pub(crate) const CORRELATION_ID: &str = "workflow.correlation_id";
pub(crate) const CAUSATION_ID: &str = "workflow.causation_id";
pub(crate) const STEP: &str = "workflow.step";

/// The attributes that a span in this context is to have beside its own: the ids and the data of the run, or the
/// correlation id of the request in which no workflow runs. None when it has them itself.
pub fn span_attributes(context: &Context, own: &[KeyValue]) -> Vec<KeyValue> {
    let is_own = |key: &str| own.iter().any(|attribute| attribute.key.as_str() == key);
    if is_own(ID) {
        return Vec::new();
    }
    match context.get::<Workflow>() {
        Some(workflow) => workflow.attributes(is_own),
        None => {
            let correlation = context.get::<Correlation>().filter(|_| !is_own(CORRELATION_ID));
            correlation.map(|known| KeyValue::new(CORRELATION_ID, known.id().clone())).into_iter().collect()
        }
    }
}

impl Workflow {
    /// A field that the span has of its own stays; what the run has noted under that name goes beside it.
    fn attributes(&self, is_own: impl Fn(&str) -> bool) -> Vec<KeyValue> {
        let ids = [
            KeyValue::new(NAME, self.name()),
            KeyValue::new(ID, self.state.id.clone()),
            KeyValue::new(CORRELATION_ID, self.shared_correlation_id().clone()),
        ];
        let step = self.step().map(|step| KeyValue::new(STEP, step.to_owned()));
        let known = lock(&self.state.data);
        let data = known.iter().map(|(key, value)| match is_own(key) {
            true => data::attribute(&format!("workflow.{key}"), value),
            false => data::attribute(key, value),
        });
        ids.into_iter().chain(step).filter(|attribute| !is_own(attribute.key.as_str())).chain(data).collect()
    }
}
