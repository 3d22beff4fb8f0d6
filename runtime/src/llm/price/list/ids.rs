//! Which line of the price table a provider and a model mean.
//!
//! A model is known by its names in the table, and by what providers add to names: a date, a version, a region. Nothing
//! else is added: `gpt-4o-mini-invented` is not `gpt-4o-mini`.

use std::borrow::Cow;

use super::amount::Multiplier;
use super::table::{Line, Table, day_of};

/// Names of providers in the GenAI conventions, in other libraries and in everyday speech, and the table's own.
const ALIASES: &[(&str, &str)] = &[
    ("amazon", "aws"),
    ("amazon-bedrock", "aws"),
    ("aws-bedrock", "aws"),
    ("aws.bedrock", "aws"),
    ("az.ai.inference", "azure"),
    ("az.ai.openai", "azure"),
    ("azure-ai", "azure"),
    ("azure-openai", "azure"),
    ("azure.ai.inference", "azure"),
    ("azure.ai.openai", "azure"),
    ("bedrock", "aws"),
    ("bedrock-converse", "aws"),
    ("cohere-chat", "cohere"),
    ("fireworks-ai", "fireworks"),
    ("gcp.gemini", "google"),
    ("gcp.gen-ai", "google"),
    ("gcp.vertex-ai", "google"),
    ("gemini", "google"),
    ("google-genai", "google"),
    ("google-vertex", "google"),
    ("mistral-ai", "mistral"),
    ("mistralai", "mistral"),
    ("moonshot", "moonshotai"),
    ("moonshot-ai", "moonshotai"),
    ("together-ai", "together"),
    ("togetherai", "together"),
    ("vertex", "google"),
    ("vertex-ai", "google"),
    ("vertexai", "google"),
    ("voyage", "voyageai"),
    ("xai", "x-ai"),
];

/// What says nothing of who serves the model: the prefix of the model's name does.
const GATEWAYS: [&str; 3] = ["", "unknown", "litellm"];

/// Providers that also serve the models of others at the owners' prices (of `azure`: Global deployments).
const SERVES_TOO: [(&str, &[&str]); 2] = [
    ("azure", &["openai", "anthropic", "deepseek", "x-ai", "moonshotai", "mistral", "cohere"]),
    ("google", &["anthropic"]),
];

/// Where AWS serves a model: a region, a group of regions, or anywhere.
const AWS_PLACES: [&str; 12] = ["us", "us-gov", "eu", "apac", "jp", "au", "in", "ca", "sa", "me", "af", "global"];

/// First words of models that only one provider makes, for a request that names none.
const MAKERS: &[(&str, &[&str])] = &[
    ("anthropic", &["claude"]),
    ("cohere", &["command", "embed-", "rerank-"]),
    ("deepseek", &["deepseek"]),
    ("google", &["gemini", "gemma"]),
    (
        "mistral",
        &["mistral", "ministral", "magistral", "codestral", "devstral", "pixtral", "voxtral", "open-mi", "mixtral"],
    ),
    ("moonshotai", &["kimi", "moonshot"]),
    (
        "openai",
        &["gpt-", "o1", "o3", "o4", "chatgpt", "text-embedding-", "whisper", "tts-", "codex", "davinci", "omni-mod"],
    ),
    ("perplexity", &["sonar"]),
    ("voyageai", &["voyage-"]),
    ("x-ai", &["grok"]),
    ("zhipuai", &["glm-"]),
];

/// A model of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'t> {
    /// The provider that was asked, as the table calls it.
    pub(super) provider: &'t str,
    pub(super) line: Line<'t>,
    /// What the place, told by the name, adds to the price of the line.
    pub(super) multiplier: Multiplier,
}

/// The line of a model that a provider serves.
pub(super) fn find<'t>(table: &'t Table, provider: &str, model: &str) -> Option<Found<'t>> {
    let model = lower(model.trim());
    if GATEWAYS.iter().any(|gateway| gateway.eq_ignore_ascii_case(provider.trim())) {
        return by_prefix(table, &model).or_else(|| by_maker(table, &model));
    }
    let provider = provider_id(table, provider)?;
    served_by(table, provider, &model).or_else(|| {
        // The prefix repeats the provider, or says more than the attribute of a client that speaks its API.
        let (prefix, rest) = model.split_once('/')?;
        let named = provider_id(table, prefix)?;
        let is_theirs = named == provider || (provider == "openai" && !rest.contains('/'));
        is_theirs.then(|| served_by(table, named, rest)).flatten()
    })
}

