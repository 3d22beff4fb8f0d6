//! The words inside an attribute's parentheses.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprPath, LitStr, Path, Token, parenthesized, token};

use crate::attribute::Attribute;
use crate::database::{Database, read_database};
use crate::errors::Errors;
use crate::lists::{
    Bound, Captured, Field, Label, read_baggage, read_bounds, read_capture, read_context, read_fields, read_labels,
};
use crate::nearest::nearest;
use crate::slot::Slot;
use crate::values::{
    Constant, Level, Model, read_constant, read_crate, read_expression, read_kind, read_level, read_model, read_none,
    read_on_exceeded, read_operation, read_path, read_switch,
};

type Read = fn(&mut Words, &Ident, ParseStream<'_>, &mut Errors) -> syn::Result<()>;

/// One word that an attribute understands.
pub(crate) struct Word {
    pub(crate) text: &'static str,
    /// How to write it, for messages.
    form: &'static str,
    /// The attributes that know it.
    on: &'static [Attribute],
    /// The places where it can stand.
    at: &'static [Place],
    shape: Shape,
    /// Whether it says something of the span alone.
    pub(crate) is_of_span: bool,
    /// Why the attributes that do not know it have no use for it.
    because: &'static str,
    read: Read,
}

/// What an attribute stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Function,
    /// An `impl` block.
    Block,
    /// A function in an `impl` block that has an attribute itself.
    Member,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `word = value`
    Value,
    /// `word(one, two)`
    List,
    /// `word`
    Flag,
}

const EVERYWHERE: &[Attribute] = &[Attribute::Observe, Attribute::LlmCost, Attribute::Workflow];
const LLM: &[Attribute] = &[Attribute::LlmCost];
const NOT_OBSERVE: &[Attribute] = &[Attribute::LlmCost, Attribute::Workflow];
const OBSERVE: &[Attribute] = &[Attribute::Observe];
const WORKFLOW: &[Attribute] = &[Attribute::Workflow];
const NOT_LLM: &[Attribute] = &[Attribute::Observe, Attribute::Workflow];

impl Word {
    const fn value(text: &'static str, form: &'static str, on: &'static [Attribute], read: Read) -> Word {
        let at = &[Place::Function, Place::Member];
        Word { text, form, on, at, shape: Shape::Value, is_of_span: false, because: "", read }
    }

    const fn list(text: &'static str, form: &'static str, on: &'static [Attribute], read: Read) -> Word {
        Word { shape: Shape::List, ..Word::value(text, form, on, read) }
    }

    const fn flag(text: &'static str, on: &'static [Attribute], read: Read) -> Word {
        Word { shape: Shape::Flag, ..Word::value(text, text, on, read) }
    }

    const fn of_span(self) -> Word {
        Word { is_of_span: true, ..self }
    }

    const fn also_on_blocks(self) -> Word {
        Word { at: &[Place::Function, Place::Block, Place::Member], ..self }
    }

    const fn on_members_alone(self) -> Word {
        Word { at: &[Place::Member], ..self }
    }

    const fn because(self, because: &'static str) -> Word {
        Word { because, ..self }
    }
}

