//! The shapes of `pass/observe` under the other attributes: what one attribute accepts, all accept.

use std::fs;
use std::path::{Path, PathBuf};

/// Writes the shapes of some folders of `pass/`, with `attribute` in the place of `#[observe]`, into a folder below
/// `target`, and gives a pattern for them.
///
/// # Panics
///
/// When a file cannot be read or written.
#[must_use]
pub fn under(attribute: &str, folders: &[&str], target: &str) -> PathBuf {
    let written = Path::new(target).join(folders.join("-")).join(attribute);
    // What is not a case any more must not be one here.
    let _ = fs::remove_dir_all(&written);
    fs::create_dir_all(&written).expect("the folder can be made");
    for folder in folders {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("pass").join(folder);
        for case in fs::read_dir(cases).expect("there are cases").map(|case| case.expect("a case is readable").path()) {
            let source = fs::read_to_string(&case).expect("a case is readable");
            let name = case.file_name().expect("a case has a name").to_string_lossy();
            if !source.contains(OF_OBSERVE_ALONE) && !source.contains(OF_SEVERAL) {
                let file = written.join(format!("{attribute}-{name}"));
                fs::write(file, translated(&source, attribute)).expect("a case is writable");
            }
        }
    }
    written.join("*.rs")
}

/// Writes a case of `pass/observe` without the attribute, and gives its path: what holds of the annotated functions holds
/// of the bare ones.
///
/// # Panics
///
/// When a file cannot be read or written.
#[must_use]
pub fn bare(case: &str, target: &str) -> PathBuf {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("pass/observe").join(case));
    let source = without_attribute(&source.expect("the case is readable"));
    let folder = Path::new(target).join("bare");
    fs::create_dir_all(&folder).expect("the folder can be made");
    fs::write(folder.join(case), source).expect("the case is writable");
    folder.join(case)
}

/// A case without `#[observe]`, each line where it was.
#[must_use]
pub fn without_attribute(source: &str) -> String {
    let mut bare = source.replace("use taximeter::observe;", "").replace("use super::observe;", "");
    for attribute in ["#[observe", "#[taximeter::observe"] {
        while let Some(start) = find_in_code(&bare, attribute) {
            let length = bare.get(start..).and_then(length_of_attribute).expect("an attribute ends");
            let lines = bare[start..start + length].matches('\n').count();
            bare.replace_range(start..start + length, &"\n".repeat(lines));
        }
    }
    bare
}

/// Where a text stands that is in no comment.
fn find_in_code(source: &str, text: &str) -> Option<usize> {
    let is_code = |start: &usize| source[..*start].rsplit('\n').next().is_none_or(|line| !line.contains("//"));
    source.match_indices(text).map(|(start, _)| start).find(is_code)
}

/// The bytes up to the bracket that closes the first one.
fn length_of_attribute(source: &str) -> Option<usize> {
    let mut depth = 0;
    for (position, letter) in source.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' if depth == 1 => return Some(position + 1),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The cases of `pass/observe` that are of `#[observe]` alone: their names, and what is in them.
///
/// # Panics
///
/// When a file cannot be read.
#[must_use]
pub fn of_observe() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pass/observe");
    let files = fs::read_dir(folder).expect("there are cases").map(|case| case.expect("a case is readable").path());
    let read = |path: PathBuf| {
        let name = path.file_stem().expect("a case has a name").to_string_lossy().replace('-', "_");
        (name, fs::read_to_string(&path).expect("a case is readable"))
    };
    files.map(read).filter(|(_, source)| !source.contains(OF_SEVERAL)).collect()
}

/// The case that says which lints functions have.
pub const LINTS: &str = "lints-are-those-of-a-bare-function.rs";

/// What a case says that is about nothing but `#[observe]`.
const OF_OBSERVE_ALONE: &str = "are of `#[observe]` alone";

/// How a case begins that has other attributes already, or re-exports this one.
const OF_SEVERAL: &str = "taximeter::{";

fn translated(source: &str, attribute: &str) -> String {
    let (alone, with_words) = match attribute {
        "llm_cost" => ("llm_cost(model = \"gpt-4o\")".to_owned(), "llm_cost(model = \"gpt-4o\", ".to_owned()),
        other => (other.to_owned(), format!("{other}(")),
    };
    source
        .replace("observe(", &with_words)
        .replace("observe]", &format!("{alone}]"))
        .replace("observe)]", &format!("{alone})]"))
        .replace("observe;", &format!("{attribute};"))
}
