#[observe]
fn longer_than(limit: usize) -> impl Fn(&str) -> bool {
    move |text| text.len() > limit
}
