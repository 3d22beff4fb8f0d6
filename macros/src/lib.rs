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
//! Each is given once. A word that has no effect where it stands is refused. In the expansions, `t` stands for
//! `::taximeter::__private`.
//!
//! | option | meaning |
//! |---|---|
//! | [`name = "..."`](#name) | the operation's name, and the span's |
//! | [`kind = "..."`](#kind-level-target) | the span's kind; not on `llm_cost`, whose calls are always of kind client |
//! | [`level = "..."`](#kind-level-target) | the span's level |
//! | [`target = "..."`](#kind-level-target) | the span's target |
//! | [`parent = expr`](#parent-and-follows_from) | the span's parent, instead of the current span |
//! | [`follows_from = expr`](#parent-and-follows_from) | the spans that this one follows from |
//! | [`fields(key = expr, ..)`](#fields) | values for the span |
//! | [`capture(argument, ret)`](#capture) | arguments and the returned value for the span |
//! | [`labels(key = expr, ..)`](#labels) | values for the metrics, of a type with a known list of values |
//! | [`buckets = [0.1, 0.5]`](#buckets) | upper bounds of the histogram of durations, in seconds |
//! | [`error_type = closure`](#error_type) | the word for a returned error |
//! | [`ok_if = closure`](#ok_if) | which values are a success |
//! | [`none = "error"`](#none) | a returned `None` is an error |
//! | [`span = false`](#span) | metrics only |
//! | [`crate = ::path`](#crate) | where the runtime is found |
//!
//! A word that has no effect where it stands is refused. A default may be said aloud: `level = "info"`, `span = true`,
//! `on_exceeded = "warn"`, `kind = "client"` beside `db`.
//!
//! ## `name`
//!
//! A literal or a path to a `const`: `dotted.lower.case`, without ids. Without it the operation is the function, or
//! `Type::method` in an observed `impl` block.
//!
//! ```ignore
//! #[observe(name = "orders.place")]     // static SITE: t::Site = t::Site::new(..).with(&SAID), SAID has .named("orders.place")
//! ```
//!
//! ## `kind`, `level`, `target`
//!
//! The kind is `"server"`, `"client"`, `"producer"`, `"consumer"` or `"internal"` (OpenTelemetry's `SpanKind`). The level
//! is `"trace"`, `"debug"`, `"info"` (default), `"warn"`, `"error"`, or 1 to 5 in this order. The target is a literal or a
//! path to a `const`; without it, `taximeter`.
//!
//! ```ignore
//! #[observe(kind = "server", level = "debug", target = "shop")]
//! // SAID has .kind("server").level(t::Level::DEBUG).target("shop")
//! ```
//!
//! ## `parent` and `follows_from`
//!
//! What `tracing` takes there: `parent` is an `Into<Option<Id>>` such as `&span` or `None` for a root, `follows_from`
//! iterates over such. The expressions see the arguments.
//!
//! ```ignore
//! #[observe(parent = &job.span, follows_from = &job.causes)]
//! fn run(job: Job) { BODY }
//! // let open = t::open_with(&SITE, |open| {
//! //     open.parent(|| &job.span);
//! //     open.follows_from(|| &job.causes);
//! // });
//! // let call = t::enter(open);
//! // BODY
//! ```
//!
//! ## `fields`
//!
//! `key = expr` for numbers, `bool` and text, `key = %expr` for what has a `Display`, `key = ?expr` for what has a `Debug`.
//! A key is `user`, `user.id` or `"user-id"`. The expressions see the arguments and run before the body, only if somebody
//! wants the span; a place such as `order.user` is borrowed and not moved. A panic in them becomes `"<panic>"`.
//!
//! ```ignore
//! #[observe(fields(user.id = order.user, size = order.items.len(), address = %order.address, note = ?order.note))]
//! fn place(order: Order) -> Result<Receipt, Error> { BODY }
//! // let open = t::open_with(&SITE, |open| {          // SAID has .fields(&["user.id", "size", "address", "note"])
//! //     open.value(0, || &order.user);
//! //     open.value(1, || order.items.len());
//! //     open.display(2, || &order.address);
//! //     open.debug(3, || &order.note);
//! // });
//! ```
//!
//! ## `capture`
//!
//! Names of arguments, and `ret` for the returned value, by their `Debug`. Nothing is recorded unless it is named. A name
//! is any that the arguments bind, also inside of a pattern, and `self`; an argument that a `#[cfg]` takes away is not
//! recorded.
//!
//! ```ignore
//! #[observe(capture(order, ret))]
//! fn place(order: Order) -> Result<Receipt, Error> { BODY }
//! // let open = t::open_with(&SITE, |open| open.debug(0, || &order));     // SAID has .fields(&["order", "ret"])
//! // ..
//! // |call, ret| { call.capture_ret(1, ret); .. }
//! ```
//!
//! ## `labels`
//!
//! Each value of a label is a series of the metrics for as long as the process lives. So a value implements
//! `taximeter::Label`: an enum that [derives](macro@Label) it, a `bool`, a `&'static str` constant. A `String` is refused.
//! A key is `[a-zA-Z_][a-zA-Z0-9_]*` (Prometheus' data model), and not one that the metrics have already.
//!
//! ```ignore
//! #[observe(labels(tier = user.tier, cached = is_cached))]
//! // let open = t::open_with(&SITE, |open| {          // SAID has .labels(&["tier", "cached"])
//! //     open.label(|| &user.tier);
//! //     open.label(|| &is_cached);
//! // });
//! ```
//!
//! ## `buckets`
//!
//! 1 to 40 numbers of seconds, finite, positive and rising, instead of the default ones.
//!
//! ```ignore
//! #[observe(buckets = [0.1, 0.5, 2.5])]     // SAID has .buckets(&[0.1, 0.5, 2.5])
//! ```
//!
//! ## `error_type`
//!
//! A closure or a function `fn(&E) -> &'static str`, for functions that return a `Result<T, E>`: the value of the label
//! `error_type` and of the span attribute `error.type`. Without it, what [`ErrorKind`](macro@ErrorKind) says, or the name
//! of the error's type.
//!
//! ```ignore
//! #[observe(error_type = |error| error.code())]
//! // |call, ret| call.close(t::with_error_type(t::result_of(ret).verdict(), ret, |error| error.code()))
//! ```
//!
//! ## `ok_if`
//!
//! A closure or a function `fn(&Output) -> bool`: a value that it calls fine is a success, of any other the verdict stands.
//!
//! ```ignore
//! #[observe(ok_if = |found| matches!(found, Err(Error::NotFound)))]
//! // |call, ret| call.close(t::ok_if(ret, |found| matches!(..), || t::result_of(ret).verdict()))
//! ```
//!
//! ## `none`
//!
//! `none = "error"`, for functions that return an `Option`, or a `Result` around one.
//!
//! ```ignore
//! #[observe(none = "error")]     // |call, ret| call.close(t::none_is_error(t::result_of(ret).verdict(), ret))
//! ```
//!
//! ## `span`
//!
//! `span = false` makes no span, only metrics; words of the span are then refused.
//!
//! ```ignore
//! #[observe(span = false)]     // SAID has .without_span()
//! ```
//!
//! ## `crate`
//!
//! For crates that re-export the runtime, and for their macros. The path starts with `::`, `crate` or `$crate`.
//!
//! ```ignore
//! #[observe(crate = crate::house)]     // crate::house::__private::open(..)
//! ```
//!
//! # Where an attribute goes
//!
//! On any function with a body: `fn`, `async fn`, methods, methods of a trait's `impl`, default methods of a trait, methods
//! inside of `#[async_trait]`. The body keeps its braces. What the compiler says about the function is what it says without
//! the attribute: types, borrows, `Send`, warnings. Of clippy's, these are lost: `unconditional_recursion`,
//! `unnecessary_wraps` (the body is in a closure), `boxed_local`, `needless_pass_by_value` (the body takes the arguments over),
//! `manual_async_fn`, `unused_async` (they look for the keyword `async`, or for a body that waits for nothing),
//! `missing_const_for_fn` (it reads a clock) and `inline_always` (the body begins with a static). Arguments are dropped in the order of the bare function; one corner is left: beside `fields`, `capture` and their kin, which look at
//! the arguments from the outside, what a pattern's `_` or `..` leaves goes last.
//!
//! The signature is emitted as it was written, but for an `async fn` that stands in no trait and has no attribute of
//! another macro below ours: it becomes the function that it is, `fn .. -> impl Future<Output = ..>`, which borrows from
//! all of its arguments in every edition. So the compiler keeps the arguments once, and a future is no larger than the
//! bare one. Nothing runs before the first poll, and the documentation shows the `async fn`.
//!
//! What the attribute asks for before a call (`fields`, `labels`, `capture`, an expression as `model`) is asked by the block,
//! which gives the open call to the future around it. So there, too, the arguments are kept once.
//!
//! A function with `#[track_caller]` cannot have its body in a closure, where its callers would be out of sight. The body
//! becomes a function inside of the function. Of a method, which cannot stand there, it stays where it is, and each `return`
//! and `?` in it looks at its value before it leaves. One that stands in a call of a macro that is not of the standard
//! library is not seen and counts as a success; a warning says so. A method that returns a future or a stream is refused when
//! it leaves early.
//!
//! A function that has its own name in its body keeps the body where it is, so that the compiler still sees when it does
//! nothing but call itself (`unconditional_recursion`); unless there is a `return`, a `?` or an unknown macro in it.
//!
//! ## Functions that return their work
//!
//! A function that returns a future has done its work when that is ready; one that returns a stream when that ends, gives
//! its first `Err`, or is dropped. `impl Future` and `impl Stream` are known by their spelling. A boxed one (`Pin<Box<dyn
//! Future>>`, also without the `Pin`, with `Send`, `Sync` and `Unpin` in any combination) is known by its type, under
//! whatever name: `BoxFuture`, an alias of your own, the `Self::Future` of a service. All of these are known inside of a
//! `Result` too, and streams behind `async fn`.
//!
//! A future with a type of its own, such as `Ready`, a `JoinHandle`, a generic `F: Future` or a struct of yours, is an
//! ordinary value, because nothing can be put around it without another type: the call ends when the function returns. Of a
//! `JoinHandle` that is what one expects, since its task runs by itself; observe what is spawned. The same holds of the
//! streams of `#[llm_cost]` under a name that does not say so, but for the word `stream`, and of an `impl Future` that
//! promises a trait of your own, or `Clone`. In generic code the compiler knows of a value what its bounds promise: where the
//! output of a boxed future is a bare parameter, the call ends with the future, and as a success.
//!
//! The body runs at the call as it always did, inside of the span, and what comes out of it is wrapped:
//!
//! ```ignore
//! #[observe]
//! fn find_page(question: &str) -> BoxFuture<'static, Result<Page, Error>> {
//!     let question = question.to_owned();
//!     Box::pin(async move { search(&question).await })
//! }
//! ```
//!
//! becomes
//!
//! ```ignore
//! fn find_page(question: &str) -> BoxFuture<'static, Result<Page, Error>> {
//!     type Returned = BoxFuture<'static, Result<Page, Error>>;
//!     t::call_to::<Returned>(&SITE, t::work_of::<Returned>().kind().error().close(), move || {
//!         let question = question.to_owned();
//!         Box::pin(async move { search(&question).await })
//!     })
//! }
//! ```
//!
//! where the methods of `work_of` ask the compiler whether it is work, how an error in the place of the work is read, and
//! how the value of the work is.
//!
//! Of a stream, `error_type`, `ok_if` and `none` look at the items, and `ret` cannot be captured. In a `Result`, they look at
//! what is in the `Ok`.
//!
//! ## `impl` blocks
//!
//! `#[observe]` on an `impl` block observes each function in it, with `Type::method` as its operation:
//!
//! ```ignore
//! #[observe(level = "debug")]
//! impl Shop {
//!     fn place(&self) { .. }                      // #[observe(level = "debug")], operation "Shop::place"
//!
//!     #[observe(capture(ret))]
//!     fn price(&self) -> u64 { .. }               // #[observe(level = "debug", capture(ret))], operation "Shop::price"
//!
//!     #[llm_cost(model = "gpt-4o")]
//!     fn ask(&self) -> Answer { .. }              // measured by its own attribute alone, operation "Shop::ask"
//!
//!     #[observe(skip)]
//!     const fn id(&self) -> u64 { .. }            // left out
//! }
//! ```
//!
//! On the block stand `kind`, `level`, `target`, `span` and `crate`; a function that says one of them itself is left as it
//! is, and in a block with `span = false` a function with `span = true` has its span.
//!
//! # What it costs
//!
//! One static per function, a closure or an `async` block around the body, and one call into the runtime before and
//! after it. A function that returns a boxed future or stream has one box more.

