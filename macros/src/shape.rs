//! How a function's body can be measured.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericArgument, GenericParam, Lifetime, PathArguments, ReturnType, Safety, Type, TypeInfer, TypeParamBound,
};

use crate::arguments::is_number;
use crate::block::Owner;
use crate::exits;
use crate::item::Function;
use crate::spelling;

/// The forms of an expansion.
pub(crate) enum Shape {
    /// The body becomes a closure, whose value is looked at.
    Closure(Box<Type>),
    /// The body becomes an `async` block, whose value is looked at. Without its type where that cannot be written.
    Async(Option<Box<Type>>),
    /// The same where the `async fn` can be written as what it is: a function that returns a future.
    Future(Option<Box<Type>>),
    /// An `async` block that never has a value.
    AsyncNever,
    /// The body stays where it is, behind a guard that tells a panic from the rest.
    Guard,
    /// The same, and the value of its last expression is looked at.
    GuardedValue(Box<Type>),
    /// The body moves into a function of its own, and the value of that is looked at.
    Inner(Box<Type>),
    /// The body stays where it is, or moves into a function of its own; the future or stream that comes out of it is the
    /// work.
    GuardedReturned(Later, bool),
    /// The body runs as a closure and is not changed; the future or stream that comes out of it is the work.
    Returned(Later, Option<Box<Type>>),
    /// The same of an `async fn` that is ready with a stream.
    AsyncReturned(Later, Option<Box<Type>>),
}

impl Shape {
    /// `is_stream` is what the attribute says of a type that does not say it.
    ///
    /// `reads_items` when the items of a stream are looked at for more than an error.
    pub(crate) fn of(function: &Function, is_stream: bool, reads_items: bool) -> Shape {
        let output = Output::of(&function.signature.output);
        // The compiler knows better what such a name stands for, and cannot be asked where an `impl Trait` is in the type.
        let is_open = matches!(&output, Output::Value(ty) if is_open(ty));
        let is_sure = |later: &Later| !later.is_named || is_open || reads_items && later.made == Made::Stream;
        match (Later::in_words(function, is_stream).filter(is_sure), function.signature.asyncness.is_some()) {
            (Some(later), true) => Shape::AsyncReturned(later, output.into_type()),
            (None, true) => Shape::asynchronous(output),
            (Some(later), false) if is_track_caller(function) => {
                let is_inside = (exits::has_early(function) || exits::may_hide(function)) && can_be_inside(function);
                Shape::GuardedReturned(later, is_inside)
            }
            (None, false) if is_track_caller(function) => Shape::guarded(output, function),
            (Some(later), false) => Shape::Returned(later, output.into_type()),
            (None, false) => Shape::plain(output, function),
        }
    }

    fn asynchronous(output: Output) -> Shape {
        match output {
            Output::Unit => Shape::Async(Some(unit())),
            Output::Never => Shape::AsyncNever,
            Output::Opaque => Shape::Async(None),
            Output::Value(ty) => Shape::Async(Some(ty)),
        }
    }

    fn plain(output: Output, function: &Function) -> Shape {
        match output {
            Output::Unit | Output::Never | Output::Opaque => Shape::Guard,
            // The compiler sees that a function calls nothing but itself, and does not see it through a closure.
            Output::Value(ty) if may_recurse(function) && !exits::has_early(function) && !exits::may_hide(function) => {
                Shape::GuardedValue(ty)
            }
            Output::Value(ty) => Shape::Closure(ty),
        }
    }

    fn guarded(output: Output, function: &Function) -> Shape {
        match output {
            Output::Unit | Output::Never | Output::Opaque => Shape::Guard,
            Output::Value(ty) if exits::has_early(function) && can_be_inside(function) => Shape::Inner(ty),
            Output::Value(ty) => Shape::GuardedValue(ty),
        }
    }

    /// Whether work would leave a body that stays where it is in a way that nobody sees.
    pub(crate) fn loses_work(&self, function: &Function) -> bool {
        matches!(self, Shape::GuardedReturned(_, is_inside) if !is_inside && exits::has_early(function))
    }

    /// An `async fn` as the function that returns its future, where nobody sees the difference.
    ///
    /// The compiler keeps the arguments of an `async fn` twice when its body is in a block of ours, and each level of
    /// nesting doubles that again. Written as a function, there is one future of its own with the arguments in it once.
    pub(crate) fn desugared(self, function: &Function, owner: Option<&Owner>) -> Shape {
        match self {
            Shape::Async(ty) if is_private_matter(function, owner) => Shape::Future(ty),
            shape => shape,
        }
    }

