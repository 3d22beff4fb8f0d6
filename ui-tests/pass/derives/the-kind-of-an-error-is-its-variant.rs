#![deny(warnings)]

use std::fmt::{self, Debug, Display};

use taximeter::{ErrorKind, observe};
use taximeter_ui_tests::{block_on, errors, spans};

#[derive(Debug, thiserror::Error, ErrorKind)]
enum OrderError {
    #[error("{0} is out of stock")]
    OutOfStock(String),
    #[error("rejected by {by}")]
    #[cfg(all())]
    Rejected { by: &'static str },
    #[error("never")]
    #[cfg(any())]
    Missing(Unknown),
    #[error("raw")]
    r#Unit,
}

#[derive(Debug, thiserror::Error, ErrorKind)]
#[error("timed out")]
struct TimedOut;

#[derive(Debug, ErrorKind)]
#[error_kind(crate = ::taximeter)]
enum Either<'a, T, const N: usize = 1>
where
    T: Clone,
{
    Left(&'a T),
    Right([T; N]),
}

impl<T: Clone, const N: usize> Display for Either<'_, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("either")
    }
}

impl<T: Clone + Debug, const N: usize> std::error::Error for Either<'_, T, N> {}

#[derive(Debug, thiserror::Error, ErrorKind)]
enum Never {}

#[observe]
fn place(error: OrderError) -> Result<u8, OrderError> {
    Err(error)
}

#[observe]
async fn wait_for(error: TimedOut) -> Result<u8, TimedOut> {
    Err(error)
}

#[observe]
fn generic<'a>(value: &'a u8) -> Result<(), Either<'a, u8>> {
    if *value == 0 { Err(Either::Right([1])) } else { Err(Either::Left(value)) }
}

#[observe]
fn never() -> Result<(), Never> {
    Ok(())
}

fn main() {
    let seen = spans(|| {
        let _ = place(OrderError::OutOfStock("tea".to_owned()));
        let _ = place(OrderError::Rejected { by: "bank" });
        let _ = place(OrderError::Unit);
        let _ = block_on(wait_for(TimedOut));
        let _ = (generic(&0), generic(&1), never());
    });
    assert_eq!(["OutOfStock", "Rejected", "Unit"].map(|kind| errors("place", kind)), [1, 1, 1]);
    assert_eq!((errors("wait_for", "TimedOut"), errors("generic", "Left"), errors("generic", "Right")), (1, 1, 1));
    assert_eq!(seen[0].field("error.type"), "OutOfStock");
}
