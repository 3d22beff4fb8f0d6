//! What the measured functions call.

pub type Find = fn(u64, &str, usize) -> Result<Found, Odd>;
pub type Fetch = fn(u64, &'static str, usize) -> std::pin::Pin<Box<dyn Future<Output = Result<Found, Odd>>>>;

/// Most functions return a type of their program.
#[derive(Debug)]
pub struct Found(pub u64);

#[derive(Debug)]
pub struct Odd;

impl std::fmt::Display for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("odd")
    }
}

impl std::error::Error for Odd {}

#[inline(never)]
fn weigh(key: &str) -> Result<usize, Odd> {
    if key.len() % 2 == 0 { Ok(key.len()) } else { Err(Odd) }
}

async fn weigh_later(key: &str) -> Result<usize, Odd> {
    std::future::ready(()).await;
    weigh(key)
}
