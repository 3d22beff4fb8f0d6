//! The names that a function's arguments bind.

use proc_macro2::Ident;
use syn::{Attribute, FnArg, Pat, PatIdent, Receiver, ReceiverKind, Type};

use crate::item::Function;

/// A name that the body can use.
pub(crate) struct Argument<'a> {
    pub(crate) ident: Ident,
    /// The attributes of the argument, a `#[cfg]` among them.
    pub(crate) attributes: &'a [Attribute],
    /// Whether it holds its value, and the value may have something to drop.
    pub(crate) is_owned: bool,
}

impl Argument<'_> {
    /// What keeps an argument out of some builds keeps what is said of it out of them too.
    pub(crate) fn cfgs(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"))
    }
}

/// Every name, in the order of the arguments.
pub(crate) fn arguments(function: &Function) -> Vec<Argument<'_>> {
    let mut found = Vec::new();
    for argument in &function.signature.inputs {
        match argument {
            FnArg::Receiver(receiver) => found.push(of_receiver(receiver)),
            FnArg::Typed(typed) => {
                let may_drop = !is_plain(&typed.ty);
                bindings(&typed.pat, may_drop, &mut |binding, is_owned| {
                    found.push(Argument { ident: binding.ident.clone(), attributes: &typed.attrs, is_owned });
                });
            }
        }
    }
    found
}

/// Whether an argument may have something to drop, as far as its spelling tells.
pub(crate) fn may_drop(input: &FnArg) -> bool {
    match input {
        FnArg::Receiver(receiver) => of_receiver(receiver).is_owned,
        FnArg::Typed(argument) => !is_plain(&argument.ty),
    }
}

/// Whether all that is in an argument is bound to names that own it.
pub(crate) fn is_whole(input: &FnArg) -> bool {
    match input {
        FnArg::Receiver(_) => true,
        FnArg::Typed(argument) => takes_all(&argument.pat),
    }
}

fn takes_all(pattern: &Pat) -> bool {
    match pattern {
        Pat::Ident(binding) => binding.by_ref.is_none(),
        Pat::Tuple(tuple) => tuple.elems.iter().all(takes_all),
        Pat::TupleStruct(tuple) => tuple.elems.iter().all(takes_all),
        Pat::Struct(fields) => fields.rest.is_none() && fields.fields.iter().all(|field| takes_all(&field.pat)),
        Pat::Slice(slice) => slice.elems.iter().all(takes_all),
        Pat::Paren(inner) => takes_all(&inner.pat),
        Pat::Type(typed) => takes_all(&typed.pat),
        _ => false,
    }
}

fn of_receiver(receiver: &Receiver) -> Argument<'_> {
    let is_owned = match &receiver.kind {
        ReceiverKind::Reference(..) => false,
        ReceiverKind::Typed(_, ty) => !is_plain(ty),
        _ => true,
    };
    Argument { ident: Ident::new("self", receiver.self_token.span), attributes: &receiver.attrs, is_owned }
}

/// A type that has nothing to drop, as far as its spelling tells.
fn is_plain(ty: &Type) -> bool {
    match ty {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => true,
        Type::Path(path) => path.path.get_ident().is_some_and(is_number),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        Type::Array(array) => is_plain(&array.elem),
        Type::Paren(inner) => is_plain(&inner.elem),
        Type::Group(inner) => is_plain(&inner.elem),
        _ => false,
    }
}

/// The name of a number, `bool` or `char`.
pub(crate) fn is_number(name: &Ident) -> bool {
    const NUMBERS: [&str; 16] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
        "char",
    ];
    NUMBERS.iter().any(|number| name == number)
}

/// The names that a pattern binds, in their order, and whether they own what they name.
fn bindings(pattern: &Pat, owns: bool, found: &mut dyn FnMut(&PatIdent, bool)) {
    match pattern {
        Pat::Ident(binding) => {
            found(binding, owns && binding.by_ref.is_none());
            if let Some((_, inner)) = &binding.subpat {
                bindings(inner, owns, found);
            }
        }
        Pat::Tuple(tuple) => tuple.elems.iter().for_each(|inner| bindings(inner, owns, found)),
        Pat::TupleStruct(tuple) => tuple.elems.iter().for_each(|inner| bindings(inner, owns, found)),
        Pat::Struct(fields) => fields.fields.iter().for_each(|field| bindings(&field.pat, owns, found)),
        Pat::Slice(slice) => slice.elems.iter().for_each(|inner| bindings(inner, owns, found)),
        Pat::Paren(inner) => bindings(&inner.pat, owns, found),
        Pat::Type(typed) => bindings(&typed.pat, owns, found),
        // What a reference pattern binds is `Copy`.
        Pat::Reference(reference) => bindings(&reference.pat, false, found),
        // Every other pattern binds nothing in an argument.
        _ => {}
    }
}
