//! `#[observe]` on an `impl` block: the attribute on each of its functions.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{ImplItem, ItemImpl, Meta, Path, Type};

use crate::attribute::Attribute;
use crate::errors::Errors;
use crate::item::{self, Body, Function};
use crate::plan::Plan;
use crate::words::{Place, Words};
use crate::{check, expand, fallback, shape, spelling};

/// An `impl` block, read as far as its functions' bodies.
pub(crate) struct Block {
    pub(crate) keyword: Span,
    /// All tokens before the braces, as they were written.
    head: TokenStream,
    braces: Group,
    owner: Owner,
}

impl Block {
    /// # Errors
    ///
    /// When the block's head is in a syntax that this crate does not know.
    pub(crate) fn parse(keyword: Span, head: TokenStream, braces: Group) -> syn::Result<Block> {
        let block: ItemImpl = syn::parse2(quote! { #head {} })?;
        let owner = Owner { name: name(&block.self_ty), is_left_alone: shape::are_known(&block.attrs) };
        Ok(Block { keyword, head, braces, owner })
    }

    fn with_members(&self, members: &TokenStream) -> TokenStream {
        let mut braces = Group::new(Delimiter::Brace, members.clone());
        braces.set_span(self.braces.span());
        let head = &self.head;
        quote! { #head #braces }
    }
}

/// What the functions of a block are told of it.
pub(crate) struct Owner {
    /// What their operations begin with.
    pub(crate) name: String,
    /// Whether no other macro will look at the functions after us.
    pub(crate) is_left_alone: bool,
}

/// `Shop` of `&mut shop::Shop<T>`; what has no name is spelled out.
fn name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| spelling::of(&last.ident)).unwrap_or_default(),
        Type::Reference(reference) => name(&reference.elem),
        Type::Paren(inner) => name(&inner.elem),
        Type::Group(inner) => name(&inner.elem),
        ty => spelling::of(ty),
    }
}

/// A member of a block: a function and the attributes of ours on it, or anything else.
enum Member {
    Function(Box<Function>, Vec<Mark>),
    Other(TokenStream),
}

/// An attribute of ours on a member. The block's attribute obeys `#[observe]` and takes it off, and tells the others
/// where they are.
pub(crate) struct Mark {
    pub(crate) attribute: Attribute,
    pub(crate) path: Path,
    args: TokenStream,
}

