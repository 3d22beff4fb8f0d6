// The words and places are of `#[observe]` alone.
#![deny(warnings)]

use std::fmt;

use taximeter::{llm_cost, observe, workflow};
use taximeter_ui_tests::{block_on, calls, spans, wait};
use tracing::Level;

struct Shop<T>(T);

#[observe(level = "debug", target = "shop")]
impl<T: Copy + fmt::Debug> Shop<T> {
    #![allow(clippy::unnecessary_wraps)]

    const SIZE: usize = {
        const INNER: usize = 3;
        INNER
    };

    /// Has its own documentation.
    fn place(&self) -> Result<[T; 2], String> {
        #![allow(clippy::needless_return)]
        return Ok([self.0, self.0]);
    }

    async fn later<const N: usize>(&mut self) -> Shop<[T; N]> {
        wait().await;
        Shop([self.0; N])
    }

    #[observe(skip)]
    const fn id() -> usize {
        Self::SIZE
    }

    #[observe(name = "shop.close", level = "warn")]
    fn close(self) -> T {
        self.0
    }

    #[taximeter::observe(span = false)]
    fn quiet(&self) {}

    #[workflow(name = "shop.all",)]
    fn all(&self) -> usize {
        Self::id()
    }

    #[llm_cost(model = "gpt-4o")]
    fn ask(&self) -> &'static str {
        "text"
    }

    #[expect(unused_braces)]
    fn braces(&self) -> Shop<[u8; { 2 }]> {
        Shop([0; 2])
    }
}

#[observe]
impl<T> fmt::Display for Shop<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("shop")
    }
}

#[observe]
impl Iterator for Shop<u8> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.0.checked_sub(1).inspect(|next| self.0 = *next)
    }
}

macro_rules! shops {
    ($ty:ty, $method:ident, $body:block) => {
        #[observe(span = false)]
        impl $ty {
            fn $method(&self) -> u8 $body

            #[observe(span = true, capture(ret))]
            fn with_span(&self) -> u8 {
                1
            }
        }
    };
}

struct Stall;

shops!(Stall, made, { 7 });

fn main() {
    let seen = spans(|| {
        let mut shop = Shop(1u8);
        assert_eq!(shop.place(), Ok([1, 1]));
        assert_eq!(block_on(shop.later::<4>()).0, [1; 4]);
        shop.quiet();
        assert_eq!((shop.all(), shop.ask(), shop.braces().0), (3, "text", [0, 0]));
        assert_eq!((shop.to_string(), shop.next(), shop.next()), ("shop".to_owned(), Some(0), None));
        assert_eq!(shop.close(), 0);
        assert_eq!((Stall.made(), Stall.with_span()), (7, 1));
    });
    for operation in ["place", "later", "quiet", "ask", "braces", "fmt"] {
        assert_eq!(calls(&format!("Shop::{operation}"), "success"), 1, "{operation}");
    }
    assert_eq!((calls("Shop::next", "success"), calls("shop.close", "success"), calls("shop.all", "success")), (2, 1, 1));
    assert_eq!((calls("Stall::made", "success"), calls("Shop::id", "success")), (1, 0));

    let of = |name: &str| seen.iter().find(|seen| seen.name.ends_with(name)).unwrap_or_else(|| panic!("{name}"));
    assert_eq!((of("Shop::place").level, of("Shop::place").target), (Level::DEBUG, "shop"));
    assert_eq!((of("shop.close").level, of("shop.close").target), (Level::WARN, "shop"));
    assert_eq!((of("shop.all").level, of("shop.all").target), (Level::DEBUG, "shop"));
    assert_eq!((of("Shop::fmt").level, of("Shop::fmt").target), (Level::INFO, "taximeter"));
    assert_eq!(of("Stall::with_span").field("ret"), "1");
    assert!(!seen.iter().any(|seen| seen.name.ends_with("quiet") || seen.name.ends_with("made")));
}