    /// The type of the value that is looked at, where the compiler has to be asked whether it is work.
    pub(crate) fn may_return_work(&self) -> bool {
        let ty = match self {
            Shape::Closure(ty) | Shape::GuardedValue(ty) | Shape::Inner(ty) => ty,
            Shape::Async(Some(ty)) | Shape::Future(Some(ty)) => ty,
            _ => return false,
        };
        may_be_work(ty) && !is_open(ty)
    }

    /// Whether a call can be dropped half-way.
    pub(crate) fn is_async(&self) -> bool {
        !matches!(self, Shape::Closure(_) | Shape::Guard | Shape::GuardedValue(_) | Shape::Inner(_))
    }
}

/// Whether nobody but the compiler looks at the keyword `async`: no other macro, and no trait, whose `async fn` have a
/// lint of their own (`async_fn_in_trait`). What has a visibility, or neither `self` nor `Self`, stands in no trait.
fn is_private_matter(function: &Function, owner: Option<&Owner>) -> bool {
    let signature = &function.signature;
    let is_in_no_trait = match owner {
        Some(owner) => owner.is_left_alone,
        None => function.is_visible || !any(signature.to_token_stream(), &is_self),
    };
    is_in_no_trait && are_known(&function.attributes) && signature.abi.is_none()
}

/// Whether all attributes are of the compiler, and mean the same on a function that returns a future.
///
/// `#[must_use]` does not: of an `async fn` it speaks of what the future is ready with.
pub(crate) fn are_known(attributes: &[syn::Attribute]) -> bool {
    const KNOWN: [&str; 12] = [
        "allow",
        "cfg",
        "clippy",
        "cold",
        "deny",
        "deprecated",
        "diagnostic",
        "doc",
        "expect",
        "forbid",
        "inline",
        "warn",
    ];
    let is_known = |attribute: &syn::Attribute| {
        let first = attribute.path().segments.first();
        first.is_some_and(|first| KNOWN.iter().any(|known| first.ident == known))
    };
    attributes.iter().all(is_known)
}

/// Whether a body may call its own function: it has its name in it, or an operator that stands for it.
fn may_recurse(function: &Function) -> bool {
    const OPERATORS: [&str; 36] = [
        "add",
        "add_assign",
        "bitand",
        "bitand_assign",
        "bitor",
        "bitor_assign",
        "bitxor",
        "bitxor_assign",
        "cmp",
        "deref",
        "deref_mut",
        "div",
        "div_assign",
        "eq",
        "ge",
        "gt",
        "index",
        "index_mut",
        "into_iter",
        "le",
        "lt",
        "mul",
        "mul_assign",
        "ne",
        "neg",
        "next",
        "not",
        "partial_cmp",
        "rem",
        "rem_assign",
        "shl",
        "shl_assign",
        "shr",
        "shr_assign",
        "sub",
        "sub_assign",
    ];
    let name = &function.signature.ident;
    OPERATORS.iter().any(|operator| name == operator)
        || any(function.body.block.stream(), &|token| matches!(token, TokenTree::Ident(ident) if ident == name))
}

/// Whether a function can be written once more inside of itself, where `self`, `Self` and the generics of an `impl` around
/// it mean nothing.
fn can_be_inside(function: &Function) -> bool {
    let signature = &function.signature;
    let has_cfg = signature.inputs.iter().any(|input| match input {
        FnArg::Receiver(_) => true,
        FnArg::Typed(argument) => argument.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")),
    });
    let is_plain = matches!(signature.safety, Safety::Default) && signature.abi.is_none() && !has_cfg;
    let own: Vec<String> = signature.generics.params.iter().map(|param| spelling::of(name_of(param))).collect();
    let is_outer = |token: &TokenTree| is_outer(token, &own);
    is_plain && !any(signature.to_token_stream(), &is_outer) && !any(function.body.block.stream(), &is_outer)
}

/// Whether a word is about an `impl` around the function. Of a generic that is not the function's own, one sees only that
/// its name is short.
fn is_outer(token: &TokenTree, own: &[String]) -> bool {
    let TokenTree::Ident(ident) = token else { return false };
    let name = ident.to_string();
    let is_short = name.len() <= 2 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    is_self(token) || is_short && !own.contains(&name)
}

fn name_of(param: &GenericParam) -> TokenStream {
    match param {
        GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
        GenericParam::Type(param) => param.ident.to_token_stream(),
        GenericParam::Const(param) => param.ident.to_token_stream(),
    }
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

fn is_self(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == "self" || ident == "Self")
}

