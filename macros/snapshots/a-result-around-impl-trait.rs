#[observe]
fn words(text: &str) -> Result<impl Iterator<Item = &str>, Empty> {
    if text.is_empty() {
        return Err(Empty);
    }
    Ok(text.split(' '))
}
