//! What a call's attribute asks for when the call is opened: its model, its labels, its fields, its relatives.

use std::fmt::{Debug, Display};

use tracing::Id;

use crate::field::{Field, Fields};
use crate::guard::user_code;
use crate::label::Label;
use crate::render;
use crate::site::Site;
use crate::workflow::asked::Asked;

/// The values of one call, as the attribute's expressions give them.
///
/// Each expression is the user's code: it runs here, once, and a panic in it does not reach the call.
pub struct Opening {
    pub(crate) model: Option<String>,
    /// What the price depends on beside the answer.
    pub(crate) context: Vec<(&'static str, String)>,
    pub(crate) labels: Vec<&'static str>,
    pub(crate) fields: Fields,
    pub(crate) parent: Option<Option<Id>>,
    pub(crate) follows_from: Vec<Id>,
    pub(crate) workflow: Asked,
    wants_span: bool,
}

impl Opening {
    pub(crate) fn new(site: &'static Site) -> Opening {
        Opening {
            model: None,
            context: Vec::new(),
            labels: Vec::new(),
            fields: Fields::new(site.said.fields),
            parent: None,
            follows_from: Vec::new(),
            workflow: Asked::default(),
            wants_span: site.wants_span(),
        }
    }

    pub(crate) fn wants_span(&self) -> bool {
        self.wants_span
    }

    /// The model that is asked.
    pub fn model<M: AsRef<str>>(&mut self, make: impl FnOnce() -> M) {
        let model = user_code(|| make().as_ref().to_owned());
        self.model = Some(model.unwrap_or_else(|| render::PANICKED.to_owned()));
    }

    /// What the price depends on, and the answer does not say.
    pub fn context<V: Display>(&mut self, key: &'static str, make: impl FnOnce() -> V) {
        self.context.extend(user_code(|| make().to_string()).map(|value| (key, value)));
    }

    /// The value of the next label.
    pub fn label<L: Label>(&mut self, make: impl FnOnce() -> L) {
        self.labels.push(user_code(|| make().label()).unwrap_or(render::PANICKED));
    }

    /// A field that is recorded as it is.
    pub fn value<F: Field>(&mut self, position: usize, make: impl FnOnce() -> F) {
        if self.wants_span {
            self.fields.value(position, make);
        }
    }

    /// A field that is recorded by its `Display`.
    pub fn display<D: Display>(&mut self, position: usize, make: impl FnOnce() -> D) {
        if self.wants_span {
            self.fields.written(position, |out| write!(out, "{}", make()));
        }
    }

    /// A field that is recorded by its `Debug`.
    pub fn debug<D: Debug>(&mut self, position: usize, make: impl FnOnce() -> D) {
        if self.wants_span {
            self.fields.written(position, |out| write!(out, "{:?}", make()));
        }
    }

    /// The span that is the parent instead of the current one; none makes a root.
    pub fn parent<P: Into<Option<Id>>>(&mut self, make: impl FnOnce() -> P) {
        if self.wants_span {
            self.parent = user_code(|| make().into());
        }
    }

    /// The spans that this one follows from, without being their child.
    pub fn follows_from<I>(&mut self, make: impl FnOnce() -> I)
    where
        I: IntoIterator,
        I::Item: Into<Option<Id>>,
    {
        if self.wants_span {
            let ids = user_code(|| make().into_iter().filter_map(Into::into).collect());
            self.follows_from = ids.unwrap_or_default();
        }
    }
}
