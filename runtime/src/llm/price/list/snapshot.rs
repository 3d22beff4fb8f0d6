//! Turns the data of `genai-prices` (its `prices.json`, version 2 of the format) into the lines of a [`Table`].
//!
//! Two things are left behind on purpose. A rule that takes any name with some beginning, ending or middle becomes one
//! name, to which [`ids`](super::ids) knows what may be added: an invented model must not get a price. And prices for a
//! time of day become the word `peak`, because the weekday decides too.

use std::collections::BTreeMap;

use super::rates::{Rate, Rates, Unit};
use super::table::{Table, day_of};
use super::tree::{Fault, Item, Node, fault};

/// Lines by provider and name.
pub(super) type Lines = BTreeMap<(String, String), String>;

/// What the units of the data are called here. Units that no answer counts are left out.
const PRICE_KEYS: [(&str, Unit); 22] = [
    ("audio_hours", Unit::AudioHour),
    ("cache_audio_read_mtok", Unit::CacheReadAudio),
    ("cache_image_read_mtok", Unit::CacheReadImage),
    ("cache_read_mtok", Unit::CacheRead),
    ("cache_video_read_mtok", Unit::CacheReadVideo),
    ("cache_write_1h_mtok", Unit::CacheWrite1h),
    ("cache_write_mtok", Unit::CacheWrite),
    ("code_executions_kcount", Unit::CodeSession),
    ("input_annotated_document_kpages", Unit::AnnotatedPage),
    ("input_audio_hours", Unit::AudioHour),
    ("input_audio_mtok", Unit::InputAudio),
    ("input_document_kpages", Unit::Page),
    ("input_image_mtok", Unit::InputImage),
    ("input_mtok", Unit::Input),
    ("input_video_mtok", Unit::InputVideo),
    ("output_audio_mtok", Unit::OutputAudio),
    ("output_image_mtok", Unit::OutputImage),
    ("output_mtok", Unit::Output),
    ("output_reasoning_mtok", Unit::Reasoning),
    ("requests_kcount", Unit::Request),
    ("storage_searches_kcount", Unit::FileSearch),
    ("web_searches_kcount", Unit::WebSearch),
];

/// The table of a snapshot, with our own lines in it, which go before its.
pub(super) fn table(providers: &Node<'_>, ours: &Table) -> Result<Table, Fault> {
    let mut lines = Lines::new();
    for provider in providers.list()? {
        read_provider(provider, &mut lines)?;
    }
    for line in ours.lines().filter(|line| !line.starts_with('#')) {
        if let Some(((provider, name), record)) = split(line) {
            lines.insert((provider.to_owned(), name.to_owned()), record.to_owned());
        }
    }
    Ok(Table::of(text(&lines)))
}

/// Provider and name, and the record of a line.
fn split(line: &str) -> Option<((&str, &str), &str)> {
    let mut fields = line.splitn(3, '\t');
    Some(((fields.next()?, fields.next()?), fields.next()?))
}

/// The lines in the order in which a [`Table`] wants them.
pub(super) fn text(lines: &Lines) -> String {
    let mut text = String::new();
    for ((provider, name), record) in lines {
        for part in [provider, "\t", name, "\t", record, "\n"] {
            text.push_str(part);
        }
    }
    text
}

fn read_provider(provider: &Node<'_>, lines: &mut Lines) -> Result<(), Fault> {
    let id = required(provider, "id")?.text()?.to_lowercase();
    for model in required(provider, "models")?.list()? {
        let name = required(model, "id")?.text()?.to_lowercase();
        let mut aliases = Vec::new();
        names(required(model, "match")?, &mut aliases)?;
        let is_open = aliases.iter().any(|alias| alias.is_open && alias.name == name);
        let Some(record) = record(model, &name, is_open)? else { continue };
        let mut claim = |name: String, record: String| {
            // The first model that claims a name has it, as in the data.
            lines.entry((id.clone(), clean(&name))).or_insert(record);
        };
        for alias in aliases.into_iter().filter(|alias| alias.name != name) {
            let mark = if alias.is_open { '~' } else { '=' };
            claim(alias.name, format!("{mark}{}", clean(&name)));
        }
        lines.insert((id.clone(), clean(&name)), record);
    }
    Ok(())
}

/// A name without what separates fields and lines.
fn clean(name: &str) -> String {
    name.replace(['\t', '\n', '\r'], " ")
}

