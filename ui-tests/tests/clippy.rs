//! Clippy says of an annotated function what it says of the bare one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;
use taximeter_ui_tests::shapes;

/// What no attribute can leave as it is: the function is not what was written, or its body is not where it was.
const LOST: [&str; 10] = [
    // It cannot be one: it reads a clock.
    "clippy::missing_const_for_fn",
    // The body takes the arguments over, to drop them in their order.
    "clippy::boxed_local",
    "clippy::needless_pass_by_value",
    // The body is in a closure.
    "clippy::unconditional_recursion",
    "clippy::unnecessary_wraps",
    // The function waits for what the attribute put around the body, or is written as the future that it returns.
    "clippy::manual_async_fn",
    "clippy::unused_async",
    // The first statement is an item.
    "clippy::inline_always",
    // There is a line with nothing on it where the attribute was.
    "clippy::empty_line_after_doc_comments",
    "clippy::empty_line_after_outer_attr",
];

/// Clippy leaves functions from macros alone, and takes this one for the user's.
const FROM_A_MACRO: (&str, &str) = ("clippy::unused_self", "$visibility fn");

/// Cases that cannot stand without the attribute.
const NOT_BARE: [&str; 3] = ["cfg_attr(all(), observe)", "crate = ", "no_implicit_prelude"];

const GROUPS: &str = "#![warn(clippy::all, clippy::pedantic, clippy::nursery, clippy::dbg_macro, clippy::print_stdout)]\
                      #![allow(unused)]";

#[test]
fn an_annotated_function_has_the_lints_of_a_bare_one() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clippy");
    let cases: Vec<_> = shapes::of_observe()
        .into_iter()
        .filter(|(_, source)| !NOT_BARE.iter().any(|only| source.contains(only)))
        .collect();
    write(&package, &cases);
    let said = clippy(&package);
    let of = |variant: &str| -> BTreeSet<(String, usize, String)> {
        let of_variant =
            said.iter().filter(|said| !said.is_of_words).filter_map(|Said { target, line, lint, .. }| {
                target.strip_prefix(variant).map(|case| (case.to_owned(), *line, lint.clone()))
            });
        of_variant.collect()
    };
    let (bare, annotated) = (of("bare_"), of("annotated_"));
    assert!(bare.len() > 20, "clippy has something to say of the cases");

    let lost: Vec<_> = bare.difference(&annotated).filter(|(.., lint)| !LOST.contains(&lint.as_str())).collect();
    assert!(lost.is_empty(), "lost: {lost:#?}");
    let is_of_the_case = |(case, line, lint): &&(String, usize, String)| {
        let bare = cases.iter().find(|(name, _)| name == case).map(|(_, source)| shapes::without_attribute(source));
        let bare = bare.as_deref().and_then(|source| source.lines().nth(line - 1));
        let (known, text) = FROM_A_MACRO;
        bare.is_some_and(|line| lint == known && line.contains(text))
    };
    let added: Vec<_> = annotated.difference(&bare).filter(|said| !is_of_the_case(said)).collect();
    assert!(added.is_empty(), "added: {added:#?}");
}

/// A package with each case twice, with the dependencies and the versions of this one.
fn write(package: &Path, cases: &[(String, String)]) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let programs = package.join("src/bin");
    // What is not a case any more must not be one here.
    let _ = fs::remove_dir_all(&programs);
    fs::create_dir_all(&programs).expect("the folder can be made");
    let manifest = MANIFEST.replace("ROOT", &root.display().to_string());
    fs::write(package.join("Cargo.toml"), manifest).expect("the manifest is writable");
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).expect("the versions are there");
    for (name, source) in cases {
        // What a case denies or expects is no part of the comparison.
        let source = source.replace("#![deny(", "#![warn(").replace("#![forbid(", "#![warn(");
        let source = source.replace("#[expect(", "#[allow(");
        let write = |variant: &str, source: &str| {
            let program = programs.join(format!("{variant}_{name}.rs"));
            fs::write(program, format!("{GROUPS}{source}")).expect("a case is writable");
        };
        write("bare", &shapes::without_attribute(&source));
        write("annotated", &source);
    }
}

const MANIFEST: &str = r#"
[package]
name = "shapes"
version = "0.1.0"
edition = "2024"

[workspace]

[dependencies]
anyhow = "1"
async-stream = "0.3"
async-trait = "0.1"
futures = "0.3"
taximeter = { path = "ROOT/taximeter", default-features = false }
taximeter-ui-tests = { path = "ROOT/ui-tests" }
thiserror = "2"
tokio = { version = "1", features = ["macros", "rt"] }
tracing = { version = "0.1", default-features = false, features = ["attributes"] }
"#;

/// One thing that clippy says.
struct Said {
    target: String,
    line: usize,
    lint: String,
    /// Whether it is about what the attribute was told, which cannot be said where there is none.
    is_of_words: bool,
}

/// All that clippy says.
fn clippy(package: &Path) -> Vec<Said> {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut clippy = Command::new(cargo);
    clippy.args(["clippy", "--bins", "--message-format=json"]).current_dir(package);
    let output = clippy.env("CARGO_TARGET_DIR", package.join("target")).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().filter_map(lint).collect()
}

fn lint(line: &str) -> Option<Said> {
    let said: Value = serde_json::from_str(line).ok()?;
    let (target, message) = (said.pointer("/target/name")?.as_str()?, said.get("message")?);
    let code = message.pointer("/code/code")?.as_str()?;
    let spans = message.get("spans")?.as_array()?;
    let place = spans.iter().find(|span| span.get("is_primary").is_some_and(|is| is == true))?;
    let line = usize::try_from(place.get("line_start")?.as_u64()?).ok()?;
    let column = usize::try_from(place.get("column_start")?.as_u64()?).ok()?;
    let source = place.pointer("/text/0/text").and_then(Value::as_str).unwrap_or_default();
    let is_of_words = is_of_words(source, column);
    Some(Said { target: target.to_owned(), line, lint: code.to_owned(), is_of_words })
}

/// Whether a column of a line is behind the parenthesis that an attribute of ours opens.
fn is_of_words(line: &str, column: usize) -> bool {
    let words = line.find("observe(").map(|start| start + "observe(".len());
    line.trim_start().starts_with("#[") && words.is_some_and(|words| column > words)
}
