//! Calls to a database: what was asked, of which table, and how many rows came back. Never the values.
//!
//! ```text
//! OTEL_TRACES_EXPORTER=console cargo run --example database
//! ```

use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use taximeter::{observe, workflow};

#[derive(Debug, sqlx::FromRow)]
struct User {
    name: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _telemetry = taximeter::init("users");
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    let done = run(&pool).await;
    // The thread of SQLite holds the span of its last statement for a moment longer than the caller.
    pool.close().await;
    Ok(done?)
}

#[workflow(name = "users.report")]
async fn run(pool: &SqlitePool) -> sqlx::Result<()> {
    execute(pool, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, tier TEXT)").await?;
    execute(pool, "INSERT INTO users (name, tier) VALUES ('Ann', 'gold'), ('Bob', 'gold'), ('Cid', 'free')").await?;
    for user in of_tier(pool, "gold").await? {
        println!("{}", user.name);
    }
    if find(pool, 4711).await?.is_none() {
        println!("nobody has the number 4711");
    }
    Ok(())
}

#[observe(db(system = "sqlite", operation = "SELECT", table = "users", statement = BY_TIER))]
async fn of_tier(pool: &SqlitePool, tier: &str) -> sqlx::Result<Vec<User>> {
    sqlx::query_as(BY_TIER).bind(tier).fetch_all(pool).await
}

const BY_TIER: &str = "SELECT name FROM users WHERE tier = ? ORDER BY name LIMIT 100";

#[observe(db(system = "sqlite", operation = "SELECT", table = "users"))]
async fn find(pool: &SqlitePool, id: i64) -> sqlx::Result<Option<User>> {
    sqlx::query_as("SELECT name FROM users WHERE id = ?").bind(id).fetch_optional(pool).await
}

/// A statement that is written out by hand has values in it; the span has a `?` in the place of each.
#[observe(db(system = "sqlite", statement = statement))]
async fn execute(pool: &SqlitePool, statement: &'static str) -> sqlx::Result<u64> {
    Ok(sqlx::query(statement).execute(pool).await?.rows_affected())
}