fn required<'n, 'a>(node: &'n Node<'a>, name: &str) -> Result<&'n Node<'a>, Fault> {
    node.table()?;
    node.get(name).ok_or_else(|| Fault { at: node.at, message: format!("`{name}` is missing") })
}

struct Alias {
    name: String,
    is_open: bool,
}

/// The names that a matching rule tells. Regular expressions only add dates, which every name may have.
fn names(rule: &Node<'_>, found: &mut Vec<Alias>) -> Result<(), Fault> {
    for (key, value) in rule.table()? {
        match &*key.name {
            "or" | "and" => value.list()?.iter().try_for_each(|rule| names(rule, found))?,
            "equals" => found.push(Alias { name: value.text()?.to_lowercase(), is_open: false }),
            "starts_with" | "contains" | "ends_with" => {
                let name = stem(&value.text()?.to_lowercase()).to_owned();
                found.push(Alias { name, is_open: true });
            }
            "regex" => found.extend(literal(value.text()?).map(|name| Alias { name, is_open: false })),
            other => return fault(key.at, format!("`{other}` is no matching rule")),
        }
    }
    Ok(())
}

/// The name that a beginning stands for: `gpt-4o-2024-` for `gpt-4o`, `claude-opus-4@` for `claude-opus-4`.
fn stem(beginning: &str) -> &str {
    let separator = ['-', '@', ':', '.'];
    let trimmed = beginning.trim_end_matches(separator);
    match trimmed.rsplit_once('-') {
        Some((stem, year))
            if year.len() == 4 && year.starts_with("20") && day_of(&format!("{year}-01-01")).is_some() =>
        {
            stem
        }
        _ => trimmed,
    }
}

/// The one text that a regular expression matches, if there is only one: `^composer-2\.5\[fast=true\]$`.
fn literal(expression: &str) -> Option<String> {
    let inside = expression.strip_prefix('^')?.strip_suffix('$')?;
    let mut text = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(characters.next().filter(|escaped| !escaped.is_alphanumeric())?),
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
            plain => text.push(plain),
        }
    }
    Some(text.to_lowercase())
}

/// The record of a model, or `None` for one whose prices this format cannot say.
fn record(model: &Node<'_>, name: &str, is_open: bool) -> Result<Option<String>, Fault> {
    let prices = required(model, "prices")?;
    let mut blocks = Vec::new();
    let mut has_hours = false;
    match &prices.value {
        Item::List(dated) => {
            for block in dated {
                let constraint = block.get("constraint");
                if constraint.is_some_and(|constraint| constraint.get("start_time").is_some()) {
                    has_hours = true;
                } else {
                    blocks.push(format!("{}{}", since(constraint)?, words(required(block, "prices")?)?));
                }
            }
        }
        _ => blocks.push(words(prices)?),
    }
    for variant in model.get("price_variants").map_or(Ok(&[][..]), Node::list)? {
        let prices = words(required(variant, "prices")?)?;
        let way = required(variant, "when")?.table()?;
        if let [(key, value)] = way
            && value.text()? != "default"
        {
            // One without prices says that they are the standard ones.
            blocks.push(format!("{} ?{}={}{prices}", since(variant.get("constraint"))?, key.name, value.text()?));
        }
    }
    let mut flags = String::new();
    flags.push_str(if is_open { " open" } else { "" });
    flags.push_str(if name.ends_with(":free") { " free" } else { "" });
    flags.push_str(if has_hours { " peak" } else { "" });
    if let Some(first) = blocks.first_mut() {
        first.insert_str(0, &flags);
    }
    let blocks: Vec<&str> = blocks.iter().map(|block| block.trim_start()).collect();
    Ok(Some(blocks.join(";")))
}

/// The word of the date from which prices hold.
fn since(constraint: Option<&Node<'_>>) -> Result<String, Fault> {
    let Some(constraint) = constraint else { return Ok(String::new()) };
    let date = required(constraint, "start_date")?;
    match day_of(date.text()?) {
        Some(_) => Ok(format!(" @{}", date.text()?)),
        None => fault(date.at, "expected a date such as 2026-11-21"),
    }
}

