//! A body in our own words: the names of [`Usage`] and their meanings, for what no provider's own shape can say.

use serde_json::{Map, Value, json};

use super::{Counts, NoUsage, Part, Reading, Taken, Usage, mark};
use crate::Usd;
use crate::llm::usage::each_count;

/// The name of this shape among those of the APIs.
pub(super) const API: &str = "taximeter.usage";

const PARTS: &str = "parts";
const COST: &str = "cost";
const SPEED: &str = "speed";
const GEO: &str = "geo";

/// The names of the counts, which are those of the fields.
macro_rules! counts {
    ($($name:ident),+ $(,)?) => {
        fn write(usage: &Usage) -> Value {
            // A field that is missing in the list does not compile.
            let Usage { $($name),+ } = usage;
            let counts = [$((stringify!($name), *$name)),+];
            let is_told = |name: &str, count: u64| count > 0 || name == "input_tokens" || name == "output_tokens";
            let told = counts.into_iter().filter(|(name, count)| is_told(name, *count));
            Value::Object(told.map(|(name, count)| (name.to_owned(), json!(count))).collect())
        }

        fn counted(counts: Counts<'_>) -> Result<Usage, NoUsage> {
            counts.total("input_tokens")?;
            Ok(Usage { $($name: counts.part(&[stringify!($name)])?),+ })
        }
    };
}

each_count!(counts);

/// The body that reads as this reading.
pub(in crate::llm) fn body(reading: &Reading) -> Value {
    let mut mark = Map::from_iter([(mark::API.to_owned(), json!(API))]);
    let mut say = |name: &str, value: Option<Value>| value.map(|value| mark.insert(name.to_owned(), value));
    say(COST, reading.cost.map(|cost| json!(cost.to_string())));
    say(SPEED, reading.speed.as_ref().map(|speed| json!(speed)));
    say(GEO, reading.geo.as_ref().map(|geo| json!(geo)));
    say(PARTS, (!reading.parts.is_empty()).then(|| reading.parts.iter().map(part_body).collect()));
    say(mark::LOWER_BOUND, reading.lower_bound.then_some(Value::Bool(true)));
    let texts = [("model", &reading.model), ("id", &reading.response_id), ("service_tier", &reading.service_tier)];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text.as_ref()?))));
    let usage = reading.usage.iter().map(|usage| ("usage".to_owned(), write(usage)));
    let mark = [(mark::KEY.to_owned(), Value::Object(mark))];
    Value::Object(texts.chain(usage).chain(mark).collect())
}

fn part_body(part: &Part) -> Value {
    json!({"model": part.model, "usage": write(&part.usage)})
}

/// Reads back what [`body`] wrote beside the counts.
pub(super) fn read_mark(body: &Value, reading: &mut Reading) {
    let Some(mark) = mark::of(body) else { return };
    let text = |name: &str| Some(mark.get(name)?.as_str()?.to_owned());
    reading.lower_bound |= mark::is_lower_bound(mark);
    if text(mark::API).as_deref() != Some(API) {
        return;
    }
    reading.cost = text(COST).and_then(|cost| cost.parse::<Usd>().ok());
    reading.speed = text(SPEED);
    reading.geo = text(GEO);
}

/// `usage` in our own words, and the parts of which it is the sum.
pub(super) fn usage(body: &Value, counts: Counts<'_>) -> Result<Taken, NoUsage> {
    let usage = counted(counts)?;
    let parts = mark::of(body).and_then(|mark| mark.get(PARTS)).filter(|parts| !parts.is_null());
    let Some(parts) = parts else { return Ok(usage.into()) };
    let parts = parts.as_array().ok_or(NoUsage::Unreadable)?.iter().map(part).collect::<Result<_, _>>()?;
    let taken = Taken::of(parts)?;
    if taken.usage == usage { Ok(taken) } else { Err(NoUsage::Unreadable) }
}

fn part(part: &Value) -> Result<Part, NoUsage> {
    let counts = Counts(part.get("usage").ok_or(NoUsage::Unreadable)?);
    Ok(Part { model: part.get("model").and_then(Value::as_str).map(str::to_owned), usage: counted(counts)? })
}
