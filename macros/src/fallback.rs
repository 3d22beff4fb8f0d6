//! What stays when an attribute is wrong: the user's item, untouched, so that the log shows the true error alone.

use proc_macro2::TokenStream;
use quote::quote;

pub(crate) fn expand(error: Option<syn::Error>, item: TokenStream) -> TokenStream {
    let errors = error.map(|error| error.to_compile_error());
    quote! { #errors #item }
}
