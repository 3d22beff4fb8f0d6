#[observe]
fn find_page<'a>(pages: &'a mut Vec<Page>, question: &str) -> Result<&'a mut Page, Error> {
    let place = search(pages, question)?;
    Ok(&mut pages[place])
}
