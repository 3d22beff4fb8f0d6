//! What will be emitted: every default filled in, nothing left to decide.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::{Expr, ExprPath, LitStr, Path};

use crate::arguments::{Argument, arguments};
use crate::attribute::Attribute;
use crate::block::Owner;
use crate::database::Database;
use crate::item::Function;
use crate::lists::{Bound, Captured, Field, Label};
use crate::shape::{Later, Shape};
use crate::values::{Constant, Level, Model};
use crate::words::Words;

pub(crate) struct Plan {
    /// Where the runtime's `__private` is found.
    pub(crate) krate: Path,
    /// For generated code: our names are ours, and mistakes are shown at the function's name.
    pub(crate) span: Span,
    pub(crate) site: SitePlan,
    pub(crate) opening: Opening,
    pub(crate) closing: Closing,
    pub(crate) shape: Shape,
}

/// The work that a type is asked for, as the runtime calls it.
const ANY_WORK: &str = "kind";
const FUTURE: &str = "future";
const STREAM: &str = "stream";

/// What is known at compile time.
pub(crate) struct SitePlan {
    /// The function's name as a string, at the place of the name.
    pub(crate) function: LitStr,
    pub(crate) place: Place,
    pub(crate) name: Option<Constant>,
    pub(crate) is_async: bool,
    pub(crate) role: Role,
    pub(crate) kind: Option<LitStr>,
    pub(crate) level: Option<Level>,
    pub(crate) target: Option<Constant>,
    /// The names of `fields(..)`, then those of `capture(..)`, then those of `db(..)`.
    pub(crate) fields: Vec<LitStr>,
    pub(crate) labels: Vec<LitStr>,
    pub(crate) buckets: Vec<Bound>,
    pub(crate) has_span: bool,
}

/// Where a function's name stands. Spelled as literals: the compiler takes longer for `file!()` and `line!()`.
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u32,
}

/// What is asked when a call is opened. A position is that of the name in the site.
pub(crate) struct Opening {
    pub(crate) labels: Vec<Label>,
    pub(crate) fields: Vec<Field>,
    pub(crate) captured: Vec<(usize, CapturedArgument)>,
    pub(crate) parent: Option<Expr>,
    pub(crate) follows_from: Option<Expr>,
    pub(crate) run: Run,
    /// What is said of a database, and the position of its first field.
    pub(crate) database: Option<(usize, Database)>,
}

/// What a workflow says of its run.
pub(crate) struct Run {
    pub(crate) id: Option<Expr>,
    pub(crate) correlation_id: Option<Expr>,
    pub(crate) feature: Option<Constant>,
    pub(crate) data: Vec<Field>,
    pub(crate) baggage: Vec<Field>,
}

/// An argument that is recorded, and the `#[cfg]`s that it depends on.
pub(crate) struct CapturedArgument {
    pub(crate) ident: Ident,
    pub(crate) cfgs: Vec<syn::Attribute>,
}

/// What is asked of the returned value.
pub(crate) struct Closing {
    /// Where `none = "error"` stands.
    pub(crate) none_is_error: Option<Span>,
    pub(crate) error_type: Option<Expr>,
    pub(crate) ok_if: Option<Expr>,
    /// The position of the field that holds the value, and where `ret` stands.
    pub(crate) ret: Option<(usize, Span)>,
    /// The position of the field that holds how many rows the value is.
    pub(crate) rows: Option<usize>,
}

pub(crate) enum Role {
    Observe,
    Workflow,
    Llm(Box<Llm>),
}

pub(crate) struct Llm {
    pub(crate) provider: Constant,
    pub(crate) model: Model,
    pub(crate) feature: Option<Constant>,
    pub(crate) operation: Option<Constant>,
    /// What the price depends on, as expressions.
    pub(crate) context: Vec<Label>,
    /// The closure that reads the value, or each item of a stream.
    pub(crate) usage: Option<Expr>,
    pub(crate) budget: Option<ExprPath>,
    /// Where it says that a call whose budget is used up is refused.
    pub(crate) refuses: Option<Span>,
}

/// What the runtime replaces by what the answer or the price table says.
const UNKNOWN: &str = "unknown";

