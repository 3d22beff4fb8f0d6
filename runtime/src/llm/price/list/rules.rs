//! What changes the price of a line: tiers, batches, places, speeds, hours. Each rule names its source and date.

use std::time::{SystemTime, UNIX_EPOCH};

use super::Ask;
use super::amount::Multiplier;
use super::charge::Tariff;
use super::ids::{self, Found};
use super::rates::{Rate, Rates, Unit};
use super::table::{Record, Way, day_of};
use crate::llm::query::Unpriced;
use crate::llm::usage::Usage;

const BATCH: Way<'static> = ("processing", "batch");
const FLEX: Way<'static> = ("service_tier", "flex");
const PRIORITY: Way<'static> = ("service_tier", "priority");
const FAST: Way<'static> = ("service_tier", "fast");

const HALF: Multiplier = Multiplier::percent(50);

/// The prices of a model of the table for this request.
pub(super) fn tariff(found: &Found<'_>, ask: &Ask<'_>) -> Result<Tariff, Unpriced> {
    let time = Time::of(ask.at, found.provider);
    let way = way(ask)?;
    // Perplexity's search fee depends on the kind of search, a price of OpenRouter on the route: only the caller knows.
    let said = |key: &'static str| Some((key, ask.context(key)?));
    let way = way.or_else(|| said("search_type")).or_else(|| said("route"));
    let Record { mut rates, has_way, is_free, has_peak } = found.line.at(time.day, way);
    fill_gaps(found, &mut rates);
    let mut multiplier = found.multiplier.and(place(found, ask));
    match way {
        Some(way) if !has_way && ["processing", "service_tier"].contains(&way.0) => {
            let factor = usual(found.provider, way).ok_or(Unpriced::NoPrice)?;
            keep_cached(found.provider, way, &mut rates, factor);
            multiplier = multiplier.and(factor);
        }
        _ => {}
    }
    if is_fast(ask, found) {
        multiplier = multiplier.and(fast(found.line.name).ok_or(Unpriced::NoPrice)?);
        rates.map(Unit::is_token, Rate::at_any_length);
    }
    if has_peak && found.provider == "deepseek" && time.is_peak() {
        multiplier = multiplier.and(Multiplier::percent(200));
    }
    Ok(Tariff { rates, multiplier, discount: Multiplier::ONE, is_free })
}

