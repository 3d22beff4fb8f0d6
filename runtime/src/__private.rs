//! What the attribute macros expand to. Not for users: it may change with any release.

pub use crate::call::{
    Call, Close, Closing, Entered, call, call_to, enter, guard, open, open_with, refusal, run, run_to, typed,
};
pub use crate::context::{attached, is_usable as has_context};
pub use crate::database::rows_of;
pub use crate::exit::{branch, from_rest};
pub use crate::llm::budget::refused;
pub use crate::llm::notes::{Notes, notes};
pub use crate::llm::spec::LlmSpec;
pub use crate::llm::usage::usage_by;
pub use crate::observed::{Observed, asking, asking_to, give, observed, observed_to};
pub use crate::opening::Opening;
pub use crate::outcome::{none_is_error, ok_if, with_error_type};
pub use crate::probe::{answer_of, chunk_of, result_of, returns, work_of};
pub use crate::returned::{Beginning, ReturnedStream, begin, begin_later, boxed, future_of, future_of_to, stream_of};
pub use crate::site::{Said, Site};
pub use crate::thread::open_span;
pub use crate::workflow::attributes::span_attributes;
pub use taximeter_macros::asynchronous;
pub use tracing::Level;
