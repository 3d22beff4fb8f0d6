//! A subscriber that remembers every span.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// A span as a subscriber saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// As the subscriber gets it.
    pub name: &'static str,
    /// What filters look at.
    pub target: &'static str,
    /// What filters look at, too.
    pub level: tracing::Level,
    /// What was recorded, each value by its `Debug`.
    pub fields: BTreeMap<&'static str, String>,
    /// The name of the span that it is in.
    pub parent: Option<&'static str>,
    /// The names of the spans that it follows from.
    pub follows_from: Vec<&'static str>,
    /// How many events it has.
    pub events: usize,
}

impl Seen {
    /// A field by its `Debug`, or an empty text.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// Runs `code`, and gives the spans that it opened, in order.
pub fn spans<T>(code: impl FnOnce() -> T) -> Vec<Seen> {
    let seen = Memory::default();
    tracing::subscriber::with_default(seen.clone(), code);
    seen.0.lock().expect("nobody panicked here").spans.clone()
}

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    spans: Vec<Seen>,
    entered: Vec<u64>,
}

impl State {
    fn span(&mut self, id: u64) -> &mut Seen {
        &mut self.spans[id as usize - 1]
    }
}

impl Memory {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().expect("nobody panicked here"))
    }
}

impl Subscriber for Memory {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let metadata = span.metadata();
        self.with(|state| {
            let current = if span.is_contextual() { state.entered.last().copied() } else { None };
            let parent = span.parent().map(Id::into_u64).or(current);
            let parent = parent.map(|id| state.span(id).name);
            let mut seen = Seen {
                name: metadata.name(),
                target: metadata.target(),
                level: *metadata.level(),
                fields: BTreeMap::new(),
                parent,
                follows_from: Vec::new(),
                events: 0,
            };
            span.record(&mut Fields(&mut seen.fields));
            state.spans.push(seen);
            Id::from_u64(state.spans.len() as u64)
        })
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.with(|state| values.record(&mut Fields(&mut state.span(span.into_u64()).fields)));
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.with(|state| {
            let name = state.span(follows.into_u64()).name;
            state.span(span.into_u64()).follows_from.push(name);
        });
    }

    fn event(&self, _: &Event<'_>) {
        self.with(|state| {
            if let Some(&current) = state.entered.last() {
                state.span(current).events += 1;
            }
        });
    }

    fn enter(&self, span: &Id) {
        self.with(|state| state.entered.push(span.into_u64()));
    }

    fn exit(&self, span: &Id) {
        self.with(|state| {
            if let Some(place) = state.entered.iter().rposition(|id| *id == span.into_u64()) {
                state.entered.remove(place);
            }
        });
    }
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}
