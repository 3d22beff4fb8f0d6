#[observe(fields(shard = shard), db(system = "postgresql", operation = "SELECT", table = "users", statement = SQL))]
async fn find(shard: u8) -> Result<Vec<User>, Error> {
    pool(shard).fetch(SQL).await
}