mod arguments;
mod attribute;
mod block;
mod check;
mod database;
mod derive;
mod errors;
mod exits;
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
/// Those that [all attributes share](crate#options-that-all-attributes-share), `skip` on a function in an
/// [observed `impl` block](crate#impl-blocks), and `db` for a call of a database:
///
/// ```ignore
/// #[observe(db(system = "postgresql", operation = "SELECT", table = "users", statement = sql))]
/// ```
///
/// makes the span one of a client, with the attributes of the OpenTelemetry conventions for databases: `db.system.name`,
/// `db.operation.name`, `db.collection.name`, `db.query.text`, and `db.response.returned_rows` when the function returns a
/// collection, an `Option`, or a `Result` of one. `system` has to be said. `statement` is an expression; the texts and
/// numbers in it become `?`.
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
/// fn find_page(question: &str) -> impl Future<Output = Result<Page, Error>> {
///     static SITE: t::Site = t::Site::new(module_path!(), "find_page", "src/main.rs", 7).asynchronous();
///     t::observed(&SITE, async move { search(question).await }, t::returns::<Result<Page, Error>>().close())
/// }
/// ```
///
/// A plain `fn` becomes `t::call(&SITE, t::returns::<Result<Page, Error>>().close(), move || ..)`. A function without a value
/// has nothing to tell apart but its panics, so its body stays where it is, behind a guard. `docs/expansion.md` shows both
/// in full.
#[proc_macro_attribute]
pub fn observe(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute::apply(Attribute::Observe, args.into(), item.into()).into()
}

