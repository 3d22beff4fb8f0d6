#![deny(warnings)]

use taximeter_ui_tests::calls;

pub mod house {
    pub use taximeter::{__private, observe};
}

#[macro_export]
macro_rules! observed {
    ($name:ident) => {
        #[$crate::house::observe(crate = $crate::house)]
        fn $name() -> u8 {
            1
        }
    };
}

#[house::observe(crate = crate::house)]
fn inside() -> u8 {
    1
}

#[house::observe(crate = ::taximeter,)]
fn outside() -> u8 {
    1
}

observed!(produced);

fn main() {
    assert_eq!(inside() + outside() + produced(), 3);
    for operation in ["inside", "outside", "produced"] {
        assert_eq!(calls(operation, "success"), 1, "{operation}");
    }
}
