//! A price file as a tree that knows where each part of it stands, so that a mistake is reported with line and column.
//!
//! Numbers keep their text. As floats they would already be other numbers.

use std::borrow::Cow;

use toml::de::{DeTable, DeValue};

/// A value and where it begins, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node<'a> {
    pub(super) at: usize,
    pub(super) value: Item<'a>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item<'a> {
    Text(Cow<'a, str>),
    Number(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Table(Vec<(Key<'a>, Node<'a>)>),
    /// What no price file has a use for: true, false, null, a time.
    Other(&'static str),
}

/// A name in a table and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key<'a> {
    pub(super) at: usize,
    pub(super) name: Cow<'a, str>,
}

/// What is wrong, and where it begins, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

pub(super) fn fault<T>(at: usize, message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { at, message: message.into() })
}

impl<'a> Node<'a> {
    /// What the value is, for a message.
    pub(super) fn kind(&self) -> &'static str {
        match &self.value {
            Item::Text(_) => "a text",
            Item::Number(_) => "a number",
            Item::List(_) => "a list",
            Item::Table(_) => "a table",
            Item::Other(kind) => kind,
        }
    }

    pub(super) fn table(&self) -> Result<&[(Key<'a>, Node<'a>)], Fault> {
        match &self.value {
            Item::Table(entries) => Ok(entries),
            _ => fault(self.at, format!("expected a table, met {}", self.kind())),
        }
    }

    pub(super) fn list(&self) -> Result<&[Node<'a>], Fault> {
        match &self.value {
            Item::List(nodes) => Ok(nodes),
            _ => fault(self.at, format!("expected a list, met {}", self.kind())),
        }
    }

    pub(super) fn text(&self) -> Result<&str, Fault> {
        match &self.value {
            Item::Text(text) => Ok(text),
            _ => fault(self.at, format!("expected a text, met {}", self.kind())),
        }
    }

    /// The value of this name, in a table that has it.
    pub(super) fn get(&self, name: &str) -> Option<&Node<'a>> {
        match &self.value {
            Item::Table(entries) => entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node),
            _ => None,
        }
    }
}

/// Reads JSON when the text begins as JSON does (`{` or `[`, and no TOML table header), and TOML otherwise.
pub(super) fn parse(text: &str) -> Result<Node<'_>, Fault> {
    let start = text.trim_start();
    let is_list = || start.trim_start_matches('[').trim_start().starts_with(['{', ']']);
    if start.starts_with('{') || (start.starts_with('[') && is_list()) { json(text) } else { toml(text) }
}

fn toml(text: &str) -> Result<Node<'_>, Fault> {
    match DeTable::parse(text) {
        Ok(table) => {
            let at = table.span().start;
            Ok(Node { at, value: toml_table(table.into_inner()) })
        }
        Err(error) => fault(error.span().map_or(0, |span| span.start), error.message()),
    }
}

fn toml_table<'a>(table: DeTable<'a>) -> Item<'a> {
    let entry = |(name, value): (toml::Spanned<Cow<'a, str>>, toml::Spanned<DeValue<'a>>)| {
        let key = Key { at: name.span().start, name: name.into_inner() };
        (key, Node { at: value.span().start, value: toml_value(value.into_inner()) })
    };
    Item::Table(table.into_iter().map(entry).collect())
}

fn toml_value(value: DeValue<'_>) -> Item<'_> {
    match value {
        DeValue::String(text) => Item::Text(text),
        DeValue::Integer(number) if number.radix() == 10 => Item::Number(Cow::Owned(number.as_str().to_owned())),
        DeValue::Integer(_) => Item::Other("a number that is not decimal"),
        DeValue::Float(number) => Item::Number(Cow::Owned(number.as_str().to_owned())),
        DeValue::Boolean(_) => Item::Other("true or false"),
        DeValue::Datetime(_) => Item::Other("a date without quotes"),
        DeValue::Array(list) => Item::List(
            list.into_iter().map(|node| Node { at: node.span().start, value: toml_value(node.into_inner()) }).collect(),
        ),
        DeValue::Table(table) => toml_table(table),
    }
}

/// A JSON file of prices is not nested deeper than this.
const DEEPEST: u32 = 64;

fn json(text: &str) -> Result<Node<'_>, Fault> {
    let mut reader = Json { text, at: 0 };
    let node = reader.value(0)?;
    reader.space();
    match reader.peek() {
        None => Ok(node),
        Some(_) => reader.fault("expected the end of the file"),
    }
}

