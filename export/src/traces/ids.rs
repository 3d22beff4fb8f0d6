//! The ids of traces and spans. The child of a fork has the state of its parent's generator, and must not make the same ones.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::SystemTime;

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

use crate::fork::{self, Each};

/// Random ids, in a child of a fork other ones than those of its parent.
#[derive(Debug, Default)]
pub(super) struct Ids {
    random: RandomIdGenerator,
    salts: Each<Salt>,
}

/// What tells this process from its parent and from other children.
#[derive(Debug)]
struct Salt([u64; 2]);

impl Salt {
    fn of_this_process() -> Salt {
        let process = (std::process::id(), SystemTime::now());
        Salt([1, 2].map(|half: u8| {
            let mut hasher = DefaultHasher::new();
            (process, half).hash(&mut hasher);
            hasher.finish()
        }))
    }
}

impl Ids {
    fn salt(&self) -> [u64; 2] {
        if fork::is_child() { self.salts.get_or_make(Salt::of_this_process).0 } else { [0; 2] }
    }
}

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        let [high, low] = self.salt();
        let random = u128::from_be_bytes(self.random.new_trace_id().to_bytes());
        TraceId::from((random ^ (u128::from(high) << 64 | u128::from(low))).max(1))
    }

    fn new_span_id(&self) -> SpanId {
        let [high, _] = self.salt();
        let random = u64::from_be_bytes(self.random.new_span_id().to_bytes());
        SpanId::from((random ^ high).max(1))
    }
}