/// How the request was processed: as a batch, which only the caller knows except at Anthropic, or on the tier that was
/// served, or on the one that was asked for when the answer says none.
pub(super) fn way(ask: &Ask<'_>) -> Result<Option<Way<'static>>, Unpriced> {
    if ask.context("processing").is_some_and(|processing| processing.eq_ignore_ascii_case("batch")) {
        return Ok(Some(BATCH));
    }
    let tier = ask.tier.or_else(|| ask.context("service_tier")).unwrap_or_default().to_lowercase().replace('-', "_");
    // Gemini and Vertex spell the tiers `SERVICE_TIER_FLEX` and `ON_DEMAND_FLEX`.
    let tier = tier.strip_prefix("service_tier_").or(tier.strip_prefix("on_demand_")).unwrap_or(&tier);
    match tier {
        "" | "auto" | "default" | "none" | "on_demand" | "standard" | "standard_only" | "unspecified" => Ok(None),
        "batch" => Ok(Some(BATCH)),
        "flex" => Ok(Some(FLEX)),
        "priority" => Ok(Some(PRIORITY)),
        "fast" => Ok(Some(FAST)),
        // Throughput that was bought in advance (`scale`, `reserved`, `provisioned_throughput`) has no price a token, and
        // of a tier without a name here nobody knows one.
        _ => Err(Unpriced::NoPrice),
    }
}

/// What a tier costs where the table has no price for it, in parts of the standard price.
///
/// - Batches are half price at Anthropic, OpenAI, Azure (Global Batch), Google, AWS, Mistral, Groq, Together and Fireworks.
/// - Flex is half price at OpenAI ("batch rates"), Azure, Google and AWS.
/// - Priority costs 1.8 times at Google and 1.75 times at AWS. Anthropic sells it by commitment; the list price stands for it.
///   At Groq flex and the ordinary tier cost the same.
///
/// Sources: the providers' price pages, 2026-11.
fn usual(provider: &str, way: Way<'_>) -> Option<Multiplier> {
    match (provider, way) {
        (
            "anthropic" | "aws" | "azure" | "fireworks" | "google" | "groq" | "mistral" | "openai" | "together",
            BATCH,
        ) => Some(HALF),
        ("aws" | "azure" | "google" | "openai", FLEX) => Some(HALF),
        ("aws", PRIORITY) => Some(Multiplier::percent(175)),
        ("google", PRIORITY) => Some(Multiplier::percent(180)),
        ("anthropic", PRIORITY) | ("groq", FLEX) => Some(Multiplier::ONE),
        _ => None,
    }
}

/// Groq's discount on a batch does not apply to cached tokens (price page, 2026-11), which the factor would halve.
fn keep_cached(provider: &str, way: Way<'_>, rates: &mut Rates, factor: Multiplier) {
    if provider == "groq" && way == BATCH && factor == HALF {
        rates.map(|unit| unit == Unit::CacheRead, |rate| rate.times(2, 1));
    }
}

/// Prices that a provider's page states as a share of another, where the table leaves them out.
///
/// - Anthropic: the cache is written for an hour at twice the input (prompt caching, 2026-11), by whomever a Claude is served.
/// - Fireworks: a cached token costs half of a fresh one unless the model has a price of its own (pricing, 2026-11).
/// - OpenAI: 10 USD for a thousand web searches, 2.50 USD for a thousand file searches, 0.03 USD for a session of the code
///   interpreter with 1 GB (pricing, 2026-11). Anthropic: 10 USD for a thousand web searches.
fn fill_gaps(found: &Found<'_>, rates: &mut Rates) {
    let input = rates.get(Unit::Input);
    let can_write = rates.get(Unit::CacheWrite).is_some();
    let mut fill = |unit: Unit, rate: Option<Rate>| {
        if let (None, Some(rate)) = (rates.get(unit), rate) {
            rates.set(unit, rate);
        }
    };
    let share = |numerator: u64, denominator: u64| input.map(|rate| rate.times(numerator, denominator));
    let thousand = |unit: Unit, dollars: &str| unit.pico_dollars(dollars).map(Rate::flat);
    if can_write && ids::claude_version(found.line.name).is_some() {
        fill(Unit::CacheWrite1h, share(2, 1));
    }
    match found.line.provider {
        "fireworks" => fill(Unit::CacheRead, share(1, 2)),
        "anthropic" => fill(Unit::WebSearch, thousand(Unit::WebSearch, "10")),
        "openai" => {
            fill(Unit::WebSearch, thousand(Unit::WebSearch, "10"));
            fill(Unit::FileSearch, thousand(Unit::FileSearch, "2.5"));
            fill(Unit::CodeSession, thousand(Unit::CodeSession, "30"));
        }
        _ => {}
    }
}

/// What the place where a model is served adds, as far as the name of the model does not say it.
///
/// - Anthropic: `inference_geo` `us`, 1.1 times (pricing, 2026-11); the answer says it.
/// - OpenAI: 1.1 times for models released since 2026-03-05 (data residency, 2026-11).
/// - Azure: 1.1 times in a data zone (Azure OpenAI pricing, 2026-11).
/// - Claude 4.5 and later on Vertex AI: 1.1 times outside of the global endpoint (Anthropic pricing, 2026-11).
/// - Together: 1.25 times for the United States or Canada only (geo-specific inference, 2026-11).
fn place(found: &Found<'_>, ask: &Ask<'_>) -> Multiplier {
    let said = ask.context("data_residency");
    let named = |place: &str| !["", "global", "none", "not_available"].iter().any(|no| place.eq_ignore_ascii_case(no));
    let is_bound = said.is_some_and(named);
    let name = found.line.name;
    let percent = match found.provider {
        "anthropic" if ask.geo.or(said).is_some_and(|geo| geo.eq_ignore_ascii_case("us")) => 110,
        "azure" if is_bound => 110,
        "openai" if is_bound && is_newer_openai(name) => 110,
        "google" if is_bound && ids::claude_version(name).is_some_and(|version| version >= (4, 5)) => 110,
        "together" if is_bound => 125,
        _ => 100,
    };
    Multiplier::percent(percent)
}

/// Whether OpenAI released the model on 2026-03-05 or later: GPT-5.4 was the first.
fn is_newer_openai(name: &str) -> bool {
    let later = ["gpt-image-2", "gpt-realtime-2", "gpt-live", "gpt-transcribe", "gpt-rosalind"];
    let number = name.strip_prefix("gpt-").and_then(|rest| rest.split('-').next()).unwrap_or_default();
    let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
    let version = major.parse::<u32>().ok().zip(minor.parse::<u32>().ok());
    version.is_some_and(|version| version >= (5, 4)) || later.iter().any(|first| name.starts_with(first))
}

/// Whether Anthropic served the answer in its fast mode.
fn is_fast(ask: &Ask<'_>, found: &Found<'_>) -> bool {
    found.line.provider == "anthropic"
        && ask.speed.or_else(|| ask.context("speed")).is_some_and(|speed| speed.eq_ignore_ascii_case("fast"))
}

/// The fast mode costs six times the standard price on Opus 4.6 and 4.7, and twice on later models, for prompts of any
/// length (Anthropic, fast mode, 2026-11). Earlier models have none.
fn fast(name: &str) -> Option<Multiplier> {
    match ids::claude_version(name)? {
        version if version >= (4, 8) => Some(Multiplier::percent(200)),
        version if version >= (4, 6) && name.contains("opus") => Some(Multiplier::percent(600)),
        _ => None,
    }
}

/// What the provider counts otherwise than the answer.
///
/// - Groq charges ten seconds for any shorter audio (pricing, 2026-11).
/// - Gemini 2.5 and earlier charge grounding by the prompt, and not by the search (pricing, 2026-11).
pub(super) fn billed(found: &Found<'_>, usage: &Usage) -> Usage {
    let mut usage = usage.clone();
    if found.provider == "groq" && usage.input_audio_milliseconds > 0 {
        usage.input_audio_milliseconds = usage.input_audio_milliseconds.max(10_000);
    }
    let older = ["gemini-1.", "gemini-2.", "gemini-live-2."];
    if found.provider == "google" && older.iter().any(|first| found.line.name.starts_with(first)) {
        usage.web_searches = usage.web_searches.min(1);
    }
    usage
}

/// When the provider takes a request to have been made.
struct Time {
    /// Days since 1970-01-01 in the provider's calendar.
    day: i64,
    /// Seconds of that day.
    second: i64,
}

const DAY: i64 = 86_400;

impl Time {
    /// Prices change at midnight UTC, those of DeepSeek at midnight in Beijing.
    fn of(at: SystemTime, provider: &str) -> Time {
        let seconds = match at.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX - DAY),
            Err(error) => i64::try_from(error.duration().as_secs()).map_or(i64::MIN, |before| -before),
        };
        let seconds = if provider == "deepseek" { seconds.saturating_add(8 * 3_600) } else { seconds };
        Time { day: seconds.div_euclid(DAY), second: seconds.rem_euclid(DAY) }
    }

    /// DeepSeek's busy hours cost double since 2026-08-17: 9:00 to 12:00 and 14:00 to 18:00 in Beijing, since 2026-08-23 from
    /// Monday to Friday, and never on a public holiday of China (models and pricing, 2026-11).
    fn is_peak(&self) -> bool {
        const HOUR: i64 = 3_600;
        const FIRST_DAY: i64 = 20_682;
        const FREE_WEEKENDS: i64 = 20_688;
        let is_busy = (9 * HOUR..12 * HOUR).contains(&self.second) || (14 * HOUR..18 * HOUR).contains(&self.second);
        // 1970-01-01 was a Thursday.
        let is_weekend = (self.day + 3).rem_euclid(7) >= 5;
        is_busy
            && self.day >= FIRST_DAY
            && !(is_weekend && self.day >= FREE_WEEKENDS)
            && !HOLIDAYS.iter().any(|(first, last)| {
                day_of(first).is_some_and(|first| self.day >= first)
                    && day_of(last).is_some_and(|last| self.day <= last)
            })
    }
}