/// Every word, in alphabetical order. All messages about words are derived from this table. What begins with `__` is
/// said by `#[observe] impl` to the attributes inside, and nobody is told of it.
const WORDS: &[Word] = &[
    Word::value("__in", "__in = \"Shop\"", EVERYWHERE, |words, key, input, errors| {
        words.owner.fill(key, input.parse()?, errors)
    }),
    Word::list("baggage", "baggage(key = value, ...)", WORKFLOW, |words, key, input, errors| {
        words.baggage.fill(key, read_baggage(key, input, errors)?, errors)
    }),
    Word::value("buckets", "buckets = [0.1, 0.5, 2.0]", EVERYWHERE, |words, key, input, errors| {
        words.buckets.fill(key, read_bounds(key, input, errors)?, errors)
    }),
    Word::value("budget", "budget = BUDGET", LLM, |words, key, input, errors| {
        words.budget.fill(key, read_path(input)?, errors)
    }),
    Word::list("capture", "capture(argument, ret)", EVERYWHERE, |words, key, input, errors| {
        words.capture.fill(key, read_capture(key, input, errors)?, errors)
    })
    .of_span(),
    Word::list("context", "context(processing = \"batch\")", LLM, |words, key, input, errors| {
        words.context.fill(key, read_context(key, input, errors)?, errors)
    }),
    Word::value("correlation_id", "correlation_id = request.id", WORKFLOW, |words, key, input, errors| {
        words.correlation_id.fill(key, read_expression(input)?, errors)
    }),
    Word::value("crate", "crate = ::taximeter", EVERYWHERE, |words, key, input, errors| {
        words.krate.fill(key, read_crate(input)?, errors)
    })
    .also_on_blocks(),
    Word::list("data", "data(key = value, ...)", WORKFLOW, |words, key, input, errors| {
        words.data.fill(key, read_fields(key, input, errors)?, errors)
    }),
    Word::list("db", "db(system = \"postgresql\", ...)", OBSERVE, |words, key, input, errors| {
        words.db.fill(key, read_database(key, input, errors)?, errors)
    })
    .of_span(),
    Word::value("error_type", "error_type = |error| error.code()", EVERYWHERE, |words, key, input, errors| {
        words.error_type.fill(key, read_expression(input)?, errors)
    }),
    Word::value("feature", "feature = \"answers\"", NOT_OBSERVE, |words, key, input, errors| {
        words.feature.fill(key, read_constant(key, input)?, errors)
    }),
    Word::list("fields", "fields(key = value, ...)", EVERYWHERE, |words, key, input, errors| {
        words.fields.fill(key, read_fields(key, input, errors)?, errors)
    })
    .of_span(),
    Word::value("follows_from", "follows_from = [&span]", EVERYWHERE, |words, key, input, errors| {
        words.follows_from.fill(key, read_expression(input)?, errors)
    })
    .of_span(),
    Word::value("id", "id = order.id", WORKFLOW, |words, key, input, errors| {
        words.id.fill(key, read_expression(input)?, errors)
    }),
    Word::value("kind", "kind = \"server\"", NOT_LLM, |words, key, input, errors| {
        words.kind.fill(key, read_kind(input)?, errors)
    })
    .of_span()
    .also_on_blocks()
    .because("a call of a language model is always a client"),
    Word::list("labels", "labels(key = value, ...)", EVERYWHERE, |words, key, input, errors| {
        words.labels.fill(key, read_labels(key, input, errors)?, errors)
    }),
    Word::value("level", "level = \"debug\"", EVERYWHERE, |words, key, input, errors| {
        words.level.fill(key, read_level(input)?, errors)
    })
    .of_span()
    .also_on_blocks(),
    Word::value("model", "model = \"gpt-4o\"", LLM, |words, key, input, errors| {
        words.model.fill(key, read_model(input)?, errors)
    }),
    Word::value("name", "name = \"orders.place\"", EVERYWHERE, |words, key, input, errors| {
        words.name.fill(key, read_constant(key, input)?, errors)
    }),
    Word::value("none", "none = \"error\"", EVERYWHERE, |words, key, input, errors| {
        words.none.fill(key, read_none(input)?, errors)
    }),
    Word::value("ok_if", "ok_if = |output| output.is_ok()", EVERYWHERE, |words, key, input, errors| {
        words.ok_if.fill(key, read_expression(input)?, errors)
    }),
    Word::value("on_exceeded", "on_exceeded = \"refuse\"", LLM, |words, key, input, errors| {
        words.on_exceeded.fill(key, read_on_exceeded(input)?, errors)
    }),
    Word::value("operation", "operation = \"embeddings\"", LLM, |words, key, input, errors| {
        words.operation.fill(key, read_operation(key, input)?, errors)
    }),
    Word::value("parent", "parent = &span", EVERYWHERE, |words, key, input, errors| {
        words.parent.fill(key, read_expression(input)?, errors)
    })
    .of_span(),
    Word::value("provider", "provider = \"openai\"", LLM, |words, key, input, errors| {
        words.provider.fill(key, read_constant(key, input)?, errors)
    }),
    Word::flag("skip", &[Attribute::Observe], |words, key, _, errors| words.skip.fill(key, (), errors))
        .on_members_alone(),
    Word::value("span", "span = false", EVERYWHERE, |words, key, input, errors| {
        words.span.fill(key, read_switch(input)?, errors)
    })
    .also_on_blocks(),
    Word::flag("stream", LLM, |words, key, _, errors| words.stream.fill(key, (), errors)),
    Word::value("target", "target = \"shop\"", EVERYWHERE, |words, key, input, errors| {
        words.target.fill(key, read_constant(key, input)?, errors)
    })
    .of_span()
    .also_on_blocks(),
    Word::value("usage", "usage = |answer| answer.usage()", LLM, |words, key, input, errors| {
        words.usage.fill(key, read_expression(input)?, errors)
    }),
];

