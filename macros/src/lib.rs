//! What do the attributes of Taximeter write into a function?
//!
//! This crate turns tokens into tokens. It spells no metric name, no label and no price: the expansion says where a
//! function stands and what the attribute said, and the runtime does the rest. Use it through the facade `taximeter`,
//! whose documentation has the examples that run.
//!
//! ```text
//! attribute ─ words ──┐
//!             item ───┼─ check ─ plan ─ expand ─ tokens
//!             shape ──┘    └──── errors ─ fallback ─ tokens
//! ```
//!
//! # Options that all attributes share
//!
//! | option | meaning |
//! |---|---|
//! | `name = "..."` | the operation's name, and the span's; without it, the function's name |
//! | `crate = ::path` | where the runtime is found, for crates that re-export it; starts with `::`, `crate` or `$crate` |
//!
//! # Where an attribute goes
//!
//! On any function with a body: `fn`, `async fn`, methods, methods of a trait's `impl`, default methods of a trait. The
//! signature is emitted as it was written, and the body keeps its braces. What the compiler says about the function is
//! what it says without the attribute: types, borrows, drop order, `Send`, warnings.
//!
//! A function with `#[track_caller]` keeps its body out of a closure, so that its callers stay visible; of such a
//! function, an early `return` and a `?` count as success, and only its last expression can be an error.
//!
//! # What it costs
//!
//! One static per function, a closure or an `async` block around the body, and one call into the runtime before and
//! after it.

mod arguments;
mod attribute;
mod block;
mod check;
mod derive;
mod errors;
mod expand;
mod fallback;
mod item;
mod lists;
mod nearest;
mod plan;
mod returned;
mod shape;
mod slot;
#[cfg(test)]
mod snapshots;
mod spelling;
mod values;
mod words;

use attribute::Attribute;
use derive::Derive;
use proc_macro::TokenStream;

/// Measures every call of a function: a span, its duration, its outcome, and how many calls are in flight.
///
/// The outcome is `success`, `error` (a returned `Err`, decided by the type and not by its spelling), `panic`, or
/// `cancelled` (an `async fn` dropped before it was ready).
///
/// # Options
///
/// `name = "..."` and `crate = ::path`, as described for [all attributes](crate#options-that-all-attributes-share).
///
/// # Example
///
/// ```ignore
/// #[observe]
/// async fn find_page(question: &str) -> Result<Page, Error> {
///     search(question).await
/// }
/// ```
///
/// becomes, with `t` for `::taximeter::__private`:
///
/// ```ignore
/// async fn find_page(question: &str) -> Result<Page, Error> {
///     let (ret, call) = t::observed(
///         t::open({
///             static SITE: t::Site = t::Site::new(/* name, module, file, line */).asynchronous();
///             &SITE
///         }),
///         async move { search(question).await },
///     )
///     .await;
///     call.close(t::result_of(&ret).verdict());
///     ret
/// }
/// ```
///
/// A plain `fn` becomes `t::enter(t::open(..))`, the body as a closure given to `t::run::<Result<Page, Error>>`, and the
/// same `close`. A function without a value has nothing to tell apart but its panics, so its body stays where it is,
/// behind a guard.
#[proc_macro_attribute]
pub fn observe(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute::apply(Attribute::Observe, args.into(), item.into()).into()
}

/// Measures every call of a function that calls a language model: all that [`macro@observe`] does, and tokens and cost.
///
/// Usage is read from the returned value when its type can tell it, also inside a `Result`. A function that returns
/// only text says it by itself with `taximeter::llm::report`.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `model = "..."` or `model = expr` | the model asked for; needed. An expression sees the arguments, is evaluated before the body, and gives anything that is `AsRef<str>` |
/// | `provider = "..."` or `provider = PATH` | who serves it, a literal or a `const`; without it, what the answer or the price table says |
/// | `feature = "..."` or `feature = PATH` | the feature of your product that the cost is booked on, a literal or a `const` |
///
/// and `name = "..."`, `crate = ::path`, as described for [all attributes](crate#options-that-all-attributes-share).
///
/// # Example
///
/// ```ignore
/// #[llm_cost(model = request.model, provider = "openai", feature = "answers")]
/// async fn ask(request: Request) -> Result<CreateChatCompletionResponse, OpenAIError> {
///     client().chat().create(request).await
/// }
/// ```
///
/// becomes, with `t` for `::taximeter::__private`:
///
/// ```ignore
/// async fn ask(request: Request) -> Result<CreateChatCompletionResponse, OpenAIError> {
///     let (ret, call) = t::observed(
///         t::open_model(
///             {
///                 static SITE: t::Site =
///                     t::Site::new(/* .. */).asynchronous().llm("openai", None, Some("answers"));
///                 &SITE
///             },
///             &(request.model),
///         ),
///         async move { client().chat().create(request).await },
///     )
///     .await;
///     call.close_llm(t::result_of(&ret).verdict(), t::answer_of(&ret).reading());
///     ret
/// }
/// ```
#[proc_macro_attribute]
pub fn llm_cost(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute::apply(Attribute::LlmCost, args.into(), item.into()).into()
}

