//! Gemini (API reference of `generateContent`, Live and Interactions, 2026-11). Cached tokens are a part of the prompt;
//! thoughts come on top of the candidates and are billed as output, tool prompts come on top of the prompt and are billed
//! as input.

use serde_json::Value;

use super::counts::list;
use super::{Counts, NoUsage, Usage, mark, sum};

/// `usageMetadata` of an answer, of AI Studio, of Vertex, or of a turn of the Live API, and the searches that it names.
///
/// The searches are counted one by one, as the models of version 3 and later are charged for; older ones are charged for
/// an answer with any.
pub(super) fn generate_content(body: &Value, counts: Counts<'_>) -> Result<Usage, NoUsage> {
    // A count of zero is left out: a blocked answer has no candidates. One without any count has told nothing yet.
    let names = ["promptTokenCount", "candidatesTokenCount", "responseTokenCount", "thoughtsTokenCount"];
    if !names.iter().any(|name| counts.at(&[name]).is_some()) {
        return Err(NoUsage::Missing);
    }
    let thoughts = counts.part(&["thoughtsTokenCount"])?;
    Ok(Usage {
        input_tokens: sum([counts.part(&["promptTokenCount"])?, counts.part(&["toolUsePromptTokenCount"])?])?,
        output_tokens: sum([counts.first(&[&["candidatesTokenCount"], &["responseTokenCount"]])?, thoughts])?,
        cache_read_tokens: counts.part(&["cachedContentTokenCount"])?,
        reasoning_tokens: thoughts,
        web_searches: web_searches(body)?,
        ..by_modality(counts, &GENERATED)?
    })
}

/// `usage` of an interaction.
pub(super) fn interactions(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let thoughts = counts.part(&["total_thought_tokens"])?;
    Ok(Usage {
        input_tokens: sum([counts.total("total_input_tokens")?, counts.part(&["total_tool_use_tokens"])?])?,
        output_tokens: sum([counts.part(&["total_output_tokens"])?, thoughts])?,
        cache_read_tokens: counts.part(&["total_cached_tokens"])?,
        reasoning_tokens: thoughts,
        web_searches: grounding(counts)?,
        ..by_modality(counts, &OF_INTERACTIONS)?
    })
}

/// The names under which the parts of the input, of the output and of the cached tokens stand.
struct Names {
    input: &'static [&'static str],
    output: &'static [&'static str],
    cached: &'static [&'static str],
}

const GENERATED: Names = Names {
    input: &["promptTokensDetails", "toolUsePromptTokensDetails"],
    output: &["candidatesTokensDetails", "responseTokensDetails"],
    cached: &["cacheTokensDetails"],
};

const OF_INTERACTIONS: Names = Names {
    input: &["input_tokens_by_modality", "tool_use_tokens_by_modality"],
    output: &["output_tokens_by_modality"],
    cached: &["cached_tokens_by_modality"],
};

/// A usage that says only what is no text.
fn by_modality(counts: Counts<'_>, names: &Names) -> Result<Usage, NoUsage> {
    let input = |modalities: &[&str]| modality(counts, names.input, modalities);
    let output = |modalities: &[&str]| modality(counts, names.output, modalities);
    let cached = |modalities: &[&str]| modality(counts, names.cached, modalities);
    Ok(Usage {
        input_audio_tokens: input(AUDIO)?,
        input_image_tokens: input(IMAGE)?,
        input_video_tokens: input(VIDEO)?,
        output_audio_tokens: output(AUDIO)?,
        output_image_tokens: output(IMAGE)?,
        cache_read_audio_tokens: cached(AUDIO)?,
        cache_read_image_tokens: cached(IMAGE)?,
        cache_read_video_tokens: cached(VIDEO)?,
        ..Usage::default()
    })
}

const AUDIO: &[&str] = &["AUDIO"];
/// A document is read as images of its pages.
const IMAGE: &[&str] = &["IMAGE", "DOCUMENT"];
const VIDEO: &[&str] = &["VIDEO"];

/// The tokens of some modalities in lists of `{ modality, tokenCount }`.
fn modality(counts: Counts<'_>, lists: &[&str], names: &[&str]) -> Result<u64, NoUsage> {
    let is_one = |detail: &&Value| {
        let own = detail.get("modality").and_then(Value::as_str).unwrap_or_default();
        names.iter().any(|name| own.eq_ignore_ascii_case(name))
    };
    let details = lists.iter().flat_map(|list| counts.list(list)).filter(is_one);
    let count = |detail| Counts(detail).first(&[&["tokenCount"], &["tokens"], &["token_count"]]);
    details.into_iter().try_fold(0, |total, detail| sum([total, count(detail)?]))
}

/// `grounding_tool_count` of an interaction: a number, or one for each tool.
fn grounding(counts: Counts<'_>) -> Result<u64, NoUsage> {
    let tools = counts.list("grounding_tool_count");
    if tools.is_empty() && !counts.at(&["grounding_tool_count"]).is_some_and(Value::is_array) {
        return counts.part(&["grounding_tool_count"]);
    }
    let is_search = |tool: &&Value| tool.get("type").is_some_and(|kind| kind == "google_search");
    tools.iter().filter(is_search).try_fold(0, |total, tool| sum([total, Counts(tool).part(&["count"])?]))
}

/// The searches on the web: those that the body names, or those that the pieces named from which it was made.
fn web_searches(body: &Value) -> Result<u64, NoUsage> {
    let named = queries(body.get("candidates")).count() as u64;
    Ok(named.max(Counts(body).part(&[mark::KEY, mark::WEB_SEARCHES])?))
}

/// What was searched for on behalf of these candidates. An empty query is not charged.
pub(in crate::llm) fn queries(candidates: Option<&Value>) -> impl Iterator<Item = &str> {
    list(candidates).iter().filter_map(|candidate| candidate.get("groundingMetadata")).flat_map(of_grounding)
}

/// The same in a message of the Live API.
pub(in crate::llm) fn live_queries(content: Option<&Value>) -> impl Iterator<Item = &str> {
    content.and_then(|content| content.get("groundingMetadata")).into_iter().flat_map(of_grounding)
}

fn of_grounding(grounding: &Value) -> impl Iterator<Item = &str> {
    list(grounding.get("webSearchQueries")).iter().filter_map(Value::as_str).filter(|query| !query.is_empty())
}

/// The tier that was served, in the words of the other providers.
pub(super) fn tier(body: &Value) -> Option<String> {
    let said = |name: &str| body.get("usageMetadata")?.get(name)?.as_str();
    if let Some(tier) = said("serviceTier") {
        let tier = tier.to_ascii_lowercase();
        return Some(tier.strip_prefix("service_tier_").map_or(tier.clone(), str::to_owned));
    }
    let tier = match said("trafficType")? {
        "ON_DEMAND" => "standard",
        "ON_DEMAND_FLEX" => "flex",
        "ON_DEMAND_PRIORITY" => "priority",
        "PROVISIONED_THROUGHPUT" => "provisioned_throughput",
        _ => return None,
    };
    Some(tier.to_owned())
}
