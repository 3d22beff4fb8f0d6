//! The fields of a span, read safely before the span layer and the filter of the lines read them.
//!
//! `tracing-opentelemetry` formats them unguarded, and with the span locked: a `Display` that panics would reach the
//! program and leave the place of the span unusable, one without end would never come back.

use std::any::TypeId;
use std::error::Error;
use std::fmt;

use tracing::field::{self, Field, FieldSet, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Filter, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::fields::{Fields, Value};

/// A layer that gives another one only fields that are plain values.
pub(crate) struct PlainFields<L>(pub(crate) L);

impl<S: Subscriber + for<'a> LookupSpan<'a>, L: Layer<S>> Layer<S> for PlainFields<L> {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        with_plain_attributes(attributes, |plain| self.0.on_new_span(plain, id, context));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        let metadata = context.metadata(id);
        with_plain_record(record, metadata, |plain| self.0.on_record(id, plain, context));
    }

    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.0.on_register_dispatch(dispatch);
    }

    fn on_layer(&mut self, subscriber: &mut S) {
        self.0.on_layer(subscriber);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.0.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>, context: Context<'_, S>) -> bool {
        self.0.enabled(metadata, context)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.0.max_level_hint()
    }

    fn on_follows_from(&self, span: &Id, follows: &Id, context: Context<'_, S>) {
        self.0.on_follows_from(span, follows, context);
    }

    fn event_enabled(&self, event: &Event<'_>, context: Context<'_, S>) -> bool {
        self.0.event_enabled(event, context)
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        self.0.on_event(event, context);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        self.0.on_enter(id, context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        self.0.on_exit(id, context);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        self.0.on_close(id, context);
    }

    fn on_id_change(&self, old: &Id, new: &Id, context: Context<'_, S>) {
        self.0.on_id_change(old, new, context);
    }

    // The other layer is found by its type, through this one.
    #[allow(unsafe_code)]
    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        // SAFETY: what the other layer says of itself is passed on as it is.
        unsafe { self.0.downcast_raw(id) }
    }
}

/// The filter of `RUST_LOG`, with only fields that are plain values: it may compare them by what they are written as.
pub(crate) struct PlainFilter(pub(crate) EnvFilter);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Filter<S> for PlainFilter {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        with_plain_attributes(attributes, |plain| Filter::<S>::on_new_span(&self.0, plain, id, context));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        let metadata = context.metadata(id);
        with_plain_record(record, metadata, |plain| Filter::<S>::on_record(&self.0, id, plain, context));
    }

    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool {
        Filter::<S>::enabled(&self.0, metadata, context)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        Filter::<S>::callsite_enabled(&self.0, metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Filter::<S>::max_level_hint(&self.0)
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        Filter::<S>::on_enter(&self.0, id, context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        Filter::<S>::on_exit(&self.0, id, context);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        Filter::<S>::on_close(&self.0, id, context);
    }
}

/// Calls `read` with these attributes, or with plain ones when reading them runs code of the program.
fn with_plain_attributes(attributes: &Attributes<'_>, read: impl FnOnce(&Attributes<'_>)) {
    if !has_code(|visitor| attributes.record(visitor)) {
        return read(attributes);
    }
    let fields = Fields::read(|visitor| attributes.record(visitor));
    let metadata = attributes.metadata();
    with_plain(&fields, metadata.fields(), |values| {
        let plain = match attributes.parent() {
            Some(parent) => Attributes::child_of(parent.clone(), metadata, values),
            None if attributes.is_root() => Attributes::new_root(metadata, values),
            None => Attributes::new(metadata, values),
        };
        read(&plain);
    });
}

/// The same with what is written to a span later.
fn with_plain_record(record: &Record<'_>, span: Option<&'static Metadata<'static>>, read: impl FnOnce(&Record<'_>)) {
    let (true, Some(metadata)) = (has_code(|visitor| record.record(visitor)), span) else { return read(record) };
    let fields = Fields::read(|visitor| record.record(visitor));
    with_plain(&fields, metadata.fields(), |values| read(&Record::new(values)));
}

/// Calls `read` with the values of `fields`, in the places that they have in `names`.
fn with_plain(fields: &Fields, names: &FieldSet, read: impl FnOnce(&field::ValueSet<'_>)) {
    let values: Vec<Option<&dyn field::Value>> = names.iter().map(|name| fields.get(name.name())).collect();
    read(&names.value_set_all(&values));
}

impl Value {
    fn as_field(&self) -> &dyn field::Value {
        match self {
            Value::Bool(value) => value,
            Value::I64(value) => value,
            Value::U64(value) => value,
            Value::F64(value) => value,
            Value::Text(value) => value,
        }
    }
}

impl Fields {
    fn get(&self, name: &str) -> Option<&dyn field::Value> {
        if name == "message" {
            return self.message.as_ref().map(|message| message as &dyn field::Value);
        }
        self.others.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_field())
    }
}

/// Whether reading these fields runs code of the program.
fn has_code(record: impl FnOnce(&mut dyn Visit)) -> bool {
    let mut code = Code(false);
    record(&mut code);
    code.0
}

struct Code(bool);

impl Visit for Code {
    fn record_bool(&mut self, _: &Field, _: bool) {}

    fn record_i64(&mut self, _: &Field, _: i64) {}

    fn record_u64(&mut self, _: &Field, _: u64) {}

    fn record_f64(&mut self, _: &Field, _: f64) {}

    fn record_str(&mut self, _: &Field, _: &str) {}

    fn record_error(&mut self, _: &Field, _: &(dyn Error + 'static)) {
        self.0 = true;
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {
        self.0 = true;
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::Registry;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    struct Named(&'static str);

    impl<S: Subscriber> Layer<S> for Named {}

    #[test]
    fn the_layer_inside_is_found_by_its_type() {
        let subscriber = Dispatch::new(Registry::default().with(PlainFields(Named("inside"))));
        assert_eq!(subscriber.downcast_ref::<Named>().map(|layer| layer.0), Some("inside"));
        assert!(subscriber.downcast_ref::<String>().is_none());
    }
}
