#[observe]
#[track_caller]
fn first(pages: &[Page]) -> &Page {
    &pages[0]
}
