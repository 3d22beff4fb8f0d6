//! What `db(..)` says of a call to a database: `db(system = "postgresql", operation = "SELECT", table = "users")`.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, LitStr, Token};

use crate::errors::Errors;
use crate::lists::{entries, is_not_empty};
use crate::nearest::nearest;
use crate::slot::Slot;
use crate::values::{Constant, read_constant, read_expression};

/// The words in the parentheses.
const PARTS: [&str; 4] = ["operation", "statement", "system", "table"];

/// What is known of a call to a database.
#[derive(Default)]
pub(crate) struct Database {
    pub(crate) system: Slot<Constant>,
    pub(crate) operation: Slot<Constant>,
    pub(crate) table: Slot<Constant>,
    pub(crate) statement: Slot<Expr>,
}

/// The field that holds how many rows came back.
pub(crate) const ROWS: &str = "db.response.returned_rows";
/// The field that holds the statement.
pub(crate) const STATEMENT: &str = "db.query.text";

impl Database {
    /// The fields of the span that are known at compile time, by the names of the semantic conventions for databases.
    pub(crate) fn constants(&self) -> Vec<(&'static str, &Constant)> {
        let parts = [
            ("db.system.name", &self.system),
            ("db.operation.name", &self.operation),
            ("db.collection.name", &self.table),
        ];
        parts.into_iter().filter_map(|(name, part)| Some((name, part.get()?))).collect()
    }

    /// The names of all its fields: the constants, then the statement if there is one, then the rows.
    pub(crate) fn fields(&self, span: Span) -> Vec<LitStr> {
        let constants = self.constants().into_iter().map(|(name, _)| name);
        let statement = self.statement.is_given().then_some(STATEMENT);
        constants.chain(statement).chain([ROWS]).map(|name| LitStr::new(name, span)).collect()
    }
}

pub(crate) fn read_database(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Database> {
    is_not_empty(word, "write `db(system = \"postgresql\")`", input)?;
    let mut database = Database::default();
    // The list reads each entry by itself; where it goes is decided by its key.
    let parts = entries(input, errors, |input| {
        let key = read_key(input)?;
        let part = if key == "statement" {
            Part::Statement(read_expression(input)?)
        } else {
            Part::Constant(read_constant(&key, input)?)
        };
        Ok((key, part))
    })?;
    for (key, part) in parts {
        match part {
            Part::Statement(statement) => database.statement.fill(&key, statement, errors)?,
            Part::Constant(text) if key == "system" => database.system.fill(&key, text, errors)?,
            Part::Constant(text) if key == "operation" => database.operation.fill(&key, text, errors)?,
            Part::Constant(text) => database.table.fill(&key, text, errors)?,
        }
    }
    if !database.system.is_given() && errors.is_empty() {
        errors.at(word, "`db` needs a `system`; write `db(system = \"postgresql\", ...)`");
    }
    Ok(database)
}

enum Part {
    Constant(Constant),
    Statement(Expr),
}

/// The key and the `=` behind it.
fn read_key(input: ParseStream<'_>) -> syn::Result<Ident> {
    let key = input.call(Ident::parse_any)?;
    let text = key.unraw().to_string();
    if !PARTS.contains(&text.as_str()) {
        let meant = nearest(&text, PARTS.iter().copied()).map(|part| format!("did you mean `{part}`? "));
        let known = PARTS.map(|part| format!("`{part}`")).join(", ");
        let message = format_args!("`db` has no `{text}`; {}expected one of {known}", meant.unwrap_or_default());
        return Err(syn::Error::new(key.span(), message));
    }
    if !input.peek(Token![=]) || input.peek2(Token![,]) {
        let form = if text == "statement" { "sql" } else { "\"...\"" };
        return Err(syn::Error::new(key.span(), format_args!("`{text}` needs a value; write `{text} = {form}`")));
    }
    input.parse::<Token![=]>()?;
    Ok(key)
}
