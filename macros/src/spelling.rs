//! Types as a reader would write them, for messages and operations.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// `Result<Vec<u8>, Error>`: spaces stand between words and behind commas alone.
pub(crate) fn of(tokens: impl ToTokens) -> String {
    let mut text = String::new();
    write(tokens.into_token_stream(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        let is_behind_a_word = text.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket if is_behind_a_word => (" [", "]"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' | ';' => {
                    text.push(punct.as_char());
                    text.push(' ');
                }
                '+' | '=' => text.extend([' ', punct.as_char(), ' ']),
                '>' if text.ends_with("- ") || text.ends_with('-') => text.push_str("> "),
                '-' => text.push_str(" -"),
                other => text.push(other),
            },
            word => {
                if is_behind_a_word {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    #[test]
    fn a_type_is_spelled_as_it_is_written() {
        for ty in [
            quote!(Result<Vec<u8>, Box<dyn Error + Send>>),
            quote!(&'a mut [u8; 4]),
            quote!(impl Iterator<Item = u8>),
            quote!(fn(u8) -> u8),
            quote!(()),
        ] {
            assert_eq!(super::of(&ty).replace(' ', ""), ty.to_string().replace(' ', ""));
        }
        assert_eq!(super::of(quote!(Result<Vec<u8>, Box<dyn Error + Send>>)), "Result<Vec<u8>, Box<dyn Error + Send>>");
        assert_eq!(super::of(quote!(impl Iterator<Item = u8>)), "impl Iterator<Item = u8>");
        assert_eq!(super::of(quote!(&'a mut [u8; 4])), "&'a mut [u8; 4]");
        assert_eq!(super::of(quote!(fn(u8) -> u8)), "fn(u8) -> u8");
    }
}