/// Whether one of the tokens `is_it`, at any depth.
fn any(tokens: TokenStream, is_it: &dyn Fn(&TokenTree) -> bool) -> bool {
    tokens.into_iter().any(|token| match &token {
        TokenTree::Group(group) => any(group.stream(), is_it),
        token => is_it(token),
    })
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
            _ => Output::Value(erased(ty)),
        }
    }
}

impl Output {
    fn into_type(self) -> Option<Box<Type>> {
        match self {
            Output::Value(ty) => Some(ty),
            Output::Unit | Output::Never | Output::Opaque => None,
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

/// Whether the values of a type may be a boxed future or stream under another name, so that the compiler has to be asked.
/// What is spelled out as something else is no such thing.
pub(crate) fn may_be_work(ty: &Type) -> bool {
    let Type::Path(path) = peeled(ty) else { return matches!(peeled(ty), Type::Macro(_)) };
    let Some(last) = path.path.segments.last() else { return false };
    if path.qself.is_some() {
        return true;
    }
    let name = last.ident.to_string();
    let mut types = types_of(&last.arguments).map(peeled);
    match name.as_str() {
        "Self" => false,
        "Box" => matches!(types.next(), Some(Type::TraitObject(_))),
        "Result" => types.next().is_none_or(may_be_work),
        _ => !is_value(&last.ident),
    }
}

/// Types of the standard library that nobody gives to something else.
fn is_value(name: &Ident) -> bool {
    const VALUES: [&str; 20] = [
        "Arc",
        "BTreeMap",
        "BTreeSet",
        "Cow",
        "Duration",
        "HashMap",
        "HashSet",
        "Instant",
        "IpAddr",
        "Option",
        "PathBuf",
        "Ordering",
        "Poll",
        "Rc",
        "SocketAddr",
        "String",
        "SystemTime",
        "Vec",
        "VecDeque",
        "Weak",
    ];
    is_number(name) || VALUES.iter().any(|value| name == value)
}

/// A return type whose value comes later, known by its spelling.
pub(crate) struct Later {
    pub(crate) made: Made,
    /// Whether it is boxed, so that its type can be written.
    pub(crate) is_boxed: bool,
    /// Whether it is only a name that says so: `BoxFuture` is an alias, and may be one of the user's own.
    pub(crate) is_named: bool,
    /// Whether it is a name without the lifetime of the known alias: `BoxStream<T>` is likely a type of the user's own.
    pub(crate) is_doubtful: bool,
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
    /// Of an `async fn` only streams count: that it is ready with a future is nothing that it has done.
    pub(crate) fn of_function(function: &Function) -> Option<Later> {
        let ReturnType::Type(_, ty) = &function.signature.output else { return None };
        let is_async = function.signature.asyncness.is_some();
        Later::of(ty).filter(|later| !is_async || later.made == Made::Stream)
    }

    /// The same where the attribute may say that what has another name is a stream. Such a name stands for a box: of any
    /// other type there is nothing that could be put around the stream.
    pub(crate) fn in_words(function: &Function, is_stream: bool) -> Option<Later> {
        let ReturnType::Type(_, ty) = &function.signature.output else { return None };
        let said = || Later { is_tried: is_called_result(ty), ..Later::boxed(Made::Stream, None) };
        Later::of_function(function).or_else(|| is_stream.then(said))
    }

    /// `impl Future`, `BoxFuture`, `Pin<Box<dyn Stream>>` and their kin, also in a `Result`.
    fn of(ty: &Type) -> Option<Later> {
        match peeled(ty) {
            Type::ImplTrait(opaque) if opaque.bounds.iter().all(can_be_kept) => of_bounds(&opaque.bounds, false),
            Type::Path(path) => {
                let last = path.path.segments.last()?;
                let mut types = types_of(&last.arguments);
                match last.ident.to_string().as_str() {
                    "BoxFuture" | "LocalBoxFuture" => Later::named(Made::Future, &last.arguments),
                    "BoxStream" | "LocalBoxStream" => Later::named(Made::Stream, &last.arguments),
                    "Pin" => types.next().and_then(of_box),
                    "Result" => Later::of(types.next()?).filter(|later| !later.is_tried).map(Later::tried),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn boxed(made: Made, value: Option<&Type>) -> Later {
        let value = value.map(erased);
        Later { made, is_boxed: true, is_named: false, is_doubtful: false, is_tried: false, value }
    }

    /// The aliases say what comes out of them. A name without that is a type of the user's own.
    fn named(made: Made, arguments: &PathArguments) -> Option<Later> {
        let value = types_of(arguments).next()?;
        let is_doubtful = !has_lifetime(arguments);
        Some(Later { is_named: true, is_doubtful, ..Later::boxed(made, Some(value)) })
    }

    fn tried(self) -> Later {
        Later { is_tried: true, ..self }
    }
}

/// `Result<T, E>`, `ApiResult<T>`.
fn is_called_result(ty: &Type) -> bool {
    match peeled(ty) {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident.to_string().ends_with("Result")),
        _ => false,
    }
}

/// `Box<dyn Future<Output = T> + Send>`
fn of_box(ty: &Type) -> Option<Later> {
    let Type::Path(path) = peeled(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Box")?;
    match types_of(&last.arguments).next().map(peeled)? {
        Type::TraitObject(object) => of_bounds(&object.bounds, true),
        Type::ImplTrait(opaque) if opaque.bounds.iter().all(can_be_kept) => of_bounds(&opaque.bounds, true),
        _ => None,
    }
}

/// `T` of `impl Future<Output = T>`.
pub(crate) fn output_of_future(ty: &Type) -> Option<&Type> {
    let Type::ImplTrait(opaque) = ty else { return None };
    opaque.bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        associated(&bound.path.segments.last()?.arguments, "Output")
    })
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
        let value = associated(&last.arguments, value).map(erased);
        Some(Later { made, is_boxed, is_named: false, is_doubtful: false, is_tried: false, value })
    })
}

/// Whether what is put around a future or a stream has what the future or stream has.
fn can_be_kept(bound: &TypeParamBound) -> bool {
    let TypeParamBound::Trait(bound) = bound else { return true };
    const KEPT: [&str; 9] =
        ["Future", "Stream", "Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe", "FusedFuture", "FusedStream"];
    bound.path.segments.last().is_some_and(|last| KEPT.iter().any(|kept| last.ident == kept))
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

fn has_lifetime(arguments: &PathArguments) -> bool {
    let PathArguments::AngleBracketed(arguments) = arguments else { return false };
    arguments.args.iter().any(|argument| matches!(argument, GenericArgument::Lifetime(_)))
}

/// `T` of `<Output = T>`.
fn associated<'a>(arguments: &'a PathArguments, name: &str) -> Option<&'a Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(associated) if associated.ident == name => Some(&associated.ty),
        _ => None,
    })
}

