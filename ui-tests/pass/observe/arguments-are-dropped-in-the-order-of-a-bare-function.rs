#![deny(warnings)]

use std::cell::RefCell;

use taximeter::observe;
use taximeter_ui_tests::{block_on, wait};

thread_local! {
    static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

struct Tell(&'static str);

impl Drop for Tell {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

impl Tell {
    fn all(self, one: Tell, other: Tell) -> usize {
        let _local = Tell("local");
        self.0.len() + one.0.len() + other.0.len()
    }

    #[observe]
    fn all_observed(self, one: Tell, other: Tell) -> usize {
        let _local = Tell("local");
        self.0.len() + one.0.len() + other.0.len()
    }
}

struct Parts {
    left: Tell,
    right: Tell,
}

macro_rules! twins {
    ($bare:ident, $observed:ident, ($($arguments:tt)*), $body:block) => {
        fn $bare($($arguments)*) -> usize $body

        #[observe]
        fn $observed($($arguments)*) -> usize $body
    };
    (async $bare:ident, $observed:ident, ($($arguments:tt)*), $body:block) => {
        async fn $bare($($arguments)*) -> usize $body

        #[observe]
        async fn $observed($($arguments)*) -> usize $body
    };
}

twins!(three, three_observed, (a: Tell, b: Tell, c: Tell), {
    let _local = Tell("local");
    b.0.len() + a.0.len() + c.0.len()
});

twins!(guards, guards_observed, (_a: Tell, b: Tell, _c: Tell), {
    let _local = Tell("local");
    b.0.len()
});

twins!(parts, parts_observed, (a: Tell, (b, c): (Tell, Tell), d: Parts), {
    let _local = Tell("local");
    let sum = d.right.0.len() + c.0.len();
    sum + a.0.len() + b.0.len() + d.left.0.len()
});

twins!(placeholder, placeholder_observed, (a: &'static str, b: Tell, c: Tell), {
    let _local = Tell("local");
    let text = format!("{a}{}", c.0);
    text.len() + b.0.len()
});

twins!(async later, later_observed, (a: Tell, b: Tell, _c: Tell), {
    let _local = Tell("local");
    wait().await;
    a.0.len() + b.0.len()
});

fn order<T>(call: impl FnOnce() -> T) -> Vec<&'static str> {
    let _ = call();
    DROPPED.take()
}

fn abc() -> (Tell, Tell, Tell) {
    (Tell("a"), Tell("b"), Tell("c"))
}

fn main() {
    let call = |f: fn(Tell, Tell, Tell) -> usize| {
        let (a, b, c) = abc();
        order(|| f(a, b, c))
    };
    assert_eq!(call(three), ["local", "c", "b", "a"]);
    assert_eq!(call(three_observed), call(three));
    assert_eq!(call(guards_observed), call(guards));
    assert_eq!(call(Tell::all_observed), call(Tell::all));

    let call = |f: fn(Tell, (Tell, Tell), Parts) -> usize| {
        let (a, b, c) = abc();
        order(|| f(a, (b, c), Parts { left: Tell("left"), right: Tell("right") }))
    };
    assert_eq!(call(parts_observed), call(parts));

    let call = |f: fn(&'static str, Tell, Tell) -> usize| order(|| f("a", Tell("b"), Tell("c")));
    assert_eq!(call(placeholder_observed), call(placeholder));

    let bare = order(|| block_on(later(Tell("a"), Tell("b"), Tell("c"))));
    assert_eq!(order(|| block_on(later_observed(Tell("a"), Tell("b"), Tell("c")))), bare);
    let bare = order(|| drop(later(Tell("a"), Tell("b"), Tell("c"))));
    assert_eq!(order(|| drop(later_observed(Tell("a"), Tell("b"), Tell("c")))), bare);
}
