//! What an attribute may say, and where it may stand. Each rule in prose first, then in code.

mod llm;

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{LitStr, Path};

use crate::arguments::arguments;
use crate::attribute::Attribute;
use crate::block::Mark;
use crate::errors::Errors;
use crate::item::{self, Function, Item};
use crate::lists::{Captured, Field, RET};
use crate::nearest::nearest;
use crate::returned::Returned;
use crate::shape::{self, Shape};
use crate::values::{Constant, Model};
use crate::words::Words;

/// An attribute on a function by itself.
pub(crate) fn function(attribute: Attribute, words: &Words, function: &Function, errors: &mut Errors) {
    self::words(attribute, words, errors);
    if !words.owner.is_given() {
        span_is_not_true(words, errors);
    }
    let help = "remove `const` or the attribute";
    not_const(attribute, function, help, errors);
    applied_once(attribute, words, function, errors);
    on_function(words, function, errors);
}

/// An attribute on a function in a block that is observed.
pub(crate) fn member(attribute: Attribute, words: &Words, function: &Function, errors: &mut Errors) {
    self::words(attribute, words, errors);
    let help = "add `#[observe(skip)]` to leave it out";
    not_const(attribute, function, help, errors);
    on_function(words, function, errors);
}

/// What must hold wherever the attribute stands.
pub(crate) fn words(attribute: Attribute, words: &Words, errors: &mut Errors) {
    model_is_given(attribute, words, errors);
    texts_are_not_empty(words, errors);
    crate_is_absolute(words, errors);
    span_is_there(words, errors);
    field_names_are_valid(words, errors);
    field_names_differ(words, errors);
    data_keys_are_valid(words, errors);
    baggage_keys_are_valid(words, errors);
    database_is_a_client(words, errors);
    label_names_are_valid(words, errors);
    label_names_differ(words, errors);
    bounds_rise(words, errors);
    llm::words(words, errors);
}

fn on_function(words: &Words, function: &Function, errors: &mut Errors) {
    not_variadic(function, errors);
    captured_is_there(words, function, errors);
    value_suits(words, function, errors);
    work_is_seen(words, function, errors);
    llm::function(words, function, errors);
}

/// A request to a model is priced by the model's name, so the attribute must say it.
fn model_is_given(attribute: Attribute, words: &Words, errors: &mut Errors) {
    if attribute == Attribute::LlmCost && !words.has_met("model") {
        let message = "missing argument `model`; write `#[llm_cost(model = \"gpt-4o\")]` or `model = expr`";
        errors.push(syn::Error::new(Span::call_site(), message));
    }
}

/// An empty name, model, provider or feature is a label that says nothing.
fn texts_are_not_empty(words: &Words, errors: &mut Errors) {
    let model = match words.model.get() {
        Some(Model::Literal(literal)) => Some(literal),
        _ => None,
    };
    let database = words.db.get();
    let texts = [
        ("name", words.name.get().and_then(Constant::literal)),
        ("target", words.target.get().and_then(Constant::literal)),
        ("model", model),
        ("provider", words.provider.get().and_then(Constant::literal)),
        ("feature", words.feature.get().and_then(Constant::literal)),
        ("system", database.and_then(|database| database.system.get()).and_then(Constant::literal)),
        ("operation", database.and_then(|database| database.operation.get()).and_then(Constant::literal)),
        ("table", database.and_then(|database| database.table.get()).and_then(Constant::literal)),
        ("operation", words.operation.get().and_then(Constant::literal)),
    ];
    for (word, text) in texts {
        if let Some(text) = text.filter(|text| is_blank(text)) {
            errors.at(text, format_args!("`{word}` must not be empty"));
        }
    }
}

fn is_blank(text: &LitStr) -> bool {
    text.value().trim().is_empty()
}

fn crate_is_absolute(words: &Words, errors: &mut Errors) {
    if let Some(path) = words.krate.get() {
        path_is_absolute(path, errors);
    }
}