fn words(prices: &Node<'_>) -> Result<String, Fault> {
    let mut rates = Rates::default();
    for (key, value) in prices.table()? {
        if let Some((_, unit)) = PRICE_KEYS.iter().find(|(name, _)| *name == key.name) {
            rates.set(*unit, rate(*unit, value)?);
        }
    }
    let mut text = String::new();
    rates.write(&mut text);
    Ok(text)
}

/// A price, which may depend on the length of the prompt: `{ base, tiers: [{ start, price }] }`.
fn rate(unit: Unit, value: &Node<'_>) -> Result<Rate, Fault> {
    let Some(base) = value.get("base") else { return Ok(Rate::flat(price(unit, value)?)) };
    let mut rate = Rate::flat(price(unit, base)?);
    for tier in value.get("tiers").map_or(Ok(&[][..]), Node::list)? {
        let start = required(tier, "start")?;
        let above = count(start)?;
        let price = price(unit, required(tier, "price")?)?;
        rate = match rate.with_tier(above, price) {
            Some(rate) => rate,
            None => return fault(tier.at, "a price has at most two boundaries"),
        };
    }
    Ok(rate)
}

/// The pico-dollars that a number (or a text of one) says for a unit.
pub(super) fn price(unit: Unit, value: &Node<'_>) -> Result<u64, Fault> {
    match &value.value {
        Item::Number(text) | Item::Text(text) => match unit.pico_dollars(text) {
            Some(pico_dollars) => Ok(pico_dollars),
            None => fault(value.at, format!("`{text}` is no price; expected a decimal such as 0.15")),
        },
        _ => fault(value.at, format!("expected a price, met {}", value.kind())),
    }
}

/// A whole number.
pub(super) fn count(value: &Node<'_>) -> Result<u64, Fault> {
    match &value.value {
        Item::Number(text) => match text.parse() {
            Ok(count) => Ok(count),
            Err(_) => fault(value.at, format!("`{text}` is no whole number")),
        },
        _ => fault(value.at, format!("expected a whole number, met {}", value.kind())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::price::list::tree;

    fn text_of(json: &str) -> String {
        let table = table(&tree::parse(json).unwrap(), &Table::default()).unwrap();
        table.lines().collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_model_becomes_a_line_and_each_further_name_a_reference() {
        let json = r#"[{"id": "house", "models": [
            {"id": "One", "match": {"or": [{"equals": "one"}, {"equals": "Uno"}, {"starts_with": "one-2024-"}, {"regex": "^one-\\d{8}$"}]},
             "prices": [{"prices": {"input_mtok": 1.50, "output_mtok": {"base": 3, "tiers": [{"start": 200000, "price": 4.5}]}}},
                        {"constraint": {"start_date": "2026-01-01"}, "prices": {"input_mtok": 1}}],
             "price_variants": [{"when": {"processing": "batch"}, "constraint": {"start_date": "2026-02-01"}, "prices": {"input_mtok": 0.5}},
                                {"when": {"service_tier": "default"}, "prices": {}}]},
            {"id": "two:free", "match": {"equals": "two:free"}, "prices": {}}
        ]}]"#;
        assert_eq!(
            text_of(json),
            "house\tone\topen input=1.5 output=3>200000:4.5;@2026-01-01 input=1;@2026-02-01 ?processing=batch input=0.5\n\
             house\ttwo:free\tfree\n\
             house\tuno\t=one"
        );
    }

    #[test]
    fn a_beginning_stands_for_one_name() {
        assert_eq!(stem("gpt-4o-2024-"), "gpt-4o");
        assert_eq!(stem("claude-sonnet-4-2025"), "claude-sonnet-4");
        assert_eq!(stem("claude-opus-4@"), "claude-opus-4");
        assert_eq!(stem("gemini-1.5-pro"), "gemini-1.5-pro");
        assert_eq!(literal(r"^composer-2\.5\[fast=true\]$").as_deref(), Some("composer-2.5[fast=true]"));
        assert_eq!(literal(r"^gpt-\d+$"), None);
    }

    #[test]
    fn a_mistake_has_a_place() {
        let at = |json: &str| table(&tree::parse(json).unwrap(), &Table::default()).unwrap_err();
        assert_eq!(at(r#"[{"models": []}]"#), Fault { at: 1, message: "`id` is missing".to_owned() });
        let price = r#"[{"id": "a", "models": [{"id": "b", "match": {}, "prices": {"input_mtok": -1}}]}]"#;
        assert_eq!(at(price).at, price.find("-1").unwrap());
    }
}
