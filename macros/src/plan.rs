//! What will be emitted: every default filled in, nothing left to decide.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::{Expr, LitStr, Path};

use crate::attribute::Attribute;
use crate::item::Function;
use crate::shape::Shape;
use crate::values::{Constant, Model};
use crate::words::Words;

pub(crate) struct Plan {
    /// Where the runtime's `__private` is found.
    pub(crate) krate: Path,
    /// For generated code: our names are ours, and mistakes are shown at the function's name.
    pub(crate) span: Span,
    pub(crate) site: SitePlan,
    pub(crate) shape: Shape,
}

pub(crate) struct SitePlan {
    /// The function's name as a string, at the place of the name.
    pub(crate) function: LitStr,
    pub(crate) name: Option<LitStr>,
    pub(crate) is_async: bool,
    pub(crate) role: Role,
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
}

/// What the runtime replaces by what the answer or the price table says.
const UNKNOWN: &str = "unknown";

impl Plan {
    pub(crate) fn new(attribute: Attribute, words: Words, function: &Function) -> Plan {
        let name: &Ident = &function.signature.ident;
        let span = Span::mixed_site().located_at(name.span());
        Plan {
            span,
            shape: Shape::of(function),
            site: SitePlan {
                function: LitStr::new(&name.unraw().to_string(), name.span()),
                name: words.name.into_option(),
                is_async: function.signature.asyncness.is_some(),
                role: match (attribute, words.model.into_option()) {
                    (Attribute::Workflow, _) => Role::Workflow,
                    (Attribute::LlmCost, Some(model)) => Role::Llm(Box::new(Llm {
                        provider: words.provider.into_option().unwrap_or_else(|| unknown(span)),
                        model,
                        feature: words.feature.into_option(),
                    })),
                    // A missing model was refused by then.
                    (Attribute::Observe | Attribute::LlmCost, _) => Role::Observe,
                },
            },
            krate: words.krate.into_option().unwrap_or_else(|| taximeter(span)),
        }
    }

    /// The expression that gives each call its model.
    pub(crate) fn model_expression(&self) -> Option<&Expr> {
        let Role::Llm(llm) = &self.site.role else { return None };
        match &llm.model {
            Model::Expression(expression) => Some(expression),
            Model::Literal(_) => None,
        }
    }

    pub(crate) fn is_llm(&self) -> bool {
        matches!(self.site.role, Role::Llm(_))
    }
}

fn unknown(span: Span) -> Constant {
    Constant::Literal(LitStr::new(UNKNOWN, span))
}

fn taximeter(span: Span) -> Path {
    let mut path = Path::from(Ident::new("taximeter", span));
    path.leading_colon = Some(syn::Token![::](span));
    path
}
