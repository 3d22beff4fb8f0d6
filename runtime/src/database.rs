//! Calls to databases: the statement without its literals, and how many rows came back.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::ops::Deref;

use crate::field::FieldValue;
use crate::opening::Opening;
use crate::{guard::user_code, render};

/// Systems in which a text in double quotes is a literal and not a name.
const QUOTED_TEXTS: [&str; 2] = ["mysql", "mariadb"];

impl Opening {
    /// A statement, without the values that stand in it.
    pub fn statement<S: AsRef<str>>(&mut self, position: usize, make: impl FnOnce() -> S) {
        if !self.wants_span() {
            return;
        }
        let is_mysql = self.fields.text_of("db.system.name").is_some_and(|system| QUOTED_TEXTS.contains(&system));
        let quote = if is_mysql { '\0' } else { '"' };
        let text = user_code(|| without_literals(make().as_ref(), quote));
        self.fields.text(position, text.unwrap_or_else(|| render::PANICKED.to_owned()));
    }
}

/// The most bytes of a statement that are kept.
const STATEMENT_CAP: usize = 4_096;

/// The statement with `?` in the place of each text and number, and without comments. Text between two `name_quote`s is a
/// name and stays.
///
/// It reads what the dialects have in common, and where it is in doubt it hides more: an open literal hides the rest.
fn without_literals(sql: &str, name_quote: char) -> String {
    let mut safe = String::with_capacity(sql.len().min(STATEMENT_CAP));
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        let is_in_word = safe.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '@' | ':'));
        rest = if rest.starts_with("--") || (first == '#' && name_quote == '\0') {
            after.find('\n').and_then(|at| after.get(at..)).unwrap_or_default()
        } else if rest.starts_with("/*") {
            after.find("*/").and_then(|at| after.get(at + 2..)).unwrap_or_default()
        } else if first == name_quote || first == '`' {
            let end = after.find(first).map_or(rest.len(), |at| at + 2);
            safe.push_str(rest.get(..end).unwrap_or_default());
            rest.get(end..).unwrap_or_default()
        } else if matches!(first, '\'' | '"') {
            hide(&mut safe, after_text(after, first))
        } else if let Some(tag) = dollar_tag(rest).filter(|_| !is_in_word) {
            let inside = rest.get(tag.len()..).unwrap_or_default();
            hide(&mut safe, inside.find(tag).and_then(|at| inside.get(at + tag.len()..)).unwrap_or_default())
        } else if first.is_ascii_digit() && !is_in_word {
            let is_number = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_';
            hide(&mut safe, rest.trim_start_matches(is_number))
        } else {
            safe.push(first);
            after
        };
        if safe.len() > STATEMENT_CAP {
            safe.push('…');
            break;
        }
    }
    safe.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Puts a `?` for a literal, which swallows the prefix of `E'..'`, `N'..'` and `x'..'`.
fn hide<'a>(safe: &mut String, rest: &'a str) -> &'a str {
    let prefix = safe.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    if prefix + 1 == safe.len() && safe.ends_with(['E', 'e', 'N', 'n', 'X', 'x', 'B', 'b']) {
        safe.truncate(prefix);
    }
    safe.push('?');
    rest
}

