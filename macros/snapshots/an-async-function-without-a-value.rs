#[observe(crate = crate::house)]
async fn wait(until: Instant) {
    sleep_until(until).await;
}
