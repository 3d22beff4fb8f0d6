//! Expansions as files that a reader can open: `snapshots/<case>.rs` becomes `snapshots/<case>.expanded.rs`.
//!
//! `SNAPSHOTS=overwrite cargo test -p taximeter-macros` writes them anew; the change is then a readable diff.

use std::path::{Path, PathBuf};
use std::{env, fs};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, Meta, Stmt};

use crate::attribute::{self, Attribute};

#[test]
fn expansions_are_the_ones_on_file() {
    let cases = cases();
    assert!(!cases.is_empty(), "no snapshots were found");
    let changed: Vec<_> = cases.iter().filter(|case| !is_as_on_file(case)).collect();
    assert!(changed.is_empty(), "expansions changed: {changed:#?}");
}

/// The page for readers: two of the snapshots, without what stands there for the linker and for rustdoc.
#[test]
fn the_page_of_expansions_shows_what_is_on_file() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/expansion.md");
    let expected = format!("{HEAD}{}{}", section("an-async-function"), section("a-function-with-a-value"));
    if is_overwriting() {
        fs::write(&page, &expected).expect("the page is writable");
    }
    let found = fs::read_to_string(&page).unwrap_or_default();
    assert!(
        found == expected,
        "docs/expansion.md is not what the attributes write; SNAPSHOTS=overwrite writes it anew"
    );
}

const HEAD: &str = "\
# What an attribute writes into a function

Made from `macros/snapshots/` by `macros/src/snapshots.rs`; every other shape is there too. `t` stands for
`::taximeter::__private`. The static is also marked for the linker, which makes the list of all sites out of it, and the
documentation of an `async fn` shows it as it was written. `Result<Page, Error>` may be the name of anything, so the compiler
is asked: `work_of` whether it is a boxed stream (of a plain function: or future), around which more has to be put, and
`error` and `close` what its error can say. Of a `Result<u64, Error>` it is `t::returns::<Result<u64, Error>>().close()`.
";

/// A function and what becomes of it.
fn section(case: &str) -> String {
    let read = |name: String| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(name);
        fs::read_to_string(file).expect("a snapshot is readable")
    };
    let source = prettyplease::unparse(&syn::parse_file(&read(format!("{case}.rs"))).expect("a case is valid Rust"));
    let expanded = short(syn::parse_file(&read(format!("{case}.expanded.rs"))).expect("a snapshot is valid Rust"));
    format!("\n```rust\n{source}```\n\nbecomes\n\n```rust\n{expanded}```\n")
}

fn short(mut file: syn::File) -> String {
    for item in &mut file.items {
        let Item::Fn(function) = item else { continue };
        function.attrs.retain(|attribute| !attribute.path().is_ident("cfg_attr"));
        for statement in &mut function.block.stmts {
            if let Stmt::Item(Item::Static(site)) = statement {
                site.attrs.clear();
            }
        }
    }
    let tokens = file.into_token_stream().to_string();
    let names = [
        (":: taximeter :: __private ::", "t ::"),
        ("__TAXIMETER_SITE", "SITE"),
        (":: core :: future ::", ""),
        (":: core ::", ""),
    ];
    let tokens = names.iter().fold(tokens, |tokens, (long, short)| tokens.replace(long, short));
    prettyplease::unparse(&syn::parse_str(&tokens).expect("what is left is valid Rust"))
}

fn is_overwriting() -> bool {
    env::var_os("SNAPSHOTS").is_some_and(|mode| mode == "overwrite")
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
    if is_overwriting() {
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