/// A relative path would mean something else in every module, and in the crate that calls a macro.
pub(crate) fn path_is_absolute(path: &Path, errors: &mut Errors) {
    let is_rooted = path.segments.first().is_some_and(|first| first.ident == "crate" || first.ident == "$crate");
    if path.leading_colon.is_none() && !is_rooted {
        errors.at(path, "path must start with `::`, `crate` or `$crate`");
    }
}

/// Without a span there is nothing that the words of the span could change.
fn span_is_there(words: &Words, errors: &mut Errors) {
    if !words.is_without_span() {
        return;
    }
    for (word, key) in words.met().filter(|(word, _)| word.is_of_span) {
        errors.at(key, format_args!("`{}` has no effect with `span = false`; remove one of them", word.text));
    }
}

/// A function has its span anyway; only in a block without spans there is something to switch on.
fn span_is_not_true(words: &Words, errors: &mut Errors) {
    if let Some(span) = words.span.get().filter(|span| span.value) {
        errors.at(span, "`span = true` has no effect; remove it, or write `span = false`");
    }
}

/// Spans have these fields anyway; a second one of the same name would hide the first.
const TAKEN_FIELDS: [(&str, &str); 11] = [
    ("code.function.name", "the function is recorded anyway"),
    ("otel.kind", "write `kind = \"...\"`"),
    ("otel.name", "write `name = \"...\"`"),
    ("otel.status_code", "the outcome decides it; see `ok_if`"),
    ("otel.status_description", "the error's message is recorded anyway"),
    ("error.type", "write `error_type = ...`"),
    ("workflow.name", "it is recorded inside of a workflow"),
    ("workflow.id", "it is recorded inside of a workflow"),
    ("workflow.correlation_id", "it is recorded inside of a workflow"),
    ("workflow.causation_id", "it is recorded inside of a workflow"),
    ("ret", "write `capture(ret)` to record the returned value"),
];

/// A field's name is one word of any form, and none that the span has already.
fn field_names_are_valid(words: &Words, errors: &mut Errors) {
    for field in words.fields.get().into_iter().flatten() {
        let name = field.key.text.value();
        if name.is_empty() {
            errors.at(&field.key, "the name of a field must not be empty");
        } else if name.contains(|c: char| c.is_whitespace() || c.is_control()) {
            errors.at(&field.key, format_args!("`{name}` is not a valid field name; try `{}`", as_name(&name)));
        } else if let Some((_, help)) = TAKEN_FIELDS.iter().find(|(taken, _)| *taken == name) {
            errors.at(&field.key, format_args!("field `{name}` is reserved; {help}"));
        }
    }
}

/// Of two fields with one name, readers of a span would see one.
fn field_names_differ(words: &Words, errors: &mut Errors) {
    let fields =
        words.fields.get().into_iter().flatten().map(|field| (field.key.text.value(), field.key.to_token_stream()));
    let captured = words.capture.get().into_iter().flatten();
    let captured = captured.map(|name| (name.0.unraw().to_string(), name.0.to_token_stream()));
    let of_database = words.db.get().zip(words.db.key()).into_iter().flat_map(|(database, key)| {
        database.fields(key.span()).into_iter().map(|name| (name.value(), key.to_token_stream()))
    });
    names_differ("field", fields.chain(captured).chain(of_database), errors);
}

/// The keys that a log line has of its own. A pair of the same key would have to go by another name there.
const TAKEN_KEYS: [&str; 11] = [
    "timestamp",
    "level",
    "target",
    "message",
    "service",
    "trace_id",
    "span_id",
    "correlation_id",
    "workflow_id",
    "workflow",
    "workflow_step",
];

/// The most pairs that a run keeps, and the most that a header may carry (W3C Baggage, 3.3.2).
const MOST_PAIRS: usize = 64;

