#![deny(warnings)]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use taximeter::observe;
use taximeter_ui_tests::{calls, wait};

#[observe]
async fn slow(text: String) -> Result<String, String> {
    wait().await;
    Ok(text)
}

fn main() {
    drop(slow("never polled".to_owned()));
    assert_eq!(calls("slow", "cancelled"), 0);
    {
        let mut future = pin!(slow("polled once".to_owned()));
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!((calls("slow", "cancelled"), calls("slow", "success")), (1, 0));
}
