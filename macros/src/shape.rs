//! How a function's body can be measured.

use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeInfer, TypeParamBound};

use crate::item::Function;

/// The forms of an expansion.
pub(crate) enum Shape {
    /// The body becomes a closure, whose value is looked at.
    Closure(Box<Type>),
    /// The body becomes an `async` block, whose value is looked at. Without its type where that cannot be written.
    Async(Option<Box<Type>>),
    /// An `async` block that never has a value.
    AsyncNever,
    /// The body stays where it is, behind a guard that tells a panic from the rest.
    Guard,
    /// The same, and the value of its last expression is looked at.
    GuardedValue(Box<Type>),
}

impl Shape {
    pub(crate) fn of(function: &Function) -> Shape {
        let output = Output::of(&function.signature.output);
        if function.signature.asyncness.is_some() {
            return match output {
                Output::Unit => Shape::Async(Some(unit())),
                Output::Never => Shape::AsyncNever,
                Output::Opaque => Shape::Async(None),
                Output::Value(ty) => Shape::Async(Some(ty)),
            };
        }
        match output {
            Output::Unit | Output::Never | Output::Opaque => Shape::Guard,
            Output::Value(ty) if is_track_caller(function) => Shape::GuardedValue(ty),
            Output::Value(ty) => Shape::Closure(ty),
        }
    }
}

enum Output {
    Unit,
    Never,
    /// `impl Trait`: it cannot be named, and it is no `Result`. In a closure, `|s| ..` returned as `impl Fn(&str)`
    /// would lose the types of its arguments.
    Opaque,
    /// With `_` where an `impl Trait` stood inside of it.
    Value(Box<Type>),
}

impl Output {
    fn of(output: &ReturnType) -> Output {
        let ReturnType::Type(_, ty) = output else { return Output::Unit };
        match peeled(ty) {
            Type::Never(_) => Output::Never,
            Type::ImplTrait(_) => Output::Opaque,
            _ => {
                let mut ty = ty.clone();
                EraseImplTrait.visit_type_mut(&mut ty);
                Output::Value(ty)
            }
        }
    }
}

/// Without parentheses, and without the invisible delimiters of a `$t:ty` fragment.
pub(crate) fn peeled(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => peeled(&inner.elem),
        Type::Group(inner) => peeled(&inner.elem),
        ty => ty,
    }
}

/// A return type whose value comes later, known by its spelling.
pub(crate) struct Later {
    #[allow(dead_code)]
    pub(crate) made: Made,
    /// Whether it is boxed, so that its type can be written.
    #[allow(dead_code)]
    pub(crate) is_boxed: bool,
    /// Whether it is in the `Ok` of a `Result`.
    pub(crate) is_tried: bool,
    /// What the future is ready with, or what the stream is made of, if that is written.
    pub(crate) value: Option<Box<Type>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    Future,
    Stream,
}

impl Later {
    /// `impl Future`, `BoxFuture`, `Pin<Box<dyn Stream>>` and their kin, also in a `Result`.
    pub(crate) fn of(ty: &Type) -> Option<Later> {
        match peeled(ty) {
            Type::ImplTrait(opaque) => of_bounds(&opaque.bounds, false),
            Type::Path(path) => {
                let last = path.path.segments.last()?;
                let mut types = types_of(&last.arguments);
                match last.ident.to_string().as_str() {
                    "BoxFuture" | "LocalBoxFuture" => Some(Later::boxed(Made::Future, types.next())),
                    "BoxStream" | "LocalBoxStream" => Some(Later::boxed(Made::Stream, types.next())),
                    "Pin" => types.next().and_then(of_box),
                    "Result" => Later::of(types.next()?).filter(|later| !later.is_tried).map(Later::tried),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn boxed(made: Made, value: Option<&Type>) -> Later {
        Later { made, is_boxed: true, is_tried: false, value: value.cloned().map(Box::new) }
    }

    fn tried(self) -> Later {
        Later { is_tried: true, ..self }
    }
}

/// `Box<dyn Future<Output = T> + Send>`
fn of_box(ty: &Type) -> Option<Later> {
    let Type::Path(path) = peeled(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Box")?;
    match types_of(&last.arguments).next().map(peeled)? {
        Type::TraitObject(object) => of_bounds(&object.bounds, true),
        _ => None,
    }
}

fn of_bounds<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>, is_boxed: bool) -> Option<Later> {
    bounds.into_iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last()?;
        let (made, value) = match last.ident.to_string().as_str() {
            "Future" => (Made::Future, "Output"),
            "Stream" => (Made::Stream, "Item"),
            _ => return None,
        };
        let value = associated(&last.arguments, value).cloned().map(Box::new);
        Some(Later { made, is_boxed, is_tried: false, value })
    })
}

fn types_of(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let arguments = match arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// `T` of `<Output = T>`.
fn associated<'a>(arguments: &'a PathArguments, name: &str) -> Option<&'a Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(associated) if associated.ident == name => Some(&associated.ty),
        _ => None,
    })
}

struct EraseImplTrait;

impl VisitMut for EraseImplTrait {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(opaque) = ty {
            let underscore_token = syn::Token![_](opaque.impl_token.span);
            *ty = Type::Infer(TypeInfer { attrs: Vec::new(), underscore_token });
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// A closure has no callers of its own to see, so the body must not become one. The attribute can be in a `cfg_attr`
/// that is not expanded yet; the guard is right either way.
fn is_track_caller(function: &Function) -> bool {
    function.attributes.iter().any(|attribute| {
        let path = attribute.path();
        path.is_ident("track_caller")
            || path.is_ident("cfg_attr")
                && attribute
                    .meta
                    .require_list()
                    .is_ok_and(|list| list.tokens.clone().into_iter().any(|token| token.to_string() == "track_caller"))
    })
}

fn unit() -> Box<Type> {
    Box::new(syn::parse_quote!(()))
}
