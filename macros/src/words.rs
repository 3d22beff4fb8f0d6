//! The words inside an attribute's parentheses.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Path, Token};

use crate::attribute::Attribute;
use crate::errors::Errors;
use crate::nearest::nearest;
use crate::values::{Constant, Model, read_constant, read_crate, read_literal, read_model};

/// One word that an attribute understands.
struct Word {
    text: &'static str,
    /// How to write it, for messages.
    form: &'static str,
    /// Where it is valid.
    on: &'static [Attribute],
    read: fn(&mut Words, &Ident, ParseStream<'_>, &mut Errors) -> syn::Result<()>,
}

const EVERYWHERE: &[Attribute] = &[Attribute::Observe, Attribute::LlmCost, Attribute::Workflow];
const LLM: &[Attribute] = &[Attribute::LlmCost];

/// Every word, in alphabetical order. All messages about words are derived from this table.
const WORDS: &[Word] = &[
    Word {
        text: "crate",
        form: "crate = ::taximeter",
        on: EVERYWHERE,
        read: |words, key, input, errors| words.krate.fill(key, read_crate(input)?, errors),
    },
    Word {
        text: "feature",
        form: "feature = \"answers\"",
        on: LLM,
        read: |words, key, input, errors| words.feature.fill(key, read_constant(key, input)?, errors),
    },
    Word {
        text: "model",
        form: "model = \"gpt-4o\"",
        on: LLM,
        read: |words, key, input, errors| words.model.fill(key, read_model(input)?, errors),
    },
    Word {
        text: "name",
        form: "name = \"orders.place\"",
        on: EVERYWHERE,
        read: |words, key, input, errors| words.name.fill(key, read_literal(key, input)?, errors),
    },
    Word {
        text: "provider",
        form: "provider = \"openai\"",
        on: LLM,
        read: |words, key, input, errors| words.provider.fill(key, read_constant(key, input)?, errors),
    },
];

/// What an attribute said. Each value keeps the tokens it came from.
#[derive(Default)]
pub(crate) struct Words {
    pub(crate) name: Slot<LitStr>,
    pub(crate) krate: Slot<Path>,
    pub(crate) model: Slot<Model>,
    pub(crate) provider: Slot<Constant>,
    pub(crate) feature: Slot<Constant>,
    /// The words that were met, or probably meant, whether their values could be read or not.
    met: Vec<&'static str>,
}

/// Room for one value; a second one is an error.
pub(crate) struct Slot<T>(Option<T>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot(None)
    }
}

impl<T> Slot<T> {
    fn fill(&mut self, key: &Ident, value: T, errors: &mut Errors) -> syn::Result<()> {
        if self.0.is_some() {
            errors.at(key, format_args!("duplicate argument `{}`", key.unraw()));
        } else {
            self.0 = Some(value);
        }
        Ok(())
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    pub(crate) fn into_option(self) -> Option<T> {
        self.0
    }
}

impl Words {
    /// Reads all words; after a mistake it goes on behind the next comma.
    pub(crate) fn parse(attribute: Attribute, args: TokenStream, errors: &mut Errors) -> Words {
        let mut words = Words::default();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                let ahead = input.fork();
                match words.argument(attribute, &ahead, errors) {
                    Ok(()) => input.advance_to(&ahead),
                    Err(error) => {
                        errors.push(error);
                        skip_to_comma(input)?;
                    }
                }
                separator(input, errors)?;
            }
            Ok(())
        };
        let result = read.parse2(args);
        errors.take(result);
        words
    }

    fn argument(&mut self, attribute: Attribute, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
        if !input.peek(syn::Ident::peek_any) {
            return Err(input.error(format_args!("expected an argument, one of {}", valid_on(attribute))));
        }
        let key = input.call(Ident::parse_any)?;
        let word = self.find(attribute, &key)?;
        if !input.peek(Token![=]) {
            return Err(wrong_form(word, &key, input));
        }
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new(key.span(), format_args!("`{key}` needs a value; write `{}`", word.form)));
        }
        (word.read)(self, &key, input, errors)
    }

    fn find(&mut self, attribute: Attribute, key: &Ident) -> syn::Result<&'static Word> {
        let text = key.to_string();
        let valid = valid_on(attribute);
        let message = match WORDS.iter().find(|word| word.text == text) {
            Some(word) if word.on.contains(&attribute) => {
                self.met.push(word.text);
                return Ok(word);
            }
            Some(word) => {
                let owners = word.on.iter().map(Attribute::to_string).collect::<Vec<_>>().join(" and ");
                format!("`{text}` is an argument of {owners}, not of {attribute}; expected one of {valid}")
            }
            None => {
                let meant = nearest(&text, words_of(attribute).map(|word| word.text));
                self.met.extend(meant);
                let meant = meant.map(|word| format!("did you mean `{word}`? ")).unwrap_or_default();
                format!("unknown argument `{text}`; {meant}expected one of {valid}")
            }
        };
        Err(syn::Error::new(key.span(), message))
    }

    /// Whether a word was said at all; one whose value is wrong is not missing.
    pub(crate) fn has_met(&self, word: &str) -> bool {
        self.met.contains(&word)
    }
}

fn words_of(attribute: Attribute) -> impl Iterator<Item = &'static Word> {
    WORDS.iter().filter(move |word| word.on.contains(&attribute))
}

/// The valid words, as messages list them.
fn valid_on(attribute: Attribute) -> String {
    words_of(attribute).map(|word| format!("`{}`", word.text)).collect::<Vec<_>>().join(", ")
}

fn wrong_form(word: &Word, key: &Ident, input: ParseStream<'_>) -> syn::Error {
    if input.is_empty() || input.peek(Token![,]) {
        syn::Error::new(key.span(), format_args!("`{}` needs a value; write `{}`", word.text, word.form))
    } else {
        input.error(format_args!("wrong form; write `{}`", word.form))
    }
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Between two arguments stands a comma. A missing one is told once, and what follows is still read.
fn separator(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if input.peek(Token![,]) {
        return input.parse::<Token![,]>().map(drop);
    }
    if input.peek(syn::Ident::peek_any) {
        errors.push(input.error("expected `,`"));
        return Ok(());
    }
    errors.push(input.error("unexpected token, expected `,` or `)`"));
    skip_to_comma(input)?;
    input.parse::<Option<Token![,]>>().map(drop)
}
