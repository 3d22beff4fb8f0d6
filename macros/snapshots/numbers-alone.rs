#[observe(span = false)]
async fn ping() -> bool {
    true
}
