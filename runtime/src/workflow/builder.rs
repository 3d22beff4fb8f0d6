//! Runs without the attribute.

use std::borrow::Cow;
use std::fmt::Display;
use std::future::Future;
use std::ops::Deref;

use opentelemetry::Context;

use crate::call::{self, Call};
use crate::context::{self, Attached};
use crate::field::Field;
use crate::guard::user_code;
use crate::ids;
use crate::opening::Opening;
use crate::outcome::{ErrorName, Failure, FailureText, Verdict};
use crate::propagation::{self, Carrier};
use crate::site::{Said, Site};
use crate::workflow::Workflow;
use crate::workflow::asked::Asked;

/// The site of all runs that a builder opens. Its one label is their name, by which the page shows them like those of
/// functions; its one field gives the span that name.
pub(crate) static BUILT: Site = Site::new(module_path!(), "run", file!(), line!())
    .asynchronous()
    .with(&Said::nothing().workflow().labels(&["workflow"]).fields(&["otel.name"]));

/// The name of the runs that cells of this site count, when a builder opened them.
pub(crate) fn built_name(site: &'static Site, labels: &[&'static str]) -> Option<&'static str> {
    labels.first().copied().filter(|_| std::ptr::eq(site, &BUILT))
}

/// What a run shall be, before it starts. See [`Workflow::builder`].
#[derive(Debug)]
#[must_use = "nothing runs before `start`"]
pub struct Builder {
    name: &'static str,
    asked: Asked,
    caller: Option<Context>,
}

impl Builder {
    pub(super) fn new(name: &'static str) -> Builder {
        Builder { name, asked: Asked { name: Some(name), ..Asked::default() }, caller: None }
    }

    /// The id of the run instead of a fresh one: 128 visible ASCII characters at most; what else it has becomes `_`.
    pub fn id(mut self, id: impl Display) -> Builder {
        self.asked.id = ids::said(|| id);
        self
    }

    /// The correlation id instead of the caller's or a fresh one, in the same characters.
    pub fn correlation_id(mut self, id: impl Display) -> Builder {
        self.asked.correlation_id = ids::said(|| id);
        self
    }

    /// A value for the log lines and spans of the run, see [`Workflow::set_data`].
    pub fn data(mut self, key: impl Into<Cow<'static, str>>, value: impl Field) -> Builder {
        let value = user_code(|| value.field()).flatten();
        self.asked.data.extend(value.map(|value| (key.into(), value)));
        self
    }

    /// A value that goes along to every service behind this one, in the header `baggage`. Everybody on the way can read
    /// it; a key that promises a secret is left out.
    pub fn baggage(mut self, key: impl Into<Cow<'static, str>>, value: impl Display) -> Builder {
        self.asked.push_baggage(key.into(), || value);
        self
    }

    /// The feature that requests to language models in the run belong to when they name none.
    pub fn feature(mut self, feature: &'static str) -> Builder {
        self.asked.feature = Some(feature);
        self
    }

    /// Goes on with the run whose [`Workflow::headers`] these are: the trace, the correlation id and the baggage.
    pub fn headers(mut self, headers: &impl Carrier) -> Builder {
        self.caller = Some(propagation::extract(headers));
        self
    }

    /// Starts the run, nested in the current one if there is one and no caller was named.
    pub fn start(self) -> Run {
        let Builder { name, asked, caller } = self;
        let _caller = caller.and_then(context::attach);
        let mut opening = Opening::new(&BUILT);
        opening.workflow = asked;
        opening.labels.push(name);
        opening.value(0, || name);
        let (call, workflow) = call::open_workflow(&BUILT, opening);
        Run { workflow, call }
    }
}

/// A run that was started without the attribute. It counts as active until it is ended.
///
/// Dropped without having been ended, it counts as cancelled, and as a panic when the thread unwinds from one.
#[must_use = "dropping it ends the run as cancelled"]
pub struct Run {
    workflow: Workflow,
    call: Call,
}

impl Run {
    /// A handle that may be sent anywhere.
    pub fn handle(&self) -> Workflow {
        self.workflow.clone()
    }

    /// Runs `code` in this run.
    pub fn in_scope<T>(&self, code: impl FnOnce() -> T) -> T {
        let _running = self.call.enter();
        code()
    }

    /// Makes this run and its span current wherever the future is polled.
    pub fn attach<F: Future>(&self, future: F) -> Attached<F> {
        self.in_scope(|| context::in_current_context(future))
    }

    /// Ends the run as a success.
    pub fn end(self) {
        self.call.close(Verdict::Success);
    }

    /// Ends the run as its result says: `Ok` is a success, `Err` an error of this type and with these words.
    pub fn end_with<T, E: Display>(self, result: &Result<T, E>) {
        match result {
            Ok(_) => self.end(),
            Err(error) => {
                let name = ErrorName::Type(std::any::type_name::<E>());
                self.call.close(Verdict::Failure(Failure { name, text: FailureText::Display(error) }));
            }
        }
    }
}

impl Deref for Run {
    type Target = Workflow;

    fn deref(&self) -> &Workflow {
        &self.workflow
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("Run").field(&self.workflow).finish()
    }
}
