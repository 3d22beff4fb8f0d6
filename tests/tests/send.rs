//! A future is `Send`, `Sync` and `'static` when the bare one is, and not when it is not.
//!
//! Most of this is decided when it is compiled: each helper takes a future that has the property or has it not, and the
//! same lines are read for bare functions and for each attribute.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

fn send<T: Send>(future: T) -> T {
    future
}

fn sync<T: Sync>(future: T) -> T {
    future
}

fn owned<T: 'static>(future: T) -> T {
    future
}

/// Takes what is not `Send`: for everything else there are two `Which`, and the compiler cannot tell which is meant.
fn not_send<T: EitherIfSend<Which>, Which>(future: T) -> T {
    future
}

fn not_sync<T: EitherIfSync<Which>, Which>(future: T) -> T {
    future
}

struct Always;
struct IfItHolds;

trait EitherIfSend<Which> {}
impl<T> EitherIfSend<Always> for T {}
impl<T: Send> EitherIfSend<IfItHolds> for T {}

trait EitherIfSync<Which> {}
impl<T> EitherIfSync<Always> for T {}
impl<T: Sync> EitherIfSync<IfItHolds> for T {}

fn finish<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

async fn wait() {
    std::future::ready(()).await;
}

/// `Send` and not `Sync`.
struct Seat(Cell<u32>);

impl Seat {
    fn number(&self) -> u32 {
        self.0.get()
    }
}

macro_rules! tests {
    ($($name:ident $(, #[$attribute:meta])?;)*) => {$(
        mod $name {
            use super::*;

            $(#[$attribute])?
            async fn borrows_nothing(number: u32, text: String) -> Result<u32, String> {
                wait().await;
                if text.is_empty() { Err(text) } else { Ok(number) }
            }

            #[test]
            fn a_future_of_plain_values_can_be_sent_shared_and_kept() {
                let value = finish(owned(sync(send(borrows_nothing(7, "text".to_owned())))));
                assert_eq!(value, Ok(7));
            }

            #[test]
            fn a_future_runs_on_another_thread() {
                let run = || finish(borrows_nothing(7, "text".to_owned()));
                assert_eq!(std::thread::spawn(run).join().expect("it does not panic"), Ok(7));
            }

            $(#[$attribute])?
            async fn borrows(text: &str, numbers: &mut Vec<u32>) -> usize {
                wait().await;
                numbers.push(1);
                text.len() + numbers.len()
            }

            #[test]
            fn a_future_that_borrows_can_be_sent() {
                let mut numbers = Vec::new();
                assert_eq!(finish(sync(send(borrows(&"text".to_owned(), &mut numbers)))), 5);
            }

            $(#[$attribute])?
            async fn borrows_for_ever(text: &'static str) -> usize {
                wait().await;
                text.len()
            }

            #[test]
            fn a_future_that_borrows_what_lasts_can_be_kept() {
                assert_eq!(finish(owned(send(borrows_for_ever("text")))), 4);
            }

            $(#[$attribute])?
            async fn takes_what_is_not_send(number: Rc<u32>) -> u32 {
                wait().await;
                *number
            }

            #[test]
            fn a_future_that_holds_what_is_not_send_is_not_send() {
                assert_eq!(finish(owned(not_sync(not_send(takes_what_is_not_send(Rc::new(7)))))), 7);
            }

            $(#[$attribute])?
            async fn keeps_what_is_not_send() -> u32 {
                let number = Rc::new(7);
                wait().await;
                *number
            }

            #[test]
            fn a_future_that_keeps_what_is_not_send_while_it_waits_is_not_send() {
                assert_eq!(finish(not_send(keeps_what_is_not_send())), 7);
            }

            $(#[$attribute])?
            async fn forgets_what_is_not_send() -> u32 {
                let number = {
                    let number = Rc::new(7);
                    *number
                };
                wait().await;
                number
            }

            #[test]
            fn a_future_that_forgets_what_is_not_send_before_it_waits_is_send() {
                assert_eq!(finish(sync(send(forgets_what_is_not_send()))), 7);
            }

            $(#[$attribute])?
            async fn gives_what_is_not_send() -> Rc<u32> {
                wait().await;
                Rc::new(7)
            }

            #[test]
            fn a_future_that_gives_what_is_not_send_is_send() {
                assert_eq!(*finish(sync(send(gives_what_is_not_send()))), 7);
            }

            $(#[$attribute])?
            async fn gives_an_error_that_is_not_send() -> Result<u32, Rc<str>> {
                wait().await;
                Err("odd".into())
            }

            #[test]
            fn a_future_that_gives_an_error_that_is_not_send_is_send() {
                assert_eq!(finish(send(gives_an_error_that_is_not_send())), Err("odd".into()));
            }

            $(#[$attribute])?
            async fn takes_what_is_not_sync(seat: Seat) -> u32 {
                wait().await;
                seat.number()
            }

            #[test]
            fn a_future_that_owns_what_is_not_sync_is_send_and_not_sync() {
                assert_eq!(finish(not_sync(send(takes_what_is_not_sync(Seat(Cell::new(7)))))), 7);
            }

            $(#[$attribute])?
            async fn borrows_what_is_not_sync(seat: &Seat) -> u32 {
                wait().await;
                seat.number()
            }

            #[test]
            fn a_future_that_borrows_what_is_not_sync_is_not_send() {
                assert_eq!(finish(not_send(borrows_what_is_not_sync(&Seat(Cell::new(7))))), 7);
            }

            $(#[$attribute])?
            async fn generic<T: Clone>(value: &T) -> T {
                wait().await;
                value.clone()
            }

            #[test]
            fn a_generic_future_is_send_when_its_argument_lets_it() {
                assert_eq!(finish(sync(send(generic(&7)))), 7);
                assert_eq!(*finish(not_send(generic(&Rc::new(7)))), 7);
                assert_eq!(finish(not_send(generic(&RefCell::new(7)))), RefCell::new(7));
            }

            struct Clerk;

            impl Clerk {
                $(#[$attribute])?
                async fn works(&mut self, number: u32) -> u32 {
                    wait().await;
                    number
                }

                $(#[$attribute])?
                async fn shares(self: Arc<Self>) -> usize {
                    wait().await;
                    Arc::strong_count(&self)
                }
            }

            #[test]
            fn a_method_is_as_send_as_its_receiver() {
                assert_eq!(finish(sync(send(Clerk.works(7)))), 7);
                assert_eq!(finish(owned(sync(send(Arc::new(Clerk).shares())))), 1);
            }
        }
    )*};
}

tests! {
    bare;
    observed, #[taximeter::observe];
    workflow, #[taximeter::workflow];
    llm_cost, #[taximeter::llm_cost(model = "gpt-4o-mini")];
}