/// The provider that the table takes a model for.
pub(super) fn maker<'t>(table: &'t Table, model: &str) -> Option<&'t str> {
    let model = lower(model.trim());
    by_prefix(table, &model).or_else(|| by_maker(table, &model)).map(|found| found.provider)
}

/// Whether somebody means AWS Bedrock.
pub(super) fn is_bedrock(said: &str) -> bool {
    let said = said.trim();
    said.eq_ignore_ascii_case("aws") || alias(said) == Some("aws")
}

/// What the table calls a provider that is known by another name.
fn alias(said: &str) -> Option<&'static str> {
    let is_same = |name: &str| {
        name.len() == said.len()
            && name.bytes().zip(said.bytes()).all(|(known, byte)| {
                known == byte.to_ascii_lowercase() || (known == b'-' && [b'_', b' '].contains(&byte))
            })
    };
    ALIASES.iter().find(|(name, _)| is_same(name)).map(|(_, id)| *id)
}

/// The provider as the table calls it, if the table knows it.
pub(super) fn provider_id<'t>(table: &'t Table, said: &str) -> Option<&'t str> {
    let said = said.trim();
    match alias(said) {
        Some(id) => table.provider(id),
        None => table.provider(&lower(said)).or_else(|| table.provider(&lower(said).replace(['_', ' '], "-"))),
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
        true => Cow::Owned(text.to_lowercase()),
        false => Cow::Borrowed(text),
    }
}

/// `azure/gpt-4o` names its provider.
fn by_prefix<'t>(table: &'t Table, model: &str) -> Option<Found<'t>> {
    let (prefix, rest) = model.split_once('/')?;
    served_by(table, provider_id(table, prefix)?, rest)
}

fn by_maker<'t>(table: &'t Table, model: &str) -> Option<Found<'t>> {
    let makers = MAKERS.iter().filter(|(_, words)| words.iter().any(|word| model.starts_with(word)));
    let mut found = makers.filter_map(|(maker, _)| served_by(table, table.provider(maker)?, model));
    found.next()
}

fn served_by<'t>(table: &'t Table, provider: &'t str, model: &str) -> Option<Found<'t>> {
    if provider == "aws" {
        return on_bedrock(table, provider, model);
    }
    let model = if provider == "google" { last_of_path(model) } else { model };
    let others = SERVES_TOO.iter().find(|(server, _)| *server == provider).map_or(&[][..], |(_, others)| others);
    let owners = std::iter::once(provider).chain(others.iter().copied());
    let line = owners.filter_map(|owner| named(table, owner, model)).next()?;
    Some(Found { provider, line, multiplier: Multiplier::ONE })
}

/// `models/gemini-2.5-flash` and `publishers/anthropic/models/claude-opus-4-5` say where a model is kept.
fn last_of_path(model: &str) -> &str {
    let paths = ["models/", "publishers/", "projects/", "google/", "anthropic/"];
    match model.rsplit_once('/') {
        Some((_, last)) if paths.iter().any(|path| model.starts_with(path)) => last,
        _ => model,
    }
}

/// A model of AWS Bedrock: by its id, by an id with a place before it, or by an ARN that holds one of these.
///
/// Claude 4.5 and later cost ten percent more in a region or a group of regions than `global.` (AWS price list, 2026-11).
/// The table has both prices; where it has only one, the rule gives the other.
fn on_bedrock<'t>(table: &'t Table, provider: &'t str, model: &str) -> Option<Found<'t>> {
    let model = bedrock_id(model)?;
    let find = |name: &str| named(table, provider, name);
    let at = |line: Line<'t>, multiplier: Multiplier| Some(Found { provider, line, multiplier });
    if let Some(line) = find(model) {
        return at(line, Multiplier::ONE);
    }
    let (place, id) = model.split_once('.').filter(|(place, _)| AWS_PLACES.contains(place)).unwrap_or(("", model));
    let bare = || find(id).or_else(|| find(id.strip_prefix("anthropic.")?));
    if place == "global" {
        return at(bare()?, Multiplier::ONE);
    }
    if let Some(line) = find(&format!("regional.{id}")).or_else(bare) {
        return at(line, Multiplier::ONE);
    }
    let is_dearer = claude_version(id).is_some_and(|version| version >= (4, 5));
    let line = find(&format!("global.{id}"))?;
    at(line, if is_dearer { Multiplier::percent(110) } else { Multiplier::ONE })
}

