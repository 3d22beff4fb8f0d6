//! A function deep in recursion returns what it returns, and each of its calls counts.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::thread;

use taximeter::observe;
use taximeter_tests::numbers::page;

const DEPTH: u64 = 100_000;
/// The frames of a debug build are several times as large as those that users run.
const STACK: usize = 1 << 30;

fn in_a_large_stack<T: Send + 'static>(run: fn() -> T) -> T {
    let thread = thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread with a large stack starts");
    thread.join().expect("the stack is large enough")
}

fn count(operation: &str, status: &str) -> Option<f64> {
    let labels = format!("operation={operation:?},module=\"recursion\",status={status:?}");
    page().value(&format!("operation_duration_seconds_count{{{labels}}}"))
}

fn running(operation: &str) -> Option<f64> {
    page().value(&format!("operations_in_flight{{operation={operation:?},module=\"recursion\"}}"))
}

#[test]
fn a_hundred_thousand_calls_deep_every_call_counts() {
    #[observe]
    fn sum(number: u64) -> u64 {
        if number == 0 {
            assert_eq!(running("sum"), Some(DEPTH as f64 + 1.0));
            return 0;
        }
        number + sum(number - 1)
    }
    assert_eq!(in_a_large_stack(|| sum(DEPTH)), DEPTH * (DEPTH + 1) / 2);
    assert_eq!(count("sum", "success"), Some(DEPTH as f64 + 1.0));
    assert_eq!(running("sum"), Some(0.0));
}

#[test]
fn an_error_from_the_deepest_call_is_an_error_of_every_call() {
    #[observe]
    fn dig(depth: u64) -> Result<u64, String> {
        if depth == 0 {
            return Err("rock".to_owned());
        }
        Ok(dig(depth - 1)? + 1)
    }
    assert_eq!(in_a_large_stack(|| dig(DEPTH)), Err("rock".to_owned()));
    assert_eq!(count("dig", "error"), Some(DEPTH as f64 + 1.0));
    assert_eq!(running("dig"), Some(0.0));
}

#[test]
fn a_guarded_function_without_a_value_goes_as_deep() {
    #[observe]
    fn walk(steps: u64) {
        if steps > 0 {
            walk(steps - 1);
        }
    }
    in_a_large_stack(|| walk(DEPTH));
    assert_eq!(count("walk", "success"), Some(DEPTH as f64 + 1.0));
    assert_eq!(running("walk"), Some(0.0));
}

#[test]
fn boxed_futures_go_as_deep() {
    #[observe]
    async fn climb(height: u64) -> u64 {
        if height == 0 {
            return 0;
        }
        let next: Pin<Box<dyn Future<Output = u64>>> = Box::pin(climb(height - 1));
        1 + next.await
    }
    let climb_all = || match pin!(climb(DEPTH)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(height) => height,
        Poll::Pending => unreachable!("nothing here waits"),
    };
    assert_eq!(in_a_large_stack(climb_all), DEPTH);
    assert_eq!(count("climb", "success"), Some(DEPTH as f64 + 1.0));
    assert_eq!(running("climb"), Some(0.0));
}
