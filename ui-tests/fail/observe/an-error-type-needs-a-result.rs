use taximeter::observe;

#[observe(error_type = |_| "x")]
fn nothing() {}

#[observe(error_type = |_| "x")]
fn option() -> Option<Vec<&'static str>> {
    None
}

#[observe(error_type = |_| "x")]
async fn tuple() -> (u8, u8) {
    (1, 1)
}

#[observe(error_type = |error| error.to_owned())]
fn wrong_type() -> Result<u8, String> {
    Ok(1)
}

#[observe(error_type = "x")]
fn no_closure() -> Result<u8, String> {
    Ok(1)
}

fn main() {}