impl Plan {
    /// `owner` is the type whose `impl` block is observed as a whole.
    pub(crate) fn new(attribute: Attribute, mut words: Words, function: &Function, owner: Option<&Owner>) -> Plan {
        let name = &function.signature.ident;
        let span = Span::mixed_site().located_at(name.span());
        let role = role(attribute, &mut words, span);
        let fields = words.fields.into_option().unwrap_or_default();
        let labels = words.labels.into_option().unwrap_or_default();
        let capture = words.capture.into_option().unwrap_or_default();
        let names = fields.iter().map(|field| field.key.text.clone());
        let database = words.db.take();
        let of_database = database.as_ref().map_or_else(Vec::new, |database| database.fields(name.span()));
        let first_of_database = fields.len() + capture.len();
        let rows = (!of_database.is_empty()).then(|| first_of_database + of_database.len() - 1);
        let client = database.as_ref().map(|_| LitStr::new("client", name.span()));
        let field_names = names.chain(capture.iter().map(Captured::name)).chain(of_database).collect();
        let label_names = labels.iter().map(|label| label.key.text.clone()).collect();
        let positions = fields.len()..;
        let is_llm = attribute == Attribute::LlmCost;
        let (ret, captured): (Vec<_>, Vec<_>) =
            positions.zip(capture).partition(|(_, name)| name.is_returned(is_llm, function));
        let opening = Opening {
            labels,
            fields,
            captured: captured.into_iter().map(|(at, name)| (at, CapturedArgument::of(name, function))).collect(),
            parent: words.parent.into_option(),
            follows_from: words.follows_from.into_option(),
            run: Run {
                id: words.id.into_option(),
                correlation_id: words.correlation_id.into_option(),
                // A request to a model has taken its own.
                feature: words.feature.into_option(),
                data: words.data.into_option().unwrap_or_default(),
                baggage: words.baggage.into_option().unwrap_or_default(),
            },
            database: database.map(|database| (first_of_database, database)),
        };
        let shape = Shape::of(function, words.stream.is_given(), is_llm);
        let shape = shape.desugared(function, owner);
        let site = SitePlan {
            function: operation(owner, name),
            place: Place::of(name.span()),
            name: words.name.into_option(),
            is_async: shape.is_async() || Later::of_function(function).is_some_and(|later| !later.is_doubtful),
            role,
            kind: words.kind.into_option().or(client),
            level: words.level.into_option(),
            target: words.target.into_option(),
            fields: field_names,
            labels: label_names,
            buckets: words.buckets.into_option().unwrap_or_default(),
            has_span: words.span.into_option().is_none_or(|span| span.value),
        };
        Plan {
            span,
            shape,
            site,
            opening,
            closing: Closing {
                none_is_error: words.none.key().map(Ident::span),
                error_type: words.error_type.into_option(),
                ok_if: words.ok_if.into_option(),
                rows,
                ret: ret.first().map(|(position, Captured(name))| (*position, name.span())),
            },
            krate: words.krate.into_option().unwrap_or_else(|| taximeter(span)),
        }
    }

    /// The expression that gives each call its model.
    pub(crate) fn model_expression(&self) -> Option<&Expr> {
        match &self.llm()?.model {
            Model::Expression(expression) => Some(expression),
            Model::Literal(_) => None,
        }
    }

    /// What the attribute says of a request to a model.
    pub(crate) fn llm(&self) -> Option<&Llm> {
        self.site.role.llm()
    }

    /// What the compiler is asked about the returned type: what its spelling leaves open.
    ///
    /// That an `async fn` is ready with a future is nothing that it has done. The stream of a request to a model is told by
    /// the word `stream`: its items are read for usage.
    pub(crate) fn work(&self) -> Option<&'static str> {
        let kind = match (self.shape.is_async(), self.llm().is_some()) {
            (false, false) => ANY_WORK,
            (false, true) => FUTURE,
            (true, false) => STREAM,
            (true, true) => return None,
        };
        self.shape.may_return_work().then_some(kind)
    }

    /// Where the attribute says that a call may be refused before it begins.
    pub(crate) fn refuses(&self) -> Option<Span> {
        self.llm().and_then(|llm| llm.refuses)
    }
}

impl Run {
    /// What is evaluated when a run is opened.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let pairs = self.data.iter().chain(&self.baggage).map(|pair| &pair.value);
        self.id.iter().chain(&self.correlation_id).chain(pairs)
    }
}

impl Role {
    fn llm(&self) -> Option<&Llm> {
        match self {
            Role::Llm(llm) => Some(llm),
            Role::Observe | Role::Workflow => None,
        }
    }
}

impl Place {
    fn of(span: Span) -> Place {
        if !proc_macro::is_available() {
            // In tests of this crate there is no compiler that knows the place.
            return Place { file: "src/lib.rs".to_owned(), line: 1 };
        }
        let span = span.unwrap();
        Place { file: span.file(), line: u32::try_from(span.line()).unwrap_or_default() }
    }
}

impl CapturedArgument {
    /// Spelled as in `capture(..)`, so that a type without `Debug` is told there.
    fn of(Captured(ident): Captured, function: &Function) -> CapturedArgument {
        let arguments = arguments(function);
        let argument = arguments.iter().find(|argument| argument.ident.unraw() == ident.unraw());
        let cfgs = argument.into_iter().flat_map(Argument::cfgs).cloned().collect();
        CapturedArgument { ident, cfgs }
    }
}

fn role(attribute: Attribute, words: &mut Words, span: Span) -> Role {
    match (attribute, words.model.take()) {
        (Attribute::Workflow, _) => Role::Workflow,
        (Attribute::LlmCost, Some(model)) => Role::Llm(Box::new(Llm {
            provider: words.provider.take().unwrap_or_else(|| unknown(span)),
            model,
            feature: words.feature.take(),
            operation: words.operation.take(),
            context: words.context.take().unwrap_or_default(),
            usage: words.usage.take(),
            budget: words.budget.take(),
            refuses: words.on_exceeded.key().filter(|_| words.refuses()).map(Ident::span),
        })),
        // A missing model was refused by then.
        (Attribute::Observe | Attribute::LlmCost, _) => Role::Observe,
    }
}

/// `place`, or `Shop::place` in an observed `impl` block.
fn operation(owner: Option<&Owner>, name: &Ident) -> LitStr {
    let function = name.unraw().to_string();
    let operation = owner.map_or(function.clone(), |owner| format!("{}::{function}", owner.name));
    LitStr::new(&operation, name.span())
}

fn unknown(span: Span) -> Constant {
    Constant::Literal(LitStr::new(UNKNOWN, span))
}

fn taximeter(span: Span) -> Path {
    let mut path = Path::from(Ident::new("taximeter", span));
    path.leading_colon = Some(syn::Token![::](span));
    path
}
