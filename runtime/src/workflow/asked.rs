//! What an attribute or a builder asks for when it opens a run.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;

use crate::field::{Field, FieldValue};
use crate::guard::user_code;
use crate::metrics::{self, fault};
use crate::opening::Opening;
use crate::workflow::data::Data;
use crate::{ids, propagation, redact, render};

/// The words of `#[workflow]` that are about the run and not about its span.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// The name of a run that a builder opens.
    pub(crate) name: Option<&'static str>,
    pub(crate) id: Option<Arc<str>>,
    pub(crate) correlation_id: Option<Arc<str>>,
    pub(crate) feature: Option<&'static str>,
    pub(crate) data: Vec<(Cow<'static, str>, FieldValue)>,
    pub(crate) baggage: Vec<(Cow<'static, str>, String)>,
}

impl Asked {
    /// Notes a pair of the baggage. A key that no header can carry is left out, and counted.
    pub(crate) fn push_baggage<D: Display>(&mut self, key: Cow<'static, str>, make: impl FnOnce() -> D) {
        let value = render::guarded(|out| std::fmt::Write::write_fmt(out, format_args!("{}", make())));
        if !propagation::baggage::is_key(key.as_bytes()) || redact::is_secret_name(&key) {
            return metrics::internal_error(fault::BAD_CONTEXT_KEY);
        }
        self.baggage.push((key, redact::text(&value).into_owned()));
    }

    /// What is noted of the run's data, on top of what it inherits.
    pub(crate) fn data_over(&self, inherited: Data) -> Data {
        let mut data = inherited;
        for (key, value) in &self.data {
            if !data.set(key.clone(), value.clone()) {
                metrics::internal_error(fault::BAD_CONTEXT_KEY);
            }
        }
        data
    }
}

impl Opening {
    /// The id of the run instead of a fresh one.
    pub fn id<D: Display>(&mut self, make: impl FnOnce() -> D) {
        self.workflow.id = ids::said(make);
    }

    /// The correlation id of the run instead of the caller's or a fresh one.
    pub fn correlation_id<D: Display>(&mut self, make: impl FnOnce() -> D) {
        self.workflow.correlation_id = ids::said(make);
    }

    /// The feature that requests to language models in the run belong to when they name none.
    pub fn feature(&mut self, feature: &'static str) {
        self.workflow.feature = Some(feature);
    }

    /// A pair of the run's data, as it is.
    pub fn data<F: Field>(&mut self, key: &'static str, make: impl FnOnce() -> F) {
        let value = user_code(|| make().field()).unwrap_or_else(|| Some(FieldValue::Text(render::PANICKED.to_owned())));
        self.workflow.data.extend(value.map(|value| (Cow::Borrowed(key), value)));
    }

    /// A pair of the run's data, by its `Display`.
    pub fn data_display<D: Display>(&mut self, key: &'static str, make: impl FnOnce() -> D) {
        self.data_written(key, |out| write!(out, "{}", make()));
    }

    /// A pair of the run's data, by its `Debug`.
    pub fn data_debug<D: std::fmt::Debug>(&mut self, key: &'static str, make: impl FnOnce() -> D) {
        self.data_written(key, |out| write!(out, "{:?}", make()));
    }

    fn data_written(&mut self, key: &'static str, write: impl FnOnce(&mut dyn std::fmt::Write) -> std::fmt::Result) {
        self.workflow.data.push((Cow::Borrowed(key), FieldValue::Text(render::guarded(|out| write(out)))));
    }

    /// A pair that goes along to every service behind this one.
    pub fn baggage<D: Display>(&mut self, key: &'static str, make: impl FnOnce() -> D) {
        self.workflow.push_baggage(Cow::Borrowed(key), make);
    }
}
