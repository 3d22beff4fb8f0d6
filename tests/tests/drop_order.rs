//! Arguments and locals are dropped in the order in which a bare function drops them.

use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

thread_local! {
    static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Writes its name down when it is dropped.
struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

impl Noisy {
    fn touch(&self) -> usize {
        self.0.len()
    }
}

struct Pair {
    left: Noisy,
    right: Noisy,
}

fn pair() -> Pair {
    Pair { left: Noisy("left"), right: Noisy("right") }
}

/// Pending once.
async fn wait() {
    let mut is_first = true;
    std::future::poll_fn(|_| if std::mem::take(&mut is_first) { Poll::Pending } else { Poll::Ready(()) }).await;
}

/// The names that a scenario drops, in their order.
fn dropped(scenario: fn()) -> String {
    DROPPED.take();
    scenario();
    DROPPED.take().join(" ")
}

fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = poll(future.as_mut()) {
            return value;
        }
    }
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The same functions and scenarios, each function with the same attribute or with none.
macro_rules! module {
    ($name:ident $(, #[$attribute:meta])?) => {
        mod $name {
            #![allow(unused_variables, clippy::needless_pass_by_value)]

            use super::*;

            $(#[$attribute])?
            fn all_named(a: Noisy, b: Noisy, c: Noisy) -> usize {
                let local = Noisy("local");
                let last = Noisy("last");
                b.touch() + a.touch() + c.touch() + local.touch() + last.touch()
            }

            pub(super) fn arguments() {
                all_named(Noisy("a"), Noisy("b"), Noisy("c"));
            }

            $(#[$attribute])?
            fn one_moved(a: Noisy, b: Noisy, c: Noisy) -> Noisy {
                a.touch();
                c.touch();
                b
            }

            pub(super) fn moved() {
                let returned = one_moved(Noisy("a"), Noisy("b"), Noisy("c"));
                Noisy("after").touch();
                drop(returned);
            }

            $(#[$attribute])?
            fn nothing_returned(a: Noisy, b: Noisy) {
                let local = Noisy("local");
                b.touch();
            }

            pub(super) fn unit() {
                nothing_returned(Noisy("a"), Noisy("b"));
            }

            $(#[$attribute])?
            fn early(a: Noisy, b: Noisy) -> Result<usize, String> {
                let local = Noisy("local");
                if a.touch() == 1 {
                    Err("early")?;
                }
                let later = Noisy("later");
                Ok(b.touch() + later.touch())
            }

            pub(super) fn early_return() {
                assert!(early(Noisy("a"), Noisy("b")).is_err());
                assert!(early(Noisy("a2"), Noisy("b2")).is_ok());
            }

            $(#[$attribute])?
            fn panicking(a: Noisy, b: Noisy) -> usize {
                let local = Noisy("local");
                if a.touch() + b.touch() == 2 {
                    std::panic::resume_unwind(Box::new("unwinding"));
                }
                local.touch()
            }

            pub(super) fn panic() {
                assert!(catch_unwind(|| panicking(Noisy("a"), Noisy("b"))).is_err());
            }

            $(#[$attribute])?
            fn taken_apart(
                (a, b): (Noisy, Noisy),
                Pair { left, right }: Pair,
                [first, second]: [Noisy; 2],
            ) -> usize {
                a.touch() + b.touch() + left.touch() + right.touch() + first.touch() + second.touch()
            }

            pub(super) fn patterns() {
                taken_apart((Noisy("a"), Noisy("b")), pair(), [Noisy("first"), Noisy("second")]);
            }

            $(#[$attribute])?
            fn underscored(a: Noisy, _guard: Noisy, c: Noisy) -> usize {
                a.touch() + c.touch()
            }

            pub(super) fn guard() {
                underscored(Noisy("a"), Noisy("guard"), Noisy("c"));
            }

            $(#[$attribute])?
            fn one_unused(a: Noisy, unused: Noisy, c: Noisy) -> usize {
                a.touch() + c.touch()
            }

            pub(super) fn unused() {
                one_unused(Noisy("a"), Noisy("unused"), Noisy("c"));
            }

            $(#[$attribute])?
            fn one_ignored(a: Noisy, _: Noisy, c: Noisy) -> usize {
                a.touch() + c.touch()
            }

            pub(super) fn ignored() {
                one_ignored(Noisy("a"), Noisy("ignored"), Noisy("c"));
            }

            $(#[$attribute])?
            fn partly(a: Noisy, Pair { left, .. }: Pair, c: Noisy) -> usize {
                a.touch() + left.touch() + c.touch()
            }

            pub(super) fn rest() {
                partly(Noisy("a"), pair(), Noisy("c"));
            }

            $(#[$attribute])?
            fn temporary(a: Noisy) -> usize {
                let local = Noisy("local");
                Noisy("temporary").touch() + a.touch()
            }

            pub(super) fn temporaries() {
                temporary(Noisy("a"));
            }

            impl Pair {
                $(#[$attribute])?
                fn $name(self, a: Noisy) -> usize {
                    a.touch() + self.left.touch()
                }
            }

            pub(super) fn receiver() {
                pair().$name(Noisy("a"));
            }

            $(#[$attribute])?
            async fn later(a: Noisy, b: Noisy, _guard: Noisy) -> usize {
                let local = Noisy("local");
                wait().await;
                let last = Noisy("last");
                b.touch() + a.touch() + local.touch() + last.touch()
            }

            fn future() -> impl Future<Output = usize> {
                later(Noisy("a"), Noisy("b"), Noisy("guard"))
            }

            pub(super) fn asynchronous() {
                finish(future());
            }

            pub(super) fn never_polled() {
                drop(future());
            }

            pub(super) fn dropped_half_way() {
                let mut future = Box::pin(future());
                assert!(poll(future.as_mut()).is_pending());
                drop(future);
            }

            $(#[$attribute])?
            async fn later_unused(a: Noisy, unused: Noisy, _: Noisy, c: Noisy) -> usize {
                wait().await;
                a.touch() + c.touch()
            }

            pub(super) fn asynchronous_unused() {
                finish(later_unused(Noisy("a"), Noisy("unused"), Noisy("ignored"), Noisy("c")));
            }

            pub(super) fn dropped_half_way_unused() {
                let mut future = Box::pin(later_unused(Noisy("a"), Noisy("unused"), Noisy("ignored"), Noisy("c")));
                assert!(poll(future.as_mut()).is_pending());
                drop(future);
            }

            $(#[$attribute])?
            async fn later_apart((a, b): (Noisy, Noisy), Pair { left, right }: Pair) -> usize {
                wait().await;
                a.touch() + b.touch() + left.touch() + right.touch()
            }

            pub(super) fn asynchronous_patterns() {
                finish(later_apart((Noisy("a"), Noisy("b")), pair()));
            }

            $(#[$attribute])?
            async fn later_panicking(a: Noisy, b: Noisy) -> usize {
                let local = Noisy("local");
                wait().await;
                if a.touch() + b.touch() == 2 {
                    std::panic::resume_unwind(Box::new("unwinding"));
                }
                local.touch()
            }

            pub(super) fn asynchronous_panic() {
                let future = later_panicking(Noisy("a"), Noisy("b"));
                assert!(catch_unwind(AssertUnwindSafe(|| finish(future))).is_err());
            }
        }
    };
}

module!(bare);
module!(observed, #[taximeter::observe]);
module!(workflow, #[taximeter::workflow]);
module!(llm_cost, #[taximeter::llm_cost(model = "gpt-4o-mini")]);

/// One test per scenario: first what the bare function does, then that the attributes do the same.
macro_rules! tests {
    ($($test:ident: $scenario:ident = $order:literal;)*) => {$(
        #[test]
        fn $test() {
            assert_eq!(dropped(bare::$scenario), $order, "bare");
            assert_eq!(dropped(observed::$scenario), $order, "observed");
            assert_eq!(dropped(workflow::$scenario), $order, "workflow");
            assert_eq!(dropped(llm_cost::$scenario), $order, "llm_cost");
        }
    )*};
}

tests! {
    arguments_are_dropped_after_the_locals_from_the_last_to_the_first: arguments = "last local c b a";
    an_argument_that_is_returned_is_dropped_by_the_caller: moved = "c a after b";
    a_function_without_a_value_drops_as_the_others: unit = "local b a";
    an_early_return_drops_what_was_there: early_return = "local b a later local b2 a2";
    a_panic_drops_in_the_order_of_a_return: panic = "local b a";
    a_pattern_drops_the_names_that_it_binds: patterns = "second first right left b a";
    a_guard_that_nobody_names_is_dropped_in_its_turn: guard = "c guard a";
    an_unused_argument_is_dropped_in_its_turn: unused = "c unused a";
    an_argument_without_a_name_is_dropped_in_its_turn: ignored = "c ignored a";
    what_a_pattern_leaves_is_dropped_after_what_it_binds: rest = "c left right a";
    a_temporary_of_the_last_expression_is_dropped_before_the_locals: temporaries = "temporary local a";
    a_receiver_is_dropped_last: receiver = "a left right";
    an_async_function_drops_as_a_plain_one: asynchronous = "last local guard b a";
    a_future_that_is_never_polled_drops_its_arguments: never_polled = "a b guard";
    a_future_that_is_dropped_half_way_drops_what_is_there: dropped_half_way = "local guard b a";
    an_async_function_drops_an_unused_argument_in_its_turn: asynchronous_unused = "c ignored unused a";
    a_future_that_is_dropped_half_way_drops_an_unused_argument_in_its_turn: dropped_half_way_unused = "c ignored unused a";
    an_async_function_drops_the_names_that_a_pattern_binds: asynchronous_patterns = "right left b a";
    a_panic_of_an_async_function_drops_in_the_order_of_a_return: asynchronous_panic = "local b a";
}