/// What follows a text in quotes; a doubled quote and a backslash do not end it.
fn after_text(text: &str, quote: char) -> &str {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

/// `$$` or `$tag$`, which begins and ends a text in PostgreSQL.
fn dollar_tag(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('$')?;
    let end = inside.find('$')?;
    let is_tag = inside.get(..end)?.chars().all(|c| c.is_alphanumeric() || c == '_');
    let begins_with_digit = inside.starts_with(|c: char| c.is_ascii_digit());
    if is_tag && !begins_with_digit { text.get(..end + 2) } else { None }
}

/// A value that is so many rows.
pub trait Rows {
    /// How many.
    fn rows(&self) -> u64;
}

macro_rules! collections {
    ($([$($of:tt)*] $ty:ty),+ $(,)?) => {$(
        impl<$($of)*> Rows for $ty {
            fn rows(&self) -> u64 {
                self.len() as u64
            }
        }
    )+};
}

collections! {
    [T] Vec<T>, [T] [T], [T] Box<[T]>, [T] VecDeque<T>, [T, const N: usize] [T; N],
    [K, V, S] HashMap<K, V, S>, [T, S] HashSet<T, S>, [K, V] BTreeMap<K, V>, [T] BTreeSet<T>,
}

impl<T> Rows for Option<T> {
    fn rows(&self) -> u64 {
        u64::from(self.is_some())
    }
}

impl<T: Rows + ?Sized> Rows for &T {
    fn rows(&self) -> u64 {
        (**self).rows()
    }
}

/// Asks a returned value how many rows it is; see `probe.rs` for how the wishes work.
pub fn rows_of<R>(value: &R) -> OkRowsWish<'_, R> {
    OkRowsWish(RowsWish(AnyValue(value)))
}

/// A result of what can be counted.
pub struct OkRowsWish<'a, R>(RowsWish<'a, R>);

/// What can be counted.
pub struct RowsWish<'a, R>(AnyValue<'a, R>);

/// Any value at all.
pub struct AnyValue<'a, R>(&'a R);

impl<'a, R> Deref for OkRowsWish<'a, R> {
    type Target = RowsWish<'a, R>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, R> Deref for RowsWish<'a, R> {
    type Target = AnyValue<'a, R>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T: Rows, E> OkRowsWish<'_, Result<T, E>> {
    /// The rows of a success; an error has none.
    pub fn rows(&self) -> Option<u64> {
        self.0.0.0.as_ref().ok().map(Rows::rows)
    }
}

impl<R: Rows> RowsWish<'_, R> {
    /// The rows.
    pub fn rows(&self) -> Option<u64> {
        Some(self.0.0.rows())
    }
}

impl<R> AnyValue<'_, R> {
    /// Nothing that can be counted.
    pub fn rows(&self) -> Option<u64> {
        None
    }
}

impl crate::field::Fields {
    /// The text of the field with this name, if it has one.
    fn text_of(&self, name: &str) -> Option<&str> {
        let mut named = self.names().iter().zip(self.values()).filter(|(known, _)| **known == name);
        match named.next() {
            Some((_, Some(FieldValue::Text(text)))) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_hidden_and_the_rest_stays() {
        for (sql, safe) in [
            ("SELECT * FROM users WHERE id = 42", "SELECT * FROM users WHERE id = ?"),
            ("SELECT \"a b\" FROM t2 WHERE x='it''s' AND y=\n -1.5e3", "SELECT \"a b\" FROM t2 WHERE x=? AND y= -?"),
            ("UPDATE t SET a=$1, b=:name WHERE c IN (1,2)", "UPDATE t SET a=$1, b=:name WHERE c IN (?,?)"),
            ("INSERT INTO t VALUES (E'a\\'b', N'x', x'ff', 0xff)", "INSERT INTO t VALUES (?, ?, ?, ?)"),
            ("SELECT $$it's$$, $q$ $$ $q$, a$b FROM t", "SELECT ?, ?, a$b FROM t"),
            ("SELECT 1 -- the pin is 4711\n, 2 /* 'x' */ FROM `t1`", "SELECT ? , ? FROM `t1`"),
            ("SELECT 'never closed AND x = 1", "SELECT ?"),
            ("", ""),
        ] {
            assert_eq!(without_literals(sql, '"'), safe);
        }
        assert_eq!(without_literals("SELECT \"pw\" # 1\n, 2", '\0'), "SELECT ? , ?");
    }

    #[test]
    fn what_can_be_counted_is() {
        assert_eq!(rows_of(&vec![1, 2]).rows(), Some(2));
        assert_eq!(rows_of(&Ok::<_, String>(Some(1))).rows(), Some(1));
        assert_eq!(rows_of(&Err::<Vec<u8>, _>("no")).rows(), None);
        assert_eq!(rows_of(&7).rows(), None);
        assert_eq!(rows_of(&Ok::<_, String>(7)).rows(), None);
    }
}
