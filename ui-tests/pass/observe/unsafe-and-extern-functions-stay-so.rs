#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::block_on;

#[observe]
unsafe fn read(place: *const u8) -> u8 {
    // SAFETY: the caller gives a place that can be read.
    unsafe { *place }
}

#[observe]
async unsafe fn read_later(place: *const u8) -> u8 {
    // SAFETY: the caller gives a place that can be read.
    unsafe { *place }
}

#[observe]
#[unsafe(no_mangle)]
extern "C" fn taximeter_ui_twice(value: u8) -> u8 {
    value * 2
}

#[observe]
unsafe extern "C" fn thrice(value: u8) -> u8 {
    value * 3
}

fn main() {
    let value = 7;
    // SAFETY: the place is that of a local.
    let read = unsafe { (read(&value), block_on(read_later(&value)), thrice(value)) };
    assert_eq!(read, (7, 7, 21));
    let pointer: extern "C" fn(u8) -> u8 = taximeter_ui_twice;
    assert_eq!(pointer(value), 14);
}
