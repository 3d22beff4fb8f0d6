#![deny(warnings)]

use std::cell::RefCell;
use std::sync::Mutex;

use taximeter::observe;
use taximeter_ui_tests::{block_on, wait};

#[observe]
fn count() -> usize {
    let cell = RefCell::new(vec![1]);
    cell.borrow().len()
}

#[observe]
async fn count_later(_guard: String) -> usize {
    wait().await;
    let cell = RefCell::new(vec![1]);
    cell.borrow().len()
}

#[observe]
fn locked(lock: &Mutex<u8>) -> u8 {
    *lock.lock().unwrap()
}

#[observe]
fn push(text: Mutex<String>) {
    text.lock().unwrap().push('a')
}

fn main() {
    push(Mutex::default());
    assert_eq!((count(), block_on(count_later(String::new())), locked(&Mutex::new(1))), (1, 1, 1));
}
