//! A value in a `Result` may hold what has no name.
#![deny(warnings)]

use taximeter::observe;

#[observe]
fn words(text: &str) -> Result<Vec<impl ToString>, std::num::ParseIntError> {
    let count: usize = text.parse()?;
    Ok(vec!['a'; count])
}

#[observe]
async fn words_later(text: &str) -> Result<Vec<impl ToString>, std::num::ParseIntError> {
    let count: usize = text.parse()?;
    Ok(vec!['a'; count])
}

fn main() {
    assert_eq!(words("2").map(|words| words.len()), Ok(2));
    assert!(words("two").is_err());
    let later = taximeter_ui_tests::block_on(words_later("3"));
    assert_eq!(later.map(|words| words.len()), Ok(3));
}
