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

#[observe]
#[track_caller]
fn place_after_an_early_return<T: Default, const N: usize>(
    mut pages: [Option<T>; N],
    (first, _): (usize, String),
) -> Result<u32, String> {
    pages.reverse();
    if first > N {
        return Err(format!("line {}", Location::caller().line()));
    }
    let _ = pages.get(first).ok_or("no page")?;
    Ok(Location::caller().line())
}

struct Shop;

impl Shop {
    #[observe]
    #[track_caller]
    fn place(&self, is_wanted: bool) -> Result<u32, String> {
        if is_wanted { Ok(Location::caller().line()) } else { Err("not wanted".to_owned()) }
    }
}

fn main() {
    assert_eq!(place().line(), line!());
    assert_eq!(place_in_a_result(true), Ok(line!()));
    assert_eq!(place_in_a_result(false), Err(format!("line {}", line!())));
    assert_eq!(place_behind_a_condition(), line!());
    assert_eq!((calls("place_in_a_result", "success"), calls("place_in_a_result", "error")), (1, 1));

    let pages = || [Some(1_u8)];
    assert_eq!(place_after_an_early_return(pages(), (0, String::new())), Ok(line!()));
    assert_eq!(place_after_an_early_return(pages(), (1, String::new())), Err("no page".to_owned()));
    assert_eq!(place_after_an_early_return(pages(), (2, String::new())), Err(format!("line {}", line!())));
    let operation = "place_after_an_early_return";
    assert_eq!((calls(operation, "success"), calls(operation, "error")), (1, 2));

    assert_eq!(Shop.place(true), Ok(line!()));
    assert!(Shop.place(false).is_err());
    assert_eq!(calls("place", "error"), 1);
}
