//! How a function's body can be measured.

use syn::visit_mut::{self, VisitMut};
use syn::{ReturnType, Type, TypeInfer};

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
fn peeled(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => peeled(&inner.elem),
        Type::Group(inner) => peeled(&inner.elem),
        ty => ty,
    }
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
