#[observe]
#[track_caller]
pub fn first<T: Clone>(pages: &[T], (from, _): (usize, Guard)) -> Result<T, Empty> {
    let page = pages.get(from).ok_or(Empty)?;
    Ok(page.clone())
}