/// The data of a run stands on log lines and spans under its own keys.
fn data_keys_are_valid(words: &Words, errors: &mut Errors) {
    let pairs = words.data.get().into_iter().flatten();
    for pair in pairs.clone() {
        let key = pair.key.text.value();
        if key.is_empty() || key.len() > 64 || key.contains(|c: char| c.is_whitespace() || c.is_control()) {
            errors.at(&pair.key, format_args!("`{key}` is not a valid key; try `{}`", as_name(&key)));
        } else if TAKEN_KEYS.contains(&key.as_str()) {
            errors.at(&pair.key, format_args!("key `{key}` is reserved: every log line has it; choose another name"));
        }
    }
    pairs_are_few("data", words.data.get(), errors);
    names_differ("key", pairs.map(|pair| (pair.key.text.value(), pair.key.to_token_stream())), errors);
}

/// A key of the baggage is a token of HTTP. Everybody on the way can read its value.
fn baggage_keys_are_valid(words: &Words, errors: &mut Errors) {
    let pairs = words.baggage.get().into_iter().flatten();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    for pair in pairs.clone() {
        let key = pair.key.text.value();
        if key.is_empty() || !key.chars().all(is_token) {
            errors.at(&pair.key, format_args!("`{key}` is not a valid baggage key; try `{}`", as_name(&key)));
        } else if is_secret(&key) {
            let message = format_args!("`{key}` names a secret, and every service on the way can read the baggage");
            errors.at(&pair.key, message);
        }
    }
    pairs_are_few("baggage", words.baggage.get(), errors);
    names_differ("key", pairs.map(|pair| (pair.key.text.value(), pair.key.to_token_stream())), errors);
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["password", "passwd", "secret", "token", "api_key", "apikey", "authorization", "cookie"]
        .iter()
        .any(|secret| key.ends_with(secret))
}

fn pairs_are_few(word: &str, pairs: Option<&Vec<Field>>, errors: &mut Errors) {
    if let Some(first) = pairs.and_then(|pairs| pairs.get(MOST_PAIRS)) {
        errors.at(&first.key, format_args!("too many pairs; `{word}` has {MOST_PAIRS} at most"));
    }
}

/// Who calls a database is its client.
fn database_is_a_client(words: &Words, errors: &mut Errors) {
    if let (true, Some(kind)) = (words.db.is_given(), words.kind.get())
        && kind.value() != "client"
    {
        errors.at(kind, "a call of a database is always a client; remove `kind`");
    }
}

fn label_names_differ(words: &Words, errors: &mut Errors) {
    let labels = words.labels.get().into_iter().flatten();
    names_differ("label", labels.map(|label| (label.key.text.value(), label.key.to_token_stream())), errors);
}

fn names_differ(noun: &str, names: impl Iterator<Item = (String, TokenStream)>, errors: &mut Errors) {
    let mut seen = HashSet::new();
    for (name, tokens) in names {
        if seen.contains(&name) {
            errors.at(tokens, format_args!("duplicate {noun} `{name}`"));
        }
        seen.insert(name);
    }
}

/// What Prometheus writes itself, and what every family of an operation has.
const TAKEN_LABELS: [&str; 8] = ["le", "quantile", "job", "instance", "operation", "module", "status", "error_type"];

/// The data model of Prometheus: `[a-zA-Z_][a-zA-Z0-9_]*`, and `__` in front is its own.
fn label_names_are_valid(words: &Words, errors: &mut Errors) {
    for label in words.labels.get().into_iter().flatten() {
        let name = label.key.text.value();
        if TAKEN_LABELS.contains(&name.as_str()) {
            errors.at(&label.key, format_args!("label `{name}` is reserved; choose another name"));
        } else if as_name(&name) != name {
            errors.at(&label.key, format_args!("`{name}` is not a valid label name; try `{}`", as_name(&name)));
        }
    }
}

/// The nearest valid name.
fn as_name(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = if name.starts_with("__") { name.trim_start_matches('_') } else { &name };
    match name.chars().next() {
        None => "key".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{name}"),
        Some(_) => name.to_owned(),
    }
}

