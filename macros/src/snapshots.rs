//! Expansions as files that a reader can open: `snapshots/<case>.rs` becomes `snapshots/<case>.expanded.rs`.
//!
//! `SNAPSHOTS=overwrite cargo test -p taximeter-macros` writes them anew; the change is then a readable diff.

use std::path::{Path, PathBuf};
use std::{env, fs};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, Meta};

use crate::attribute::{self, Attribute};

#[test]
fn expansions_are_the_ones_on_file() {
    let cases = cases();
    assert!(!cases.is_empty(), "no snapshots were found");
    let changed: Vec<_> = cases.iter().filter(|case| !is_as_on_file(case)).collect();
    assert!(changed.is_empty(), "expansions changed: {changed:#?}");
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    let files = fs::read_dir(folder).expect("snapshots are readable").map(|entry| entry.expect("an entry").path());
    files.filter(|file| !file.to_string_lossy().ends_with(".expanded.rs")).collect()
}

fn is_as_on_file(case: &Path) -> bool {
    let source = fs::read_to_string(case).expect("a case is readable");
    let expanded = prettyplease::unparse(&syn::parse2(expand(&source)).expect("an expansion is valid Rust"));
    let file = case.with_extension("expanded.rs");
    if env::var_os("SNAPSHOTS").is_some_and(|mode| mode == "overwrite") {
        fs::write(&file, &expanded).expect("a snapshot is writable");
    }
    fs::read_to_string(&file).is_ok_and(|snapshot| snapshot == expanded)
}

/// Applies the first attribute of the item, as the compiler does.
fn expand(source: &str) -> TokenStream {
    let mut item: Item = syn::parse_str(source).expect("a case is an item");
    let attributes = match &mut item {
        Item::Fn(function) => &mut function.attrs,
        Item::Impl(block) => &mut block.attrs,
        _ => panic!("a case is a function or an `impl` block"),
    };
    let first = attributes.remove(0);
    let attribute = Attribute::ALL
        .into_iter()
        .find(|attribute| first.path().is_ident(attribute.word()))
        .expect("a case begins with one of our attributes");
    let args = match first.meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    attribute::apply(attribute, args, item.into_token_stream())
}
