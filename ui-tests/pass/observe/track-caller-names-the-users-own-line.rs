#![deny(warnings)]

use std::panic::Location;

use taximeter::observe;
use taximeter_ui_tests::{calls, errors};

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

    #[observe]
    #[track_caller]
    fn place_after_an_exit(&self, page: &str) -> Result<u32, NoPage> {
        let number: u32 = page.parse()?;
        let first = |text: &str| -> Option<char> {
            if text.is_empty() {
                return None;
            }
            Some(text.chars().next()?)
        };
        if number == 0 || first(page).is_none() {
            return Err(NoPage);
        }
        let all = page.split('.').map(|part| part.parse::<u32>().map_err(NoPage::from)).collect::<Result<Vec<_>, _>>()?;
        assert_eq!(all.len(), page.parse::<usize>().map(|_| 1)?, "{}", page.parse::<u8>()?);
        for number in all {
            if number == 7 {
                return Ok(Location::caller().line());
            }
        }
        Err(NoPage)
    }

    #[observe(none = "error")]
    #[track_caller]
    fn after(&self, page: Option<u8>) -> Option<u8> {
        let page = page?;
        page.checked_add(1)
    }
}

#[derive(Debug, PartialEq)]
struct NoPage;

impl From<std::num::ParseIntError> for NoPage {
    fn from(_: std::num::ParseIntError) -> NoPage {
        NoPage
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

    assert_eq!(Shop.place_after_an_exit("seven"), Err(NoPage));
    assert_eq!(Shop.place_after_an_exit("0"), Err(NoPage));
    assert_eq!(Shop.place_after_an_exit("1"), Err(NoPage));
    assert_eq!(Shop.place_after_an_exit("7"), Ok(line!()));
    assert_eq!((calls("place_after_an_exit", "success"), calls("place_after_an_exit", "error")), (1, 3));
    assert_eq!(errors("place_after_an_exit", "NoPage"), 3);
    assert_eq!((Shop.after(Some(1)), Shop.after(None)), (Some(2), None));
    assert_eq!((calls("after", "success"), calls("after", "error")), (1, 1));
}
