#[observe]
#[track_caller]
fn first(&self, from: &str) -> Result<u64, Empty> {
    let page = self.pages.get(from.parse()?).ok_or(Empty)?;
    if page.is_empty() {
        return Err(Empty);
    }
    Ok(page.number)
}