/// Measures every call of a function that calls a language model: all that [`macro@observe`] does, and tokens and cost.
///
/// Usage is read from the returned value when its type can tell it, also inside a `Result`, or by a closure. A function
/// that returns only text says it by itself with `taximeter::llm::report`. A function that returns a stream is over when the
/// stream is.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `model = "..."` or `model = expr` | the model asked for; needed. An expression sees the arguments, is evaluated before the body, and gives anything that is `AsRef<str>` |
/// | `provider = "..."` or `provider = PATH` | who serves it, a literal or a `const`; without it, what the answer or the price table says |
/// | `feature = "..."` or `feature = PATH` | the feature of your product that the cost is booked on, a literal or a `const` |
/// | `operation = "..."` or `operation = PATH` | what the model is asked to do, in a word of the GenAI conventions: `chat` (default), `embeddings`, `text_completion`, `generate_content`, `fetch_response`, or one of your own. It names the span |
/// | [`usage = closure`](#usage) | reads the usage from any other return type |
/// | [`stream`](#stream) | the function returns a stream, and its type does not say so |
/// | [`context(key = value, ..)`](#context) | what the price depends on, and the answer does not say |
/// | [`budget = PATH`](#budget-and-on_exceeded) | the budget that the calls spend |
/// | [`on_exceeded = "warn"`](#budget-and-on_exceeded) or `"refuse"` | what happens to a call whose budget is used up |
/// | `capture(prompt, completion)` | beside arguments and `ret`: `completion` is the returned value. Without it, no text of a prompt or an answer is recorded |
///
/// and those that [all attributes share](crate#options-that-all-attributes-share), but for `kind`.
///
/// ## `usage`
///
/// A closure or a function from a reference to what the function returns to a `taximeter::llm::Usage`, an `Option` of one, or
/// anything that is `taximeter::llm::LlmResponse`. A panic in it is caught. Of a function that returns a stream, it sees each
/// item, and its last word counts.
///
/// ```ignore
/// #[llm_cost(model = "gpt-4o", usage = |answer| Usage::new(answer.prompt, answer.completion))]
/// // call.close_llm(t::result_of(&ret).verdict(), t::usage_by(&ret, |answer| Usage::new(answer.prompt, answer.completion)));
/// ```
///
/// ## `stream`
///
/// For return types that are streams under another name, also in a `Result`: an alias of a `Pin<Box<dyn Stream>>`. Streams that
/// are [spelled as such](crate#functions-that-return-their-work) need no word. Span, duration, outcome and cost are those of
/// the stream; each item says what it knows by `taximeter::llm::LlmChunk`.
///
/// ```ignore
/// #[llm_cost(model = "gpt-4o", stream)]
/// async fn ask(request: Request) -> Result<ChatCompletionResponseStream, OpenAIError> { BODY }
/// // let (ret, call) = t::begin_later(t::open(&SITE), async move { BODY }).await;
/// // match ret {
/// //     Ok(ret) => Ok(t::boxed({
/// //         let notes = t::notes(&call);
/// //         t::stream_of(call, ret, move |item| { t::chunk_of(item).note(&notes); t::result_of(item).verdict() })
/// //     })),
/// //     Err(error) => { call.close(..); Err(error) }
/// // }
/// ```
///
/// ## `context`
///
/// The keys of `taximeter::llm::PriceQuery::context`: `processing`, `service_tier`, `speed`, `data_residency`, `base_model`,
/// `web_searches`, `search_type`. A value is an expression that sees the arguments and has a `Display`; it runs before the body.
///
/// ```ignore
/// #[llm_cost(model = "gpt-4o", context(processing = "batch", service_tier = request.tier))]
/// // let open = t::open_with(&SITE, |open| {
/// //     open.context("processing", || "batch");
/// //     open.context("service_tier", || &request.tier);
/// // });
/// ```
///
/// ## `budget` and `on_exceeded`
///
/// The path of a `static` or a `const` that is a `taximeter::llm::Budget`. When it is used up there is a warning; with
/// `on_exceeded = "refuse"` further calls return an error before the body runs, made by `From<BudgetExceeded>`. `on_exceeded`
/// also stands beside a `feature` alone, whose budget `Config::budget` sets.
///
/// ```ignore
/// static ANSWERS: Budget = Budget::per_day("answers", "25 USD");
///
/// #[llm_cost(model = "gpt-4o", budget = ANSWERS, on_exceeded = "refuse")]
/// fn ask(question: &str) -> Result<Answer, Error> { BODY }
/// // let open = t::open(&SITE);                              // SITE has .llm(t::LlmSpec::new(..).budget(&ANSWERS))
/// // let refusal = t::refusal(&open);
/// // let call = t::enter(open);
/// // let ret = t::run::<Result<Answer, Error>>(move || {
/// //     if let Some(refusal) = refusal { return t::refused(refusal); }
/// //     BODY
/// // });
/// ```
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
/// fn ask(request: Request) -> impl Future<Output = Result<CreateChatCompletionResponse, OpenAIError>> {
///     static SITE: t::Site = t::Site::new(/* .. */).asynchronous().with(/* openai, answers */);
///     let body = async move {
///         let open = t::open_with(&SITE, |open| open.model(|| &request.model));
///         t::give(open).await;
///         client().chat().create(request).await
///     };
///     t::asking(body, |call, ret| call.close_llm(t::result_of(ret).verdict(), t::answer_of(ret).reading()))
/// }
/// ```
#[proc_macro_attribute]
pub fn llm_cost(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute::apply(Attribute::LlmCost, args.into(), item.into()).into()
}

