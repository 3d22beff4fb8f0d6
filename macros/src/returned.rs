//! What the spelling of a return type says for sure of the value. Aliases and unknown types say nothing.

use proc_macro2::Ident;
use syn::{GenericArgument, PathArguments, ReturnType, Type};

use crate::arguments::is_number;
use crate::item::Function;
use crate::shape::{Later, Made, peeled};
use crate::spelling;

/// The value that an outcome is read from: what is returned, or what the returned future is ready with.
pub(crate) enum Returned {
    Unit,
    Value(Box<Type>),
    /// The items of a stream, if their type is written.
    Items(Option<Box<Type>>),
}

impl Returned {
    /// `is_stream` is what the attribute says of a type that does not say it.
    pub(crate) fn of(function: &Function, is_stream: bool) -> Returned {
        let ReturnType::Type(_, ty) = &function.signature.output else { return Returned::Unit };
        match Later::in_words(function, is_stream).filter(|later| !later.is_doubtful) {
            Some(later) if later.made == Made::Stream => Returned::Items(later.value),
            Some(later) => later.value.map_or(Returned::Unit, Returned::Value),
            None => Returned::Value(ty.clone()),
        }
    }

    pub(crate) fn spelled(&self) -> String {
        match self {
            Returned::Unit => "()".to_owned(),
            Returned::Value(ty) => spelling::of(ty),
            Returned::Items(_) => "a stream".to_owned(),
        }
    }

    /// `()`, `!`, or what has no name.
    pub(crate) fn is_nothing(&self) -> bool {
        self.ty().map(peeled).is_none_or(|ty| match ty {
            Type::Never(_) | Type::ImplTrait(_) => true,
            Type::Tuple(tuple) => tuple.elems.is_empty(),
            _ => false,
        })
    }

    /// There is not one value that could be recorded.
    pub(crate) fn is_no_single_value(&self) -> bool {
        self.is_nothing() || matches!(self, Returned::Items(_))
    }

    pub(crate) fn is_option(&self) -> bool {
        self.ty().and_then(last_name).is_some_and(|name| name == "Option")
    }

    pub(crate) fn is_never_a_result(&self) -> bool {
        self.is_option() || self.ty().is_none_or(is_known)
    }

    /// A type that cannot be the name of a stream, also in a `Result`.
    pub(crate) fn is_surely_no_stream(&self) -> bool {
        match self {
            Returned::Unit => true,
            Returned::Items(_) => false,
            Returned::Value(ty) => is_known(ty) || self.is_option() || inside_result(ty).is_some_and(is_known),
        }
    }

    pub(crate) fn is_never_an_option(&self) -> bool {
        self.ty().is_none_or(|ty| is_known(ty) || inside_result(ty).is_some_and(is_known))
    }

    fn ty(&self) -> Option<&Type> {
        match self {
            Returned::Unit => None,
            Returned::Value(ty) => Some(ty),
            Returned::Items(ty) => ty.as_deref(),
        }
    }
}

fn last_name(ty: &Type) -> Option<&Ident> {
    match peeled(ty) {
        Type::Path(path) => path.path.segments.last().map(|last| &last.ident),
        _ => None,
    }
}

/// Whether a type is surely neither `Result` nor `Option`: everything that is no path, and a few paths that are no alias
/// in any sane program.
fn is_known(ty: &Type) -> bool {
    const KNOWN: [&str; 6] = ["String", "Vec", "Box", "Rc", "Arc", "Duration"];
    match peeled(ty) {
        Type::Path(_) => last_name(ty).is_some_and(|name| is_number(name) || KNOWN.iter().any(|known| name == known)),
        Type::Infer(_) | Type::Macro(_) | Type::Verbatim(_) => false,
        _ => true,
    }
}

/// `T` of a `Result<T, E>` that has its arguments written.
fn inside_result(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = peeled(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