/// Reads JSON (RFC 8259).
struct Json<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Json<'a> {
    fn fault<T>(&self, message: &str) -> Result<T, Fault> {
        fault(self.at, message)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Steps over the byte if it is the next one after any space.
    fn takes(&mut self, byte: u8) -> bool {
        self.space();
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn value(&mut self, depth: u32) -> Result<Node<'a>, Fault> {
        self.space();
        let at = self.at;
        if depth > DEEPEST {
            return self.fault("nested too deeply");
        }
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Item::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node { at, value })
    }

    fn object(&mut self, depth: u32) -> Result<Item<'a>, Fault> {
        self.at += 1;
        let mut entries = Vec::new();
        while !self.takes(b'}') {
            if !entries.is_empty() && !self.takes(b',') {
                return self.fault("expected `,` or `}`");
            }
            self.space();
            let key = Key { at: self.at, name: self.string()? };
            if !self.takes(b':') {
                return self.fault("expected `:`");
            }
            entries.push((key, self.value(depth + 1)?));
        }
        Ok(Item::Table(entries))
    }

    fn array(&mut self, depth: u32) -> Result<Item<'a>, Fault> {
        self.at += 1;
        let mut nodes = Vec::new();
        while !self.takes(b']') {
            if !nodes.is_empty() && !self.takes(b',') {
                return self.fault("expected `,` or `]`");
            }
            nodes.push(self.value(depth + 1)?);
        }
        Ok(Item::List(nodes))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        if self.peek() != Some(b'"') {
            return self.fault("expected a text between `\"`");
        }
        let start = self.at;
        let mut end = start + 1;
        loop {
            match self.text.as_bytes().get(end) {
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(_) => end += 1,
                None => return self.fault("the text does not end"),
            }
        }
        let quoted = self.text.get(start..=end).unwrap_or_default();
        self.at = end + 1;
        let inside = quoted.get(1..quoted.len() - 1).unwrap_or_default();
        if !inside.contains('\\') && !inside.bytes().any(|byte| byte < b' ') {
            return Ok(Cow::Borrowed(inside));
        }
        let unescaped: Result<String, _> = serde_json::from_str(quoted);
        unescaped.map(Cow::Owned).or_else(|_| fault(start, "the text has an escape that JSON does not know"))
    }

    fn number(&mut self) -> Result<Item<'a>, Fault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E')) {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        match serde_json::from_str::<serde_json::Number>(text) {
            Ok(_) => Ok(Item::Number(Cow::Borrowed(text))),
            Err(_) => fault(start, format!("`{text}` is no number")),
        }
    }

    fn word(&mut self) -> Result<Item<'a>, Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for (word, kind) in [("true", "true"), ("false", "false"), ("null", "null")] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(Item::Other(kind));
            }
        }
        self.fault("expected a value")
    }
}

/// The line and the column (in characters) of a place in a text, both counted from 1.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> ((usize, usize), String) {
        let fault = parse(text).unwrap_err();
        (position(text, fault.at), fault.message)
    }

    #[test]
    fn both_languages_give_the_same_tree() {
        let without_places = |text: &'static str| {
            let node = parse(text).unwrap();
            let model = node.get("models").unwrap().get("house/one").unwrap();
            (model.get("input").unwrap().value.clone(), model.get("x").unwrap().list().unwrap().len())
        };
        let expected = (Item::Number("0.30".into()), 2);
        assert_eq!(without_places("[models.\"house/one\"]\ninput = 0.30\nx = [1, \"a\"]\n"), expected);
        assert_eq!(without_places(r#"{"models": {"house\/one": {"input": 0.30, "x": [1, "a"]}}}"#), expected);
        assert_eq!(parse("[]").unwrap().list().unwrap().len(), 0);
        assert_eq!(parse("[[x]]\na = 1").unwrap().get("x").unwrap().kind(), "a list");
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        assert_eq!(place("a = 1\nb = = 2").0, (2, 5));
        assert_eq!(place("{\"a\": 1,\n  \"b\" 2}"), ((2, 7), "expected `:`".to_owned()));
        assert_eq!(place("{\"a\": 01}").0, (1, 7));
        assert_eq!(place("{\"a\": nul}"), ((1, 7), "expected a value".to_owned()));
        assert_eq!(place("{\"a\": \"b").1, "the text does not end");
        assert_eq!(place("{\"a\": 1} x").1, "expected the end of the file");
        assert_eq!(place(&"[".repeat(100)).0.0, 1);
        assert_eq!(place(&format!("{}{{", "[".repeat(100))).1, "nested too deeply");
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(position("ä = 1\nöö = x", "ä = 1\nöö = ".len()), (2, 6));
    }
}
