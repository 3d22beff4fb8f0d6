#![deny(warnings)]

use std::panic::Location;

use taximeter::observe;
use taximeter_ui_tests::calls;

#[observe]
#[track_caller]
fn place() -> &'static Location<'static> {
    Location::caller()
}

#[track_caller]
#[observe]
fn place_in_a_result(is_wanted: bool) -> Result<u32, String> {
    let line = Location::caller().line();
    if is_wanted { Ok(line) } else { Err(format!("line {line}")) }
}

#[observe]
#[cfg_attr(all(), track_caller)]
fn place_behind_a_condition() -> u32 {
    Location::caller().line()
}

fn main() {
    assert_eq!(place().line(), line!());
    assert_eq!(place_in_a_result(true), Ok(line!()));
    assert_eq!(place_in_a_result(false), Err(format!("line {}", line!())));
    assert_eq!(place_behind_a_condition(), line!());
    assert_eq!((calls("place_in_a_result", "success"), calls("place_in_a_result", "error")), (1, 1));
}
