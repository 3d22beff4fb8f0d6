#![deny(warnings)]

use std::fmt::Debug;

use taximeter::observe;
use taximeter_ui_tests::calls;

#[observe]
fn copied<T: Clone + Debug>(value: &T) -> T {
    value.clone()
}

#[observe]
fn sum<T>(values: impl Iterator<Item = T>) -> T
where
    T: std::iter::Sum<T>,
{
    values.sum()
}

#[observe]
fn length<const N: usize>(values: [u8; N]) -> usize {
    values.len()
}

struct Grid<const N: usize>([u8; N]);

impl<const N: usize> Grid<N> {
    #[observe]
    fn cells(&self) -> [u8; N] {
        self.0
    }
}

fn main() {
    assert_eq!(copied(&vec![1]), [1]);
    assert_eq!(sum([1, 2, 3].into_iter()), 6);
    assert_eq!(length([0; 7]), 7);
    assert_eq!(Grid([1, 2]).cells(), [1, 2]);
    for operation in ["copied", "sum", "length", "cells"] {
        assert_eq!(calls(operation, "success"), 1, "{operation}");
    }
}
