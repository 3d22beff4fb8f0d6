use taximeter::observe;

#[observe]
fn twice(text: String) -> usize {
    drop(text);
    text.len()
}

#[observe]
async fn twice_later(text: String) -> usize {
    drop(text);
    text.len()
}

#[observe]
fn dangling<'a>(text: String) -> &'a str {
    &text
}

fn main() {}