/// More series than that a single operation should not have.
const MOST_BOUNDS: usize = 40;

/// Prometheus takes buckets in their order, and a duration is neither negative nor endless.
fn bounds_rise(words: &Words, errors: &mut Errors) {
    let (Some(key), Some(bounds)) = (words.buckets.key(), words.buckets.get()) else { return };
    if bounds.is_empty() && errors.is_empty() {
        errors.at(key, "this empty `buckets` is redundant; remove it or list bounds in seconds");
    }
    if let Some(first) = bounds.get(MOST_BOUNDS) {
        errors
            .at(&first.tokens, format_args!("too many buckets: {}; a histogram has 1 to {MOST_BOUNDS}", bounds.len()));
    }
    for bound in bounds.iter().filter(|bound| !bound.is_valid()) {
        errors.at(&bound.tokens, "bucket bounds must be finite and positive");
    }
    for pair in bounds.windows(2) {
        if let [lower, upper] = pair
            && lower.is_valid()
            && upper.is_valid()
            && upper.seconds <= lower.seconds
        {
            let (lower, upper_text) = (&lower.tokens, &upper.tokens);
            let message = format_args!("bucket bounds must rise; `{upper_text}` follows `{lower}`");
            errors.at(&upper.tokens, message);
        }
    }
}

/// Only what the function has can be recorded: its arguments, and its value.
fn captured_is_there(words: &Words, function: &Function, errors: &mut Errors) {
    let Some(captured) = words.capture.get() else { return };
    let known: Vec<String> = arguments(function).iter().map(|argument| argument.ident.unraw().to_string()).collect();
    for captured in captured {
        let name = &captured.0;
        let text = name.unraw().to_string();
        if captured.is_returned(words.model.is_given(), function) || known.contains(&text) {
            continue;
        }
        let meant = nearest(&text, known.iter().map(String::as_str));
        let meant = meant.map(|name| format!("did you mean `{name}`? ")).unwrap_or_default();
        let valid = known.iter().map(String::as_str).chain([RET]).map(|name| format!("`{name}`"));
        let valid = valid.collect::<Vec<_>>().join(", ");
        errors.at(name, format_args!("`{text}` is not an argument of this function; {meant}expected one of {valid}"));
    }
}

/// What looks at the value needs one that it can look at. Where the spelling of the type leaves it open, the compiler
/// decides.
fn value_suits(words: &Words, function: &Function, errors: &mut Errors) {
    let value = Returned::of(function, words.stream.is_given());
    let returns = value.spelled();
    if let Some(key) = words.none.key().filter(|_| value.is_never_an_option()) {
        let message = format_args!(
            "`none` needs a function that returns an `Option`, also in a `Result`; this one returns `{returns}`"
        );
        errors.at(key, message);
    }
    if let Some(key) = words.error_type.key().filter(|_| value.is_never_a_result()) {
        let help = if value.is_option() { "; write `none = \"error\"` to count `None` as an error" } else { "" };
        let message =
            format_args!("`error_type` needs a function that returns a `Result`; this one returns `{returns}`{help}");
        errors.at(key, message);
    }
    if let Some(key) = words.ok_if.key().filter(|_| value.is_nothing()) {
        errors.at(key, format_args!("`ok_if` needs a function that returns a value; this one returns `{returns}`"));
    }
    let is_returned = |captured: &&Captured| captured.is_returned(words.model.is_given(), function);
    let ret = words.capture.get().into_iter().flatten().find(is_returned);
    if let Some(Captured(name)) = ret.filter(|_| value.is_no_single_value()) {
        errors.at(name, format_args!("`{name}` needs a function that returns a value; this one returns `{returns}`"));
    }
}

