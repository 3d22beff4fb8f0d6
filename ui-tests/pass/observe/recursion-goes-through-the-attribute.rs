#![deny(warnings)]

use std::future::Future;
use std::pin::Pin;

use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, wait};

#[observe]
fn factorial(number: u64) -> u64 {
    if number == 0 { 1 } else { number * factorial(number - 1) }
}

#[observe]
async fn factorial_later(number: u64) -> u64 {
    if number == 0 {
        return 1;
    }
    wait().await;
    number * Box::pin(factorial_later(number - 1)).await
}

#[observe]
fn boxed(number: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move { if number == 0 { 1 } else { number * boxed(number - 1).await } })
}

fn main() {
    assert_eq!((factorial(5), block_on(factorial_later(5)), block_on(boxed(5))), (120, 120, 120));
    assert_eq!((calls("factorial", "success"), calls("factorial_later", "success")), (6, 6));
}
