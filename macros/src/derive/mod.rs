//! The derives: an enum whose variants have names that a metric may carry.

mod error_kind;
mod label;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Data, DeriveInput, Fields, Path, Token, Variant};

use crate::check;
use crate::errors::Errors;
use crate::fallback;
use crate::nearest::nearest;
use crate::values::read_crate;

/// The derives of this crate.
#[derive(Clone, Copy)]
pub(crate) enum Derive {
    ErrorKind,
    Label,
}

impl Derive {
    /// The attribute that its options stand in.
    fn attribute(self) -> &'static str {
        match self {
            Derive::ErrorKind => "error_kind",
            Derive::Label => "label",
        }
    }
}

/// Expands a derive. On any mistake there is every error at once, beside an implementation that is never run.
pub(crate) fn expand(derive: Derive, input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::new();
    let krate = krate(derive, &input, &mut errors);
    let body = match derive {
        Derive::ErrorKind => error_kind::body(&input, &mut errors),
        Derive::Label => label::body(&input, &mut errors),
    };
    let error = errors.finish();
    // A type that has its trait all the same is not told of again wherever it is used.
    let body = if error.is_some() {
        quote! { ::core::unimplemented!() }
    } else {
        body
    };
    let implementation = match derive {
        Derive::ErrorKind => error_kind::implementation(&input, &krate, &body),
        Derive::Label => label::implementation(&input, &krate, &body),
    };
    fallback::expand(error, implementation)
}

/// `#[label(crate = ::path)]`: where the facade is found.
fn krate(derive: Derive, input: &DeriveInput, errors: &mut Errors) -> Path {
    let span = place(input);
    let mut found = None;
    for attribute in ours(derive, &input.attrs) {
        let read = attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(unknown(&meta.path));
            }
            meta.input.parse::<Token![=]>()?;
            found = Some(read_crate(meta.input)?);
            Ok(())
        });
        errors.take(read);
    }
    if let Some(path) = &found {
        check::path_is_absolute(path, errors);
    }
    let variants = match &input.data {
        Data::Enum(data) => data.variants.iter().collect(),
        Data::Struct(_) | Data::Union(_) => Vec::new(),
    };
    for attribute in variants.iter().flat_map(|variant| ours(derive, &variant.attrs)) {
        let message = format_args!("`#[{}]` goes on the enum, not on a variant", derive.attribute());
        errors.at(attribute.path(), message);
    }
    found.unwrap_or_else(|| syn::parse_quote_spanned!(span=> ::taximeter))
}

fn ours(derive: Derive, attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(move |attribute| attribute.path().is_ident(derive.attribute()))
}

fn unknown(path: &Path) -> syn::Error {
    let text = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    let meant = nearest(&text, ["crate"]).map(|word| format!("did you mean `{word}`? ")).unwrap_or_default();
    syn::Error::new_spanned(path, format_args!("unknown argument `{text}`; {meant}expected `crate`"))
}

/// For generated code: our names are ours, and mistakes are shown at the type's name.
fn place(input: &DeriveInput) -> Span {
    Span::mixed_site().located_at(input.ident.span())
}

/// `match` over the variants, with a text for each. A `#[cfg]` of a variant stays with it.
fn choose<'a>(span: Span, variants: impl Iterator<Item = (&'a Variant, String)>) -> TokenStream {
    let mut arms = variants.peekable();
    if arms.peek().is_none() {
        return quote_spanned! {span=> match *self {} };
    }
    let arms = arms.map(|(variant, text)| {
        let cfgs = variant.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        let name: &Ident = &variant.ident;
        let rest = match &variant.fields {
            Fields::Named(_) => quote_spanned! {span=> { .. } },
            Fields::Unnamed(_) => quote_spanned! {span=> (..) },
            Fields::Unit => TokenStream::new(),
        };
        quote_spanned! {span=> #(#cfgs)* Self::#name #rest => #text, }
    });
    quote_spanned! {span=> match self { #(#arms)* } }
}
