//! The metrics of code that uses OpenTelemetry itself: `opentelemetry::global::meter(..)`. They stand on the same page.
//!
//! The SDK calls the callbacks of observable instruments while it makes the page; one that panics would leave its locks
//! poisoned, and one that blocks would hold the page. So ours stands before the SDK's, and asks each callback on a thread
//! of its own, with a bound.

use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::metrics::{
    AsyncInstrument, AsyncInstrumentBuilder, Callback, Counter, Gauge, Histogram, HistogramBuilder, InstrumentBuilder,
    InstrumentProvider, Meter, MeterProvider, ObservableCounter, ObservableGauge, ObservableUpDownCounter,
    UpDownCounter,
};
use opentelemetry::{InstrumentationScope, KeyValue, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use taximeter_runtime::metrics;

use crate::problem::{Problem, Problems, SERVER};

/// Makes the page the place where instruments of OpenTelemetry go.
pub(crate) fn install(resource: Resource, problems: &Problems) {
    let registry = prometheus::Registry::new();
    let exporter = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .without_target_info()
        .scope_info_enabled(false)
        .build();
    let shown = Meters::new(registry).and_then(|meters| metrics::registry().register(Box::new(meters)));
    match shown.and(exporter.map_err(|error| prometheus::Error::Msg(error.to_string()))) {
        Ok(reader) => {
            let provider = SdkMeterProvider::builder().with_reader(reader).with_resource(resource).build();
            global::set_meter_provider(Guarded(provider));
        }
        Err(error) => {
            let message = format!("instruments of OpenTelemetry cannot be shown on the page: {error}");
            problems.add(Problem::new(SERVER, message));
        }
    }
}

/// What the exporter has, as one collector of ours: what else a program registers costs it nothing.
struct Meters {
    registry: prometheus::Registry,
    /// The registry tells collectors apart by this; the instruments are not known yet.
    description: Desc,
}

impl Meters {
    fn new(registry: prometheus::Registry) -> prometheus::Result<Meters> {
        let (name, help) = ("taximeter_meters".to_owned(), "Instruments of OpenTelemetry.".to_owned());
        Ok(Meters { registry, description: Desc::new(name, help, Vec::new(), Default::default())? })
    }
}

impl Collector for Meters {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.description]
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.registry.gather()
    }
}

/// The SDK's provider, whose callbacks are guarded.
struct Guarded(SdkMeterProvider);

impl MeterProvider for Guarded {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        Meter::new(Arc::new(Instruments(self.0.meter_with_scope(scope))))
    }
}

/// The SDK's meter, whose callbacks are guarded.
struct Instruments(Meter);

/// Instruments that are counted, and that the SDK makes as they are.
macro_rules! counted {
    ($($name:ident: $ty:ty;)+) => {$(
        fn $name(&self, said: InstrumentBuilder<'_, $ty>) -> $ty {
            let builder = self.0.$name(said.name);
            let builder = said.description.into_iter().fold(builder, |builder, text| builder.with_description(text));
            said.unit.into_iter().fold(builder, |builder, unit| builder.with_unit(unit)).build()
        }
    )+};
}

macro_rules! spread {
    ($($name:ident: $ty:ty;)+) => {$(
        fn $name(&self, said: HistogramBuilder<'_, $ty>) -> $ty {
            let builder = self.0.$name(said.name);
            let builder = said.description.into_iter().fold(builder, |builder, text| builder.with_description(text));
            let builder = said.unit.into_iter().fold(builder, |builder, unit| builder.with_unit(unit));
            said.boundaries.into_iter().fold(builder, |builder, bounds| builder.with_boundaries(bounds)).build()
        }
    )+};
}

macro_rules! observed {
    ($($name:ident: $ty:ident<$number:ty>;)+) => {$(
        fn $name(&self, said: AsyncInstrumentBuilder<'_, $ty<$number>, $number>) -> $ty<$number> {
            let builder = self.0.$name(said.name);
            let builder = said.description.into_iter().fold(builder, |builder, text| builder.with_description(text));
            let builder = said.unit.into_iter().fold(builder, |builder, unit| builder.with_unit(unit));
            let callbacks = said.callbacks.into_iter().map(guarded);
            callbacks.fold(builder, |builder, callback| builder.with_callback(callback)).build()
        }
    )+};
}

impl InstrumentProvider for Instruments {
    counted! {
        u64_counter: Counter<u64>;
        f64_counter: Counter<f64>;
        i64_up_down_counter: UpDownCounter<i64>;
        f64_up_down_counter: UpDownCounter<f64>;
        u64_gauge: Gauge<u64>;
        f64_gauge: Gauge<f64>;
        i64_gauge: Gauge<i64>;
    }

    spread! {
        u64_histogram: Histogram<u64>;
        f64_histogram: Histogram<f64>;
    }

    observed! {
        u64_observable_counter: ObservableCounter<u64>;
        f64_observable_counter: ObservableCounter<f64>;
        i64_observable_up_down_counter: ObservableUpDownCounter<i64>;
        f64_observable_up_down_counter: ObservableUpDownCounter<f64>;
        u64_observable_gauge: ObservableGauge<u64>;
        i64_observable_gauge: ObservableGauge<i64>;
        f64_observable_gauge: ObservableGauge<f64>;
    }
}

/// A callback that observes what the given one does, if that comes back in its time.
fn guarded<T: Copy + Send + 'static>(callback: Callback<T>) -> impl Fn(&dyn AsyncInstrument<T>) + Send + Sync {
    let (callback, busy) = (Arc::new(callback), metrics::Busy::default());
    move |instrument| {
        let callback = Arc::clone(&callback);
        let observe = move || {
            let seen = Seen(Mutex::default());
            callback(&seen);
            seen.0.into_inner().unwrap_or_else(PoisonError::into_inner)
        };
        let seen = metrics::ask(&busy, metrics::ask_until(), observe);
        for (value, attributes) in seen.into_iter().flatten() {
            instrument.observe(value, &attributes);
        }
    }
}

/// What a callback has observed.
struct Seen<T>(Mutex<Vec<(T, Vec<KeyValue>)>>);

impl<T: Copy + Send> AsyncInstrument<T> for Seen<T> {
    fn observe(&self, value: T, attributes: &[KeyValue]) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // More series than that the SDK does not keep either.
        if seen.len() < 2_000 {
            seen.push((value, attributes.to_vec()));
        }
    }
}
