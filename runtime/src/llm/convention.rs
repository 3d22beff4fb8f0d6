//! The two generations of the GenAI conventions, and the names that differ between them.
//!
//! `semantic-conventions` v1.41 (2026-04) is the last full text, and what backends read. Since then the names move in
//! `semantic-conventions-genai`, where nothing is stable yet; a program asks for those with
//! `OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental`.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_LATEST: AtomicBool = AtomicBool::new(false);

/// Takes the names and the metrics of the newest conventions instead of those of v1.41.
pub(crate) fn take_latest(latest: bool) {
    IS_LATEST.store(latest, Ordering::Relaxed);
}

/// Whether the newest conventions were asked for.
pub(crate) fn is_latest() -> bool {
    IS_LATEST.load(Ordering::Relaxed)
}

/// The attribute for the tokens that were written into a cache (`cache_creation` until pull request 440).
pub(crate) fn cache_write() -> &'static str {
    if is_latest() { "gen_ai.usage.cache_write.input_tokens" } else { "gen_ai.usage.cache_creation.input_tokens" }
}

/// A provider as the conventions call it, where everyday names and those of the price table differ.
pub(crate) fn provider(name: &str) -> &str {
    match name {
        "aws" | "bedrock" => "aws.bedrock",
        "azure" => "azure.ai.openai",
        "gemini" | "google" => "gcp.gemini",
        "vertex_ai" => "gcp.vertex_ai",
        "mistral" => "mistral_ai",
        "moonshotai" => "moonshot_ai",
        "x-ai" | "xai" => "x_ai",
        known => known,
    }
}
