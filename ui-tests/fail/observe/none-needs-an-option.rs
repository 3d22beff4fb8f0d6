use taximeter::observe;

#[observe(none = "error")]
fn nothing() {}

#[observe(none = "error")]
fn number() -> u8 {
    1
}

#[observe(none = "error")]
async fn result() -> Result<String, Vec<u8>> {
    Ok(String::new())
}

#[observe(none = "failure")]
fn another_word() -> Option<u8> {
    None
}

#[observe(none = true)]
fn no_text() -> Option<u8> {
    None
}

type Number = u8;

#[observe(none = "error")]
fn alias() -> Number {
    1
}

fn main() {}
