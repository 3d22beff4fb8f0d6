#[observe]
fn open(key: &str) -> Result<BoxFuture<'static, impl Display>, Error> {
    Ok(async { 1 }.boxed())
}