/// The model that an ARN holds. That of an application inference profile or of provisioned throughput holds none.
fn bedrock_id(model: &str) -> Option<&str> {
    let Some(arn) = model.strip_prefix("arn:") else {
        // `bedrock/us-east-1/anthropic.claude-…`, as gateways write it.
        return Some(model.rsplit('/').next().unwrap_or(model));
    };
    let (before, id) = arn.split_once('/')?;
    let kind = before.rsplit(':').next()?;
    ["foundation-model", "inference-profile"].contains(&kind).then_some(id)
}

/// The version in `claude-sonnet-4-5` and `claude-opus-5`.
pub(super) fn claude_version(model: &str) -> Option<(u32, u32)> {
    let after = model.get(model.find("claude-")? + "claude-".len()..)?;
    let is_number = |word: &&str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut numbers = after.split(['-', '.', '@', ':']).skip_while(|word| !is_number(word)).take_while(is_number);
    let major = numbers.next()?.parse().ok()?;
    Some((major, numbers.next().and_then(|minor| minor.parse().ok()).unwrap_or(0)))
}

/// The line of this name, or of the name that is left without date and version.
pub(super) fn named<'t>(table: &'t Table, provider: &str, model: &str) -> Option<Line<'t>> {
    let mut name = if model.starts_with("ft:") { base_of_fine_tuned(model) } else { model };
    let mut must_be_open = false;
    // A name ends with a date and a version at most: `-preview`, `-2026-01-31`, `-v1:0`.
    for _ in 0..4 {
        if let Some(line) = table.find(provider, name).filter(|line| line.is_open || !must_be_open) {
            return Some(line);
        }
        if let Some(shorter) = without_date(name).or_else(|| without_version(provider, name)) {
            name = shorter;
        } else {
            name = without_preview(name)?;
            must_be_open = true;
        }
    }
    None
}

/// `ft:gpt-4o-2024-08-06:house::id` is priced as `ft:gpt-4o-2024-08-06`.
fn base_of_fine_tuned(model: &str) -> &str {
    match model.match_indices(':').nth(1) {
        Some((end, _)) => model.get(..end).unwrap_or(model),
        None => model,
    }
}

/// The name before `-2026-01-31`, `-20260131`, `@20260131` or `-latest`.
fn without_date(name: &str) -> Option<&str> {
    for latest in ["-latest", "@latest", "@default"] {
        if let Some(stem) = name.strip_suffix(latest) {
            return Some(stem);
        }
    }
    let is_date = |date: &str| date.starts_with("20") && day_of(date).is_some();
    if let Some((stem, date)) = split_at_end(name, "2026-01-31".len())
        && is_date(date)
    {
        return stem.strip_suffix(['-', '@']);
    }
    let (stem, digits) = split_at_end(name, "20260131".len())?;
    let (year, month, day) = (digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?);
    is_date(&format!("{year}-{month}-{day}")).then(|| stem.strip_suffix(['-', '@'])).flatten()
}

/// The name before the version of AWS: `-v1:0`, `-v1`, `-v1:0:200k`.
fn without_version<'n>(provider: &str, name: &'n str) -> Option<&'n str> {
    let (stem, version) = name.rsplit_once("-v")?;
    let mut parts = version.splitn(3, ':');
    let is_count = |text: &str| !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_length = |text: &str| text.strip_suffix('k').is_some_and(is_count);
    let is_version = parts.next().is_some_and(is_count)
        && parts.next().is_none_or(is_count)
        && parts.next().is_none_or(|length| is_length(length) || length == "mm");
    (provider == "aws" && is_version).then_some(stem)
}

/// The name before what a preview adds: `-preview`, `-exp`, `-001`, `-0613`, `-05-20` or `-09-2025`.
fn without_preview(name: &str) -> Option<&str> {
    let (stem, last) = name.rsplit_once('-')?;
    let is_number = |text: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if ["preview", "exp"].contains(&last) || is_number(last, 3..=4) && !last.starts_with("20") {
        return Some(stem);
    }
    let (stem, month) = stem.rsplit_once('-')?;
    let is_day_or_year = is_number(last, 2..=2) || is_number(last, 4..=4);
    (is_number(month, 2..=2) && is_day_or_year).then_some(stem)
}

/// A text and its last so many bytes.
fn split_at_end(text: &str, length: usize) -> Option<(&str, &str)> {
    text.split_at_checked(text.len().checked_sub(length)?)
}
