#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, wait};

struct House;

macro_rules! functions {
    ($visibility:vis $name:ident, $later:ident, $of:ty, $body:block, $this:ident) => {
        #[observe(name = "macro.twice")]
        $visibility fn $name(value: $of, kept: String) -> $of {
            let _kept = kept;
            value + value
        }

        #[observe]
        $visibility async fn $later(value: $of, guard: String) -> $of {
            wait().await;
            drop(guard);
            value
        }

        impl House {
            #[observe]
            $visibility fn $name(&$this) -> $of $body
        }
    };
}

macro_rules! observed {
    ($name:literal, $item:item) => {
        #[observe(name = $name)]
        $item
    };
    ($item:item) => {
        #[observe]
        $item
    };
}

functions!(pub(crate) twice, later, u8, { 1 }, self);

observed!(
    fn size(text: String) -> usize {
        text.len()
    }
);

observed!(
    "orders.place",
    fn place() -> u8 {
        1
    }
);

fn main() {
    assert_eq!((twice(2, String::new()), block_on(later(3, String::new())), House.twice()), (4, 3, 1));
    assert_eq!((size("ab".to_owned()), place()), (2, 1));
    assert_eq!(calls("orders.place", "success"), 1);
}