/// With `_` where an `impl Trait` stood.
fn erased(ty: &Type) -> Box<Type> {
    let mut ty = Box::new(ty.clone());
    EraseImplTrait.visit_type_mut(&mut ty);
    in_body(&ty)
}

/// Whether a type has a `_` in it, which is known when there is a value.
pub(crate) fn is_open(ty: &Type) -> bool {
    struct FindInfer(bool);

    impl VisitMut for FindInfer {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            self.0 |= matches!(ty, Type::Infer(_));
            visit_mut::visit_type_mut(self, ty);
        }
    }
    let mut find = FindInfer(false);
    find.visit_type_mut(&mut ty.clone());
    find.0
}

/// As it is written in a body: lifetimes are left to the compiler there, so that a name that is needed for nothing else is
/// still told of by lints.
pub(crate) fn in_body(ty: &Type) -> Box<Type> {
    struct EraseLifetimes;

    impl VisitMut for EraseLifetimes {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident != "static" {
                *lifetime = Lifetime::new("'_", lifetime.span());
            }
        }

        // `for<'a> Fn(&'a str)` has lifetimes of its own.
        fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}

        fn visit_trait_bound_mut(&mut self, bound: &mut syn::TraitBound) {
            if bound.lifetimes.is_none() {
                visit_mut::visit_trait_bound_mut(self, bound);
            }
        }
    }
    let mut ty = Box::new(ty.clone());
    EraseLifetimes.visit_type_mut(&mut ty);
    ty
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

/// A closure has no callers of its own to see, so the body must not become one.
fn is_track_caller(function: &Function) -> bool {
    track_caller(function).next().is_some()
}

/// The attributes that may say so. One in a `cfg_attr` is not expanded yet; the guard is right either way.
pub(crate) fn track_caller(function: &Function) -> impl Iterator<Item = &syn::Attribute> {
    function.attributes.iter().filter(|attribute| {
        let path = attribute.path();
        path.is_ident("track_caller")
            || path.is_ident("cfg_attr")
                && attribute.meta.require_list().is_ok_and(|list| {
                    list.tokens.clone().into_iter().any(|token| is_word(Some(&token), "track_caller"))
                })
    })
}

fn unit() -> Box<Type> {
    Box::new(syn::parse_quote!(()))
}