/// Opens a workflow with every call of a function: all that [`macro@observe`] does, and a correlation id that nested
/// calls inherit. The cost of model calls inside of it is booked on the workflow.
///
/// # Options
///
/// `name = "..."` is the workflow's name; without it, the function's name. `crate = ::path` is described for
/// [all attributes](crate#options-that-all-attributes-share).
///
/// # Example
///
/// ```ignore
/// #[workflow(name = "support.answer")]
/// fn answer(question: String) -> Result<String, Error> {
///     Ok(ask(&find_page(&question)?, &question)?.text())
/// }
/// ```
///
/// becomes, with `t` for `::taximeter::__private`:
///
/// ```ignore
/// fn answer(question: String) -> Result<String, Error> {
///     let call = t::enter(t::open({
///         static SITE: t::Site = t::Site::new(/* .. */).named("support.answer").workflow();
///         &SITE
///     }));
///     let ret = t::run::<Result<String, Error>>(move || {
///         Ok(ask(&find_page(&question)?, &question)?.text())
///     });
///     call.close(t::result_of(&ret).verdict());
///     ret
/// }
/// ```
#[proc_macro_attribute]
pub fn workflow(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute::apply(Attribute::Workflow, args.into(), item.into()).into()
}

/// Implements `taximeter::ErrorKind` for an error: its kind is the name of the variant, as written, and of a struct the
/// name of the struct.
///
/// The kind is the value of the label `error_type` and of the span attribute `error.type`, where otherwise the name of
/// the error's type stands.
///
/// # Options
///
/// `#[error_kind(crate = ::path)]` says where the facade is found, for crates that re-export it.
///
/// # Example
///
/// ```ignore
/// #[derive(Debug, thiserror::Error, taximeter::ErrorKind)]
/// enum OrderError {
///     #[error("{0} is out of stock")]
///     OutOfStock(String),
///     #[error("rejected")]
///     Rejected,
/// }
/// ```
///
/// becomes
///
/// ```ignore
/// impl ::taximeter::ErrorKind for OrderError {
///     fn kind(&self) -> &'static str {
///         match self {
///             Self::OutOfStock(..) => "OutOfStock",
///             Self::Rejected => "Rejected",
///         }
///     }
/// }
/// ```
#[proc_macro_derive(ErrorKind, attributes(error_kind))]
pub fn error_kind(input: TokenStream) -> TokenStream {
    derive::expand(Derive::ErrorKind, input.into()).into()
}

/// Implements `taximeter::Label` for an enum without data: the value is the variant in `snake_case`.
///
/// Each value of a label is a series for as long as the process lives. So a label takes a type whose list of values is
/// known when the program is written, and a variant that carries data is refused.
///
/// # Options
///
/// `#[label(crate = ::path)]` says where the facade is found, for crates that re-export it.
///
/// # Example
///
/// ```ignore
/// #[derive(taximeter::Label)]
/// enum Tier {
///     Free,
///     PaidYearly,
/// }
///
/// #[observe(labels(tier = user.tier))]
/// fn place(user: &User) { /* .. */ }
/// ```
///
/// where the derive becomes
///
/// ```ignore
/// impl ::taximeter::Label for Tier {
///     fn label(&self) -> &'static str {
///         match self {
///             Self::Free => "free",
///             Self::PaidYearly => "paid_yearly",
///         }
///     }
/// }
/// ```
#[proc_macro_derive(Label, attributes(label))]
pub fn label(input: TokenStream) -> TokenStream {
    derive::expand(Derive::Label, input.into()).into()
}
