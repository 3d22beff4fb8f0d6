//! The user's price file: models, aliases, multipliers, and a snapshot of the whole table.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::PricesError;
use super::amount::Multiplier;
use super::book::{ANY, Book};
use super::ids;
use super::rates::{Rate, Rates, Unit};
use super::snapshot::{self, Lines, count, price};
use super::table::{Table, day_of};
use super::tree::{self, Fault, Item, Key, Node, fault};
use crate::llm::money;

/// Words of a price file.
const WORDS: [&str; 5] = ["aliases", "date", "models", "multipliers", "snapshot"];

/// Ways of processing that a model of the user may have prices for.
const WAYS: [(&str, &str); 4] = [
    ("batch", "processing=batch"),
    ("fast", "service_tier=fast"),
    ("flex", "service_tier=flex"),
    ("priority", "service_tier=priority"),
];

/// Reads a price file. A snapshot that it names lies beside it, in `directory`.
pub(super) fn parse(bytes: &[u8], directory: &Path) -> Result<Book, PricesError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let fault = Fault { at: good.len(), message: "the text is not UTF-8".to_owned() };
            return Err(mistake(&String::from_utf8_lossy(good), fault));
        }
    };
    let root = tree::parse(text).map_err(|fault| mistake(text, fault))?;
    let mut book = Book::bundled();
    match &root.value {
        Item::List(_) => use_snapshot(&root, &mut book),
        _ => read(&root, directory, &mut book),
    }
    .map_err(|fault| mistake(text, fault))?;
    Ok(book)
}

fn mistake(text: &str, fault: Fault) -> PricesError {
    let (line, column) = tree::position(text, fault.at);
    PricesError::at(line, column, fault.message)
}

fn read(root: &Node<'_>, directory: &Path, book: &mut Book) -> Result<(), Fault> {
    for (key, _) in root.table()? {
        known(key, &WORDS)?;
    }
    if let Some(snapshot) = root.get("snapshot") {
        match &snapshot.value {
            Item::Text(name) => read_snapshot(snapshot.at, &directory.join(&**name), book)?,
            _ => use_snapshot(snapshot, book)?,
        }
    }
    if let Some(date) = root.get("date") {
        match day_of(date.text()?) {
            Some(_) => book.date = Some(date.text()?.to_owned()),
            None => return fault(date.at, "expected a date such as \"2026-11-21\""),
        }
    }
    book.aliases = aliases(root.get("aliases"))?;
    book.multipliers = multipliers(root.get("multipliers"), &book.table)?;
    book.own = models(root.get("models"), &book.table)?;
    Ok(())
}

fn known(key: &Key<'_>, words: &[&str]) -> Result<(), Fault> {
    match words.contains(&&*key.name) {
        true => Ok(()),
        false => {
            fault(key.at, format!("`{}` is no word of a price file; expected one of {}", key.name, words.join(", ")))
        }
    }
}

fn read_snapshot(at: usize, path: &Path, book: &mut Book) -> Result<(), Fault> {
    let name = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return fault(at, format!("the snapshot `{name}` cannot be read: {error}")),
    };
    let used = tree::parse(&text).and_then(|root| use_snapshot(&root, book));
    used.or_else(|found| {
        let (line, column) = tree::position(&text, found.at);
        fault(at, format!("the snapshot `{name}`, line {line}, column {column}: {}", found.message))
    })
}

/// Takes a snapshot of `genai-prices` for the whole table. Its date is not in it.
fn use_snapshot(root: &Node<'_>, book: &mut Book) -> Result<(), Fault> {
    book.table = snapshot::table(root, &Table::of(super::OURS))?;
    book.date = None;
    Ok(())
}

fn aliases(node: Option<&Node<'_>>) -> Result<BTreeMap<String, String>, Fault> {
    let Some(node) = node else { return Ok(BTreeMap::new()) };
    let alias = |(key, value): &(Key<'_>, Node<'_>)| Ok((key.name.to_lowercase(), value.text()?.to_owned()));
    node.table()?.iter().map(alias).collect()
}

fn multipliers(node: Option<&Node<'_>>, table: &Table) -> Result<BTreeMap<String, Multiplier>, Fault> {
    let Some(node) = node else { return Ok(BTreeMap::new()) };
    let multiplier = |(key, value): &(Key<'_>, Node<'_>)| {
        let billionths = match &value.value {
            Item::Number(text) | Item::Text(text) => money::scaled(text, 9),
            _ => None,
        };
        let id = ids::provider_id(table, &key.name).map_or_else(|| key.name.to_lowercase(), str::to_owned);
        match billionths.and_then(Multiplier::billionths) {
            Some(multiplier) => Ok((id, multiplier)),
            None => fault(value.at, "expected a multiplier between 0 and 1000 such as 0.85"),
        }
    };
    node.table()?.iter().map(multiplier).collect()
}

fn models(node: Option<&Node<'_>>, table: &Table) -> Result<Table, Fault> {
    let Some(node) = node else { return Ok(Table::default()) };
    let mut lines = Lines::new();
    for (key, value) in node.table()? {
        lines.insert(provider_and_name(&key.name, table), record(value)?);
    }
    Ok(Table::of(snapshot::text(&lines)))
}