/// Opens a workflow with every call of a function: all that [`macro@observe`] does, and a correlation id that nested
/// calls inherit. The cost of model calls inside of it is booked on the workflow. When it ends, it leaves one log line,
/// `workflow_executed`.
///
/// # Options
///
/// Those that [all attributes share](crate#options-that-all-attributes-share). `name = "..."` is the workflow's name;
/// without it, the function's name. And these, each evaluated once when the call begins:
///
/// | word | meaning |
/// |---|---|
/// | `id = order.id` | the id of the run, by its `Display`; without it a fresh UUID (version 7) |
/// | `correlation_id = request.id` | the id that all runs of the request share; without it that of the workflow around it, of the caller, or a fresh one |
/// | `data(key = value, key = %value, key = ?value)` | on every span and log line of the run, as it is, by `Display`, by `Debug`; never on a metric |
/// | `baggage(key = value)` | goes along to every service behind this one, by `Display` |
/// | `feature = "checkout"` | the feature of requests to language models in the run that name none |
///
/// An id has 128 visible ASCII characters at most; what else it has becomes `_`, because it travels in headers. Data and
/// baggage are masked where they look like secrets. A key of `data` that every log line has already is refused, and so is a
/// key of `baggage` that no header can carry or that names a secret.
///
/// ```ignore
/// #[workflow(name = "orders.place", id = order.id, data(user_tier = tier), baggage(tenant = tenant))]
/// //                       open_with(SITE, |open| {
/// //                           open.id(|| &order.id);
/// //                           open.data("user_tier", || &tier);
/// //                           open.baggage("tenant", || &tenant);
/// //                       })
/// ```
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
///     static SITE: t::Site = t::Site::new(/* .. */).with(&t::Said::nothing().named("support.answer").workflow());
///     t::call(&SITE, t::returns::<Result<String, Error>>().close(), move || {
///         Ok(ask(&find_page(&question)?, &question)?.text())
///     })
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

/// What an expansion of an `async fn` is for the documentation: the `async fn` again.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn asynchronous(_: TokenStream, item: TokenStream) -> TokenStream {
    expand::signature::documented(item.into()).into()
}
