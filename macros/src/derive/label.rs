//! `#[derive(Label)]`: the value of a label is the variant in `snake_case`.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::{Data, DataEnum, DeriveInput, Fields, Path};

use crate::derive::{choose, place};
use crate::errors::Errors;

// Input:
//     enum Tier { Free, PaidYearly }
// Output:
//     match self { Self::Free => "free", Self::PaidYearly => "paid_yearly" }
pub(super) fn body(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    match &input.data {
        Data::Enum(data) => {
            carries_no_data(data, errors);
            values_differ(data, errors);
            let variants = data.variants.iter();
            choose(place(input), variants.map(|variant| (variant, snake_case(&variant.ident.unraw().to_string()))))
        }
        Data::Struct(data) => {
            errors.at(
                data.struct_token,
                "`#[derive(Label)]` goes on an enum, whose list of values is known, not on a struct",
            );
            TokenStream::new()
        }
        Data::Union(data) => {
            errors.at(
                data.union_token,
                "`#[derive(Label)]` goes on an enum, whose list of values is known, not on a union",
            );
            TokenStream::new()
        }
    }
}

/// What a variant carries could be anything, and each value of a label is a series for good.
fn carries_no_data(data: &DataEnum, errors: &mut Errors) {
    for variant in &data.variants {
        let name = &variant.ident;
        match &variant.fields {
            Fields::Unit => {}
            fields if fields.is_empty() => {}
            fields => errors.at(
                fields,
                format_args!("variant `{name}` carries data, so its number of values is unbounded; remove the data, or put it in `fields(...)`"),
            ),
        }
    }
}

/// Two variants of one value would be counted as one.
fn values_differ(data: &DataEnum, errors: &mut Errors) {
    let mut seen = HashMap::new();
    for variant in &data.variants {
        let is_conditional = variant.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        let value = snake_case(&variant.ident.unraw().to_string());
        match seen.get(&value) {
            Some(other) if !is_conditional => {
                errors.at(
                    &variant.ident,
                    format_args!("`{}` and `{other}` have the same value `{value}`", variant.ident),
                );
            }
            _ => {
                seen.insert(value, &variant.ident);
            }
        }
    }
}

/// `PaidYearly` is `paid_yearly`, `HTTPError` is `http_error`, `Http2` is `http2`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (place, &letter) in letters.iter().enumerate() {
        let previous = place.checked_sub(1).and_then(|place| letters.get(place));
        let next = letters.get(place + 1);
        let begins_a_word = letter.is_uppercase()
            && previous.is_some_and(|previous| {
                previous.is_lowercase()
                    || previous.is_numeric()
                    || previous.is_uppercase() && next.is_some_and(|next| next.is_lowercase())
            });
        if begins_a_word {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

pub(super) fn implementation(input: &DeriveInput, krate: &Path, body: &TokenStream) -> TokenStream {
    let span = place(input);
    let name = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    quote_spanned! {span=>
        #[automatically_derived]
        impl #impl_generics #krate::Label for #name #type_generics #where_clause {
            fn label(&self) -> &'static ::core::primitive::str {
                #body
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn words_of_a_variant_are_told_apart() {
        for (variant, value) in [
            ("Free", "free"),
            ("PaidYearly", "paid_yearly"),
            ("HTTPError", "http_error"),
            ("Http2", "http2"),
            ("V2Beta", "v2_beta"),
            ("A", "a"),
            ("Foo_Bar", "foo_bar"),
        ] {
            assert_eq!(snake_case(variant), value);
        }
    }
}