/// Public holidays of China: for 2026 as the State Council announced them, for 2027 those of the law.
const HOLIDAYS: [(&str, &str); 10] = [
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
    ("2027-01-01", "2027-01-01"),
    ("2027-02-05", "2027-02-08"),
    ("2027-04-05", "2027-04-05"),
    ("2027-05-01", "2027-05-02"),
    ("2027-06-09", "2027-06-09"),
    ("2027-09-15", "2027-09-15"),
    ("2027-10-01", "2027-10-03"),
    ("2028-01-01", "2028-01-01"),
];

/// DeepSeek's cheaper nights, from 2025-02-26 to 2025-09-05, 16:30 to 00:30 UTC: they have lines of their own in the table.
pub(super) fn name_at_night(provider: &str, name: &str, at: SystemTime) -> Option<String> {
    let is_theirs = ["deepseek-chat", "deepseek-reasoner"].contains(&name) && provider == "deepseek";
    let beijing = Time::of(at, provider);
    let is_period = day_of("2025-02-27").is_some_and(|first| beijing.day >= first)
        && day_of("2025-09-05").is_some_and(|last| beijing.day <= last);
    // 00:30 to 08:30 in Beijing.
    let is_night = (1_800..8 * 3_600 + 1_800).contains(&beijing.second);
    (is_theirs && is_period && is_night).then(|| format!("{name} at night"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn peak(date: &str, hour: u64, minute: u64) -> bool {
        let day = u64::try_from(day_of(date).unwrap()).unwrap();
        let at = UNIX_EPOCH + Duration::from_secs(day * 86_400 + hour * 3_600 + minute * 60);
        Time::of(at, "deepseek").is_peak()
    }

    #[test]
    fn deepseeks_busy_hours_are_those_of_a_working_day_in_beijing() {
        assert!(
            peak("2026-11-20", 1, 0)
                && peak("2026-11-20", 3, 59)
                && peak("2026-11-20", 6, 0)
                && peak("2026-11-20", 9, 59)
        );
        for (hour, minute) in [(0, 59), (4, 0), (5, 59), (10, 0), (20, 0)] {
            assert!(!peak("2026-11-20", hour, minute), "{hour}:{minute}");
        }
        assert!(!peak("2026-11-21", 2, 0), "a Saturday");
        assert!(!peak("2026-10-01", 2, 0), "the national day");
        assert!(peak("2026-08-22", 2, 0), "a Saturday before weekends were free");
        assert!(!peak("2026-08-14", 2, 0), "before there were busy hours");
    }

    #[test]
    fn the_first_days_are_the_days_they_are_said_to_be() {
        assert_eq!((day_of("2026-08-17"), day_of("2026-08-23")), (Some(20_682), Some(20_688)));
        assert!(HOLIDAYS.iter().all(|(first, last)| day_of(first).is_some() && day_of(first) <= day_of(last)));
    }

    #[test]
    fn models_of_openai_are_told_old_from_new() {
        for new in ["gpt-5.4", "gpt-5.4-mini", "gpt-6-sol", "gpt-6.1-terra", "gpt-image-2", "gpt-10"] {
            assert!(is_newer_openai(new), "{new}");
        }
        for old in ["gpt-4o", "gpt-5", "gpt-5.3-codex", "o3", "gpt-image-1", "gpt-3.5-turbo", "gpt-realtime", ""] {
            assert!(!is_newer_openai(old), "{old}");
        }
    }
}