/// What an attribute said. Each value keeps the tokens it came from.
#[derive(Default)]
pub(crate) struct Words {
    pub(crate) baggage: Slot<Vec<Field>>,
    pub(crate) buckets: Slot<Vec<Bound>>,
    pub(crate) budget: Slot<ExprPath>,
    pub(crate) capture: Slot<Vec<Captured>>,
    pub(crate) context: Slot<Vec<Label>>,
    pub(crate) correlation_id: Slot<Expr>,
    pub(crate) data: Slot<Vec<Field>>,
    pub(crate) db: Slot<Database>,
    pub(crate) error_type: Slot<Expr>,
    pub(crate) feature: Slot<Constant>,
    pub(crate) fields: Slot<Vec<Field>>,
    pub(crate) follows_from: Slot<Expr>,
    pub(crate) id: Slot<Expr>,
    pub(crate) kind: Slot<LitStr>,
    pub(crate) krate: Slot<Path>,
    pub(crate) labels: Slot<Vec<Label>>,
    pub(crate) level: Slot<Level>,
    pub(crate) model: Slot<Model>,
    pub(crate) name: Slot<Constant>,
    pub(crate) none: Slot<()>,
    pub(crate) ok_if: Slot<Expr>,
    pub(crate) on_exceeded: Slot<LitStr>,
    pub(crate) operation: Slot<Constant>,
    /// The type whose `impl` block is observed as a whole.
    pub(crate) owner: Slot<LitStr>,
    pub(crate) parent: Slot<Expr>,
    pub(crate) provider: Slot<Constant>,
    pub(crate) skip: Slot<()>,
    pub(crate) span: Slot<syn::LitBool>,
    pub(crate) stream: Slot<()>,
    pub(crate) target: Slot<Constant>,
    pub(crate) usage: Slot<Expr>,
    /// The words that were met, or probably meant, whether their values could be read or not.
    met: Vec<(&'static Word, Ident)>,
}

impl Words {
    /// Reads all words; after a mistake it goes on behind the next comma.
    pub(crate) fn parse(attribute: Attribute, place: Place, args: TokenStream, errors: &mut Errors) -> Words {
        let mut words = Words::default();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                let ahead = input.fork();
                match words.argument(attribute, place, &ahead, errors) {
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

    fn argument(
        &mut self,
        attribute: Attribute,
        place: Place,
        input: ParseStream<'_>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        if let Some(text) = input.fork().parse::<Option<LitStr>>()? {
            let word = if attribute == Attribute::LlmCost { "model" } else { "name" };
            // What follows is still read.
            self.met.extend(
                words_of(attribute, place)
                    .find(|known| known.text == word)
                    .map(|known| (known, Ident::new(word, text.span()))),
            );
            return Err(input.error(format_args!("expected an argument; write `{word} = {}`", text.token())));
        }
        if !input.peek(syn::Ident::peek_any) {
            return Err(input.error(format_args!("expected an argument, one of {}", valid_on(attribute, place))));
        }
        let key = input.call(Ident::parse_any)?;
        if key == "skip" && place == Place::Function && input.peek(token::Paren) {
            return Err(syn::Error::new(key.span(), format_args!("`skip` has no effect here: {NOTHING_UNLESS_NAMED}")));
        }
        let word = self.find(attribute, place, &key)?;
        match word.shape {
            Shape::Value => {
                has_form(word, &key, input, input.peek(Token![=]))?;
                input.parse::<Token![=]>()?;
                has_value(word, &key, input)?;
                (word.read)(self, &key, input, errors)
            }
            Shape::List => {
                has_form(word, &key, input, input.peek(token::Paren))?;
                let list;
                parenthesized!(list in input);
                (word.read)(self, &key, &list, errors)
            }
            Shape::Flag => {
                let is_alone = input.is_empty() || input.peek(Token![,]);
                has_form(word, &key, input, is_alone)?;
                (word.read)(self, &key, input, errors)
            }
        }
    }

    fn find(&mut self, attribute: Attribute, place: Place, key: &Ident) -> syn::Result<&'static Word> {
        let text = key.to_string();
        if let Some((_, help)) = OF_OTHERS.iter().find(|(other, _)| *other == text) {
            return Err(syn::Error::new(key.span(), format_args!("unknown argument `{text}`; {help}")));
        }
        let message = match WORDS.iter().find(|word| word.text == text) {
            Some(word) if word.on.contains(&attribute) && word.at.contains(&place) => {
                self.met.push((word, key.clone()));
                return Ok(word);
            }
            Some(word) if word.on.contains(&attribute) => misplaced(word, place),
            Some(word) if !word.because.is_empty() => {
                format!("`{text}` has no effect on {attribute}: {}; remove it", word.because)
            }
            Some(word) => {
                let owners = word.on.iter().map(Attribute::to_string).collect::<Vec<_>>().join(" and ");
                let valid = valid_on(attribute, place);
                format!("`{text}` is an argument of {owners}, not of {attribute}; expected one of {valid}")
            }
            None => {
                let meant = nearest(&text, words_of(attribute, place).map(|word| word.text));
                self.met.extend(
                    words_of(attribute, place).find(|word| meant == Some(word.text)).map(|word| (word, key.clone())),
                );
                let meant = meant.map(|word| format!("did you mean `{word}`? ")).unwrap_or_default();
                format!("unknown argument `{text}`; {meant}expected one of {}", valid_on(attribute, place))
            }
        };
        Err(syn::Error::new(key.span(), message))
    }