// Input:
//     #[observe(level = "debug")] impl Shop { fn place(&self) { .. } #[observe(skip)] fn id(&self) -> u8 { .. } }
// Output:
//     impl Shop { fn place(&self) { MEASURED as "Shop::place" } fn id(&self) -> u8 { .. } }
pub(crate) fn apply(args: TokenStream, block: &Block, mut errors: Errors) -> TokenStream {
    let words = Words::parse(Attribute::Observe, Place::Block, args, &mut errors);
    check::words(Attribute::Observe, &words, &mut errors);
    let (inner_attributes, rest) = item::split_inner_attributes(block.braces.stream());
    let krate = words.krate.get();
    let Some(members) = errors.take((|input: ParseStream<'_>| members(input, krate)).parse2(rest)) else {
        return fallback::expand(errors.finish(), block.with_members(&block.braces.stream()));
    };
    let members: Vec<_> =
        members.into_iter().map(|member| member.obey(&words, &block.owner.name, &mut errors)).collect();
    check::has_functions(block.keyword, members.iter().any(Obedient::is_measured), &mut errors);

    let error = errors.finish();
    let members: TokenStream = match error {
        None => members.into_iter().map(|member| member.measured(&block.owner)).collect(),
        Some(_) => members.into_iter().map(Obedient::bare).collect(),
    };
    fallback::expand(error, block.with_members(&quote! { #inner_attributes #members }))
}

/// A member, and what is said of it.
enum Obedient {
    Function(Box<Function>, Option<Box<Words>>),
    /// It has an attribute of ours that measures it, which goes on to do so.
    Marked(Box<Function>),
    Other(TokenStream),
}

impl Member {
    /// Reads the attributes of ours; a function without any has that of its block.
    fn obey(self, block: &Words, owner: &str, errors: &mut Errors) -> Obedient {
        let (mut function, marks) = match self {
            Member::Other(tokens) => return Obedient::Other(tokens),
            Member::Function(function, marks) => (function, marks),
        };
        check::marks_differ(&marks, errors);
        let is_marked = marks.iter().any(|mark| mark.attribute != Attribute::Observe);
        for mark in marks.iter().filter(|mark| mark.attribute != Attribute::Observe) {
            mark.put_back(block, owner, &mut function);
        }
        let observe = marks.into_iter().find(|mark| mark.attribute == Attribute::Observe);
        let mut words = match observe {
            None if is_marked => return Obedient::Marked(function),
            None => Words::default(),
            Some(mark) => Words::parse(Attribute::Observe, Place::Member, mark.args, errors),
        };
        check::skip_is_alone(&words, errors);
        if words.skip.is_given() {
            return if is_marked { Obedient::Marked(function) } else { Obedient::Function(function, None) };
        }
        words.inherit(Attribute::Observe, block);
        check::member(Attribute::Observe, &words, &function, errors);
        Obedient::Function(function, Some(Box::new(words)))
    }
}

impl Mark {
    /// `#[workflow(name = "all")]` becomes `#[workflow(name = "all", __in = "Shop", level = "debug")]`.
    fn put_back(&self, block: &Words, owner: &str, function: &mut Function) {
        let Mark { attribute, path, args } = self;
        // What is wrong with the words is told when they are read for good.
        let mut unread = Errors::new();
        let mut words = Words::parse(*attribute, Place::Function, args.clone(), &mut unread);
        unread.finish();
        words.inherit(*attribute, block);
        let inherited = words.inherited();
        let ends_with_comma = |last: TokenTree| matches!(last, TokenTree::Punct(punct) if punct.as_char() == ',');
        let comma =
            (!args.is_empty() && !args.clone().into_iter().last().is_some_and(ends_with_comma)).then(|| quote! { , });
        let head = &function.head;
        function.head = quote! { #[#path(#args #comma __in = #owner #inherited)] #head };
    }
}

impl Obedient {
    fn is_measured(&self) -> bool {
        matches!(self, Obedient::Function(_, Some(_)) | Obedient::Marked(_))
    }

    fn measured(self, owner: &Owner) -> TokenStream {
        match self {
            Obedient::Function(function, Some(words)) => {
                expand::expand(&Plan::new(Attribute::Observe, *words, &function, Some(owner)), &function)
            }
            other => other.bare(),
        }
    }

    fn bare(self) -> TokenStream {
        match self {
            Obedient::Function(function, _) | Obedient::Marked(function) => function.into_token_stream(),
            Obedient::Other(tokens) => tokens,
        }
    }
}

fn members(input: ParseStream<'_>, krate: Option<&Path>) -> syn::Result<Vec<Member>> {
    let mut members = Vec::new();
    while !input.is_empty() {
        members.push(member(input, krate)?);
    }
    Ok(members)
}

fn member(input: ParseStream<'_>, krate: Option<&Path>) -> syn::Result<Member> {
    let start = input.fork();
    let attributes = input.call(syn::Attribute::parse_outer)?;
    let head = input.fork();
    let is_visible = item::is_visible(input)?;
    if !item::is_function(input)? {
        return other(input, &start);
    }
    input.advance_to(&head);
    let signature = input.call(item::bare_signature)?;
    let head = between(&head, input);
    let Some(body) = input.parse::<TokenTree>().ok().as_ref().and_then(item::braces) else {
        // The compiler has its own words for a function without a body.
        return Ok(Member::Other(between(&start, input)));
    };
    let (attributes, marks) = take_marks(attributes, krate);
    let head = quote! { #(#attributes)* #head };
    Ok(Member::Function(Box::new(Function { attributes, signature, is_visible, head, body: Body::new(body) }), marks))
}

/// A constant, a type, a macro call.
fn other(input: ParseStream<'_>, start: ParseStream<'_>) -> syn::Result<Member> {
    input.advance_to(start);
    let start = input.fork();
    input.parse::<ImplItem>()?;
    Ok(Member::Other(between(&start, input)))
}

/// The tokens that were read from `start` on.
fn between(start: ParseStream<'_>, end: ParseStream<'_>) -> TokenStream {
    let mut cursor = start.cursor();
    let mut tokens = TokenStream::new();
    while cursor != end.cursor() {
        let Some((token, next)) = cursor.token_tree() else { break };
        tokens.extend([token]);
        cursor = next;
    }
    tokens
}

/// Takes off the attributes that are ours, so that they are not applied once more.
fn take_marks(attributes: Vec<syn::Attribute>, krate: Option<&Path>) -> (Vec<syn::Attribute>, Vec<Mark>) {
    let mut others = Vec::new();
    let mut marks = Vec::new();
    for attribute in attributes {
        match Attribute::ALL.into_iter().find(|ours| ours.is_named_by(attribute.path(), krate)) {
            Some(ours) => match attribute.meta {
                Meta::Path(path) => marks.push(Mark { attribute: ours, path, args: TokenStream::new() }),
                Meta::List(list) => marks.push(Mark { attribute: ours, path: list.path, args: list.tokens }),
                // The compiler has its own words for `#[observe = ..]`.
                Meta::NameValue(_) => others.push(attribute),
            },
            None => others.push(attribute),
        }
    }
    (others, marks)
}