/// The body of a function with `#[track_caller]` cannot go into a closure, and that of a method not into a function. Of work,
/// whose type may have no name, only the last expression can be measured there.
fn work_is_seen(words: &Words, function: &Function, errors: &mut Errors) {
    let shape = Shape::of(function, words.stream.is_given(), words.model.is_given());
    if let (true, Some(place)) = (shape.loses_work(function), shape::track_caller(function).next()) {
        let message = "`#[track_caller]` on a method that returns a future or a stream needs a body without `return` and `?`; \
                       remove it, or move the body into a function of its own";
        errors.at(place.path(), message);
    }
}

/// Attributes stand on functions. For what holds functions, say where they go.
pub(crate) fn is_a_function(attribute: Attribute, item: Option<&Item>, errors: &mut Errors) {
    match item {
        Some(Item::Bodiless(semicolon)) => has_a_body(*semicolon, errors),
        Some(Item::Other(keyword, noun)) => goes_elsewhere(attribute, *keyword, noun, errors),
        Some(Item::Block(block)) => goes_elsewhere(attribute, block.keyword, item::IMPL, errors),
        Some(Item::Function(_)) | None => {}
    }
}

fn goes_elsewhere(attribute: Attribute, keyword: Span, noun: &str, errors: &mut Errors) {
    let help = match (noun, attribute) {
        ("a module", Attribute::Observe) => "; put it on the functions, or `#[observe]` on the `impl`",
        ("a module", _) | (item::IMPL, _) => "; put it on the functions inside",
        ("a trait", _) => "; put it on default methods, or on the implementations",
        _ => "",
    };
    let home = match attribute {
        Attribute::Observe => "a function or an `impl` block",
        Attribute::LlmCost | Attribute::Workflow => "a function",
    };
    errors.push(syn::Error::new(keyword, format_args!("{attribute} goes on {home}, not on {noun}{help}")));
}

/// A block without functions, or with none that is not left out, has nothing to observe.
pub(crate) fn has_functions(keyword: Span, has_some: bool, errors: &mut Errors) {
    if !has_some {
        errors.push(syn::Error::new(keyword, "this `impl` has no functions to observe"));
    }
}

/// What is left out has nothing more to say.
pub(crate) fn skip_is_alone(words: &Words, errors: &mut Errors) {
    if !words.skip.is_given() {
        return;
    }
    for (word, key) in words.met().filter(|(word, _)| word.text != "skip") {
        errors.at(key, format_args!("`{}` has no effect beside `skip`; remove one of them", word.text));
    }
}

/// Without a body there is nothing to measure.
fn has_a_body(semicolon: Span, errors: &mut Errors) {
    let message = "a trait method without a default body cannot be observed; put the attribute on the implementations";
    errors.push(syn::Error::new(semicolon, message));
}

/// A clock cannot be read in a constant.
fn not_const(attribute: Attribute, function: &Function, help: &str, errors: &mut Errors) {
    if let Some(keyword) = &function.signature.constness {
        errors.at(keyword, format_args!("{attribute} cannot be used on a `const fn`; {help}"));
    }
}

/// Variadic arguments cannot be moved into a closure.
fn not_variadic(function: &Function, errors: &mut Errors) {
    if let Some(variadic) = &function.signature.variadic {
        errors.at(variadic.dots.to_token_stream(), "a C-variadic function cannot be observed");
    }
}

/// Twice the same attribute would count every call twice.
fn applied_once(attribute: Attribute, words: &Words, function: &Function, errors: &mut Errors) {
    for other in &function.attributes {
        if attribute.is_named_by(other.path(), words.krate.get()) {
            errors.at(other.path(), format_args!("{attribute} is already applied to this function"));
        }
    }
}

/// The same rule in a block.
pub(crate) fn marks_differ(marks: &[Mark], errors: &mut Errors) {
    for (place, mark) in marks.iter().enumerate() {
        if marks.iter().take(place).any(|earlier| earlier.attribute == mark.attribute) {
            errors.at(&mark.path, format_args!("{} is already applied to this function", mark.attribute));
        }
    }
}