    /// Whether a word was said at all; one whose value is wrong is not missing.
    pub(crate) fn has_met(&self, word: &str) -> bool {
        self.met.iter().any(|(met, _)| met.text == word)
    }

    /// The words that were said, each as it stands in the attribute.
    pub(crate) fn met(&self) -> impl Iterator<Item = (&'static Word, &Ident)> {
        self.met.iter().map(|(word, key)| (*word, key))
    }

    /// Whether the calls have no span.
    pub(crate) fn is_without_span(&self) -> bool {
        self.span.get().is_some_and(|span| !span.value)
    }

    /// Whether a call whose budget is used up is refused.
    pub(crate) fn refuses(&self) -> bool {
        self.on_exceeded.get().is_some_and(|then| then.value() == "refuse")
    }

    /// Takes over what the attribute of the `impl` block said, where that of the function is silent.
    pub(crate) fn inherit(&mut self, attribute: Attribute, block: &Words) {
        self.krate.inherit(&block.krate);
        self.span.inherit(&block.span);
        if self.is_without_span() {
            return;
        }
        self.level.inherit(&block.level);
        self.target.inherit(&block.target);
        if NOT_LLM.contains(&attribute) {
            self.kind.inherit(&block.kind);
        }
    }

    /// What was taken over from the attribute of the `impl` block, as words.
    pub(crate) fn inherited(&self) -> TokenStream {
        let mut tokens = TokenStream::new();
        self.krate.say_inherited(&mut tokens);
        self.span.say_inherited(&mut tokens);
        self.level.say_inherited(&mut tokens);
        self.target.say_inherited(&mut tokens);
        self.kind.say_inherited(&mut tokens);
        tokens
    }
}

const NOTHING_UNLESS_NAMED: &str = "an argument is recorded only when `capture(...)` names it; remove it";

/// Words that people know from other attributes of this kind, and what is written here.
const OF_OTHERS: [(&str, &str); 8] = [
    ("args", "write `capture(name, ...)` to record arguments"),
    ("err", "an `Err` is an error anyway, and `none = \"error\"` makes one of a `None`; remove it"),
    ("properties", "write `fields(key = value, ...)`"),
    ("record", "write `capture(name, ...)` to record arguments"),
    ("ret", "write `capture(ret)` to record the returned value"),
    ("skip_all", NOTHING_UNLESS_NAMED),
    ("struct_name", "put `#[observe]` on the `impl` block to have `Type::method` as the operation"),
    ("track_concurrency", "calls in flight are counted anyway; remove it"),
];

fn words_of(attribute: Attribute, place: Place) -> impl Iterator<Item = &'static Word> {
    let is_valid = move |word: &&Word| word.on.contains(&attribute) && word.at.contains(&place);
    WORDS.iter().filter(is_valid).filter(|word| !word.text.starts_with("__"))
}

/// The valid words, as messages list them.
fn valid_on(attribute: Attribute, place: Place) -> String {
    words_of(attribute, place).map(|word| format!("`{}`", word.text)).collect::<Vec<_>>().join(", ")
}

fn misplaced(word: &Word, place: Place) -> String {
    let text = word.text;
    match place {
        Place::Block => {
            format!("`{text}` cannot be said of all functions of an `impl` block; put it on a function inside")
        }
        Place::Function | Place::Member => {
            format!("`{text}` works only inside `#[observe] impl`; remove the attribute")
        }
    }
}

fn has_form(word: &Word, key: &Ident, input: ParseStream<'_>, is_so: bool) -> syn::Result<()> {
    match is_so {
        true => Ok(()),
        false if input.is_empty() || input.peek(Token![,]) => Err(needs_value(word, key)),
        false => Err(input.error(format_args!("wrong form; write `{}`", word.form))),
    }
}

fn has_value(word: &Word, key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) { Err(needs_value(word, key)) } else { Ok(()) }
}

fn needs_value(word: &Word, key: &Ident) -> syn::Error {
    syn::Error::new(key.span(), format_args!("`{}` needs a value; write `{}`", key.unraw(), word.form))
}

pub(crate) fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Between two arguments stands a comma. A missing one is told once, and what follows is still read.
pub(crate) fn separator(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
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
