use std::sync::LazyLock;
use std::time::Instant;

use prometheus::{Histogram, HistogramOpts, IntCounter, IntGauge};

/// The metrics of one function, resolved once.
struct Handles {
    duration: Histogram,
    errors: IntCounter,
    running: IntGauge,
}

struct Call {
    handles: &'static Handles,
    started: Instant,
}

impl Handles {
    fn of(operation: &'static str) -> Handles {
        let labelled = || HistogramOpts::new("duration_seconds", "Duration.").const_label("operation", operation);
        Handles {
            duration: Histogram::with_opts(labelled()).expect("the name is valid"),
            errors: IntCounter::with_opts(labelled().common_opts).expect("the name is valid"),
            running: IntGauge::with_opts(labelled().common_opts).expect("the name is valid"),
        }
    }

    fn start(handles: &'static Handles) -> Call {
        handles.running.inc();
        Call { handles, started: Instant::now() }
    }
}

impl Call {
    fn end(self, is_error: bool) {
        self.handles.duration.observe(self.started.elapsed().as_secs_f64());
        if is_error {
            self.handles.errors.inc();
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.handles.running.dec();
    }
}