/// `openai/gpt-4o` is a model of one provider; a name whose first part is no provider is whole.
fn provider_and_name(key: &str, table: &Table) -> (String, String) {
    let (provider, name) = match key.split_once('/').map(|(prefix, name)| (ids::provider_id(table, prefix), name)) {
        Some((Some(provider), name)) => (provider, name),
        _ => (ANY, key),
    };
    (provider.to_owned(), name.to_lowercase().replace(['\t', '\n', '\r'], " "))
}

/// The prices of a model as a line of the table has them.
fn record(node: &Node<'_>) -> Result<String, Fault> {
    let mut blocks = vec![String::new()];
    let mut rates = Rates::default();
    for (key, value) in node.table()? {
        if let Some((_, way)) = WAYS.iter().find(|(name, _)| *name == key.name) {
            let mut special = Rates::default();
            for (key, value) in value.table()? {
                special.set(unit(key)?, rate(unit(key)?, value)?);
            }
            let mut block = format!("?{way}");
            special.write(&mut block);
            blocks.push(block);
        } else {
            rates.set(unit(key)?, rate(unit(key)?, value)?);
        }
    }
    if rates == Rates::default() {
        return fault(node.at, "the model has no price; expected one such as `input = 0.15`");
    }
    if let Some(first) = blocks.first_mut() {
        // A user who writes a price of zero means it.
        first.push_str("free");
        rates.write(first);
    }
    Ok(blocks.join(";"))
}

fn unit(key: &Key<'_>) -> Result<Unit, Fault> {
    match Unit::named(&key.name) {
        Some(unit) => Ok(unit),
        None => {
            let names: Vec<&str> = Unit::names().chain(WAYS.map(|(name, _)| name)).collect();
            fault(key.at, format!("`{}` is no price; expected one of {}", key.name, names.join(", ")))
        }
    }
}

/// `0.15`, or `{ base = 3, above = [[200000, 6]] }` for a price that depends on the length of the prompt.
fn rate(unit: Unit, node: &Node<'_>) -> Result<Rate, Fault> {
    if !matches!(node.value, Item::Table(_)) {
        return Ok(Rate::flat(price(unit, node)?));
    }
    for (key, _) in node.table()? {
        known(key, &["base", "above"])?;
    }
    let Some(base) = node.get("base") else { return fault(node.at, "`base` is missing") };
    let mut rate = Rate::flat(price(unit, base)?);
    for tier in node.get("above").map_or(Ok(&[][..]), Node::list)? {
        let [above, dearer] = tier.list()? else {
            return fault(tier.at, "expected a number of tokens and a price, such as [200000, 6]");
        };
        rate = match rate.with_tier(count(above)?, price(unit, dearer)?) {
            Some(rate) => rate,
            None => return fault(tier.at, "a price has at most two boundaries"),
        };
    }
    Ok(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        parse(text.as_bytes(), Path::new(".")).unwrap_err().to_string()
    }

    #[test]
    fn a_mistake_is_told_with_line_and_column() {
        for (text, expected) in [
            ("[models]\n\"x\" = { input = -1 }", "line 2, column 17: `-1` is no price"),
            ("[models.x]\ninptu = 1", "line 2, column 1: `inptu` is no price; expected one of input, "),
            ("{\"models\": {\"x\": {\"input\": \"a\"}}}", "line 1, column 28: `a` is no price"),
            ("prices = 1", "line 1, column 1: `prices` is no word of a price file; expected one of aliases, date"),
            ("[models.x]\n", "line 1, column 1: the model has no price"),
            ("[multipliers]\nazure = -0.5", "line 2, column 9: expected a multiplier"),
            ("date = \"today\"", "line 1, column 8: expected a date"),
            ("[aliases]\na = 1", "line 2, column 5: expected a text, met a number"),
            ("a = = 1", "line 1, column 5: "),
            ("[models.x]\ninput = { base = 1, above = [5] }", "line 2, column 30: expected a list, met a number"),
            (
                "snapshot = \"no-such-file.json\"",
                "line 1, column 12: the snapshot `./no-such-file.json` cannot be read",
            ),
        ] {
            assert!(told(text).starts_with(expected), "{text}: {}", told(text));
        }
        let error = parse(b"date = \"\xff\"", Path::new(".")).unwrap_err();
        assert_eq!((error.line(), error.column()), (Some(1), Some(9)));
    }

    #[test]
    fn toml_and_json_say_the_same() {
        let toml = "[models.\"openai/house\"]\ninput = 0.5\noutput = { base = 1, above = [[1000, 2.5]] }\n\
                    batch = { input = 0.25 }\n[aliases]\nBot = \"house\"\n[multipliers]\nxai = 0.85\n";
        let json = r#"{"models": {"openai/house": {"input": 0.5, "output": {"base": 1, "above": [[1000, 2.5]]},
                       "batch": {"input": "0.25"}}}, "aliases": {"Bot": "house"}, "multipliers": {"xai": 0.85}}"#;
        let lines = |text: &str| {
            let book = parse(text.as_bytes(), Path::new(".")).unwrap();
            let own: Vec<String> = book.own.lines().map(str::to_owned).collect();
            (own, book.aliases, book.multipliers)
        };
        assert_eq!(lines(toml), lines(json));
        let (own, aliases, multipliers) = lines(toml);
        assert_eq!(own, ["openai\thouse\tfree input=0.5 output=1>1000:2.5;?processing=batch input=0.25"]);
        assert_eq!(aliases.get("bot").map(String::as_str), Some("house"));
        assert!(multipliers.contains_key("x-ai"));
    }
}
