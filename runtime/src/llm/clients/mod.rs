//! Usage from the types of client crates, each behind a feature of its name.

#[cfg(feature = "async-openai")]
mod async_openai;
