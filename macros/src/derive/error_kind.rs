//! `#[derive(ErrorKind)]`: the kind of an error is its variant, as written.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Path};

use crate::derive::{choose, place};
use crate::errors::Errors;

// Input:
//     enum OrderError { OutOfStock, Rejected(Reason) }
// Output:
//     match self { Self::OutOfStock => "OutOfStock", Self::Rejected(..) => "Rejected" }
pub(super) fn body(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    match &input.data {
        Data::Enum(data) => {
            let variants = data.variants.iter();
            choose(place(input), variants.map(|variant| (variant, variant.ident.unraw().to_string())))
        }
        Data::Struct(_) => input.ident.unraw().to_string().to_token_stream(),
        Data::Union(data) => {
            errors.at(data.union_token, "`#[derive(ErrorKind)]` goes on an enum or a struct, not on a union");
            TokenStream::new()
        }
    }
}

pub(super) fn implementation(input: &DeriveInput, krate: &Path, body: &TokenStream) -> TokenStream {
    let span = place(input);
    let name = &input.ident;
    let mut generics = input.generics.clone();
    if generics.type_params().next().is_some() {
        // Whether a generic type is an error depends on what it is made of, and its own `impl Error` knows.
        let is_error = syn::parse_quote_spanned!(span=> Self: ::core::error::Error);
        generics.make_where_clause().predicates.push(is_error);
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote_spanned! {span=>
        #[automatically_derived]
        impl #impl_generics #krate::ErrorKind for #name #type_generics #where_clause {
            fn kind(&self) -> &'static ::core::primitive::str {
                #body
            }
        }
    }
}
