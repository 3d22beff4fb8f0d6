use taximeter::observe;

#[observe]
struct Struct;

#[observe]
pub(crate) enum Enum {}

#[observe]
union Union {
    one: u8,
}

#[observe]
const CONST: u8 = 1;

#[observe]
static STATIC: u8 = 1;

#[observe]
type Alias = u8;

#[observe]
use std::fmt;

#[observe]
unsafe extern "C" {}

#[observe]
macro_rules! rules {
    () => {};
}

#[observe]
std::thread_local! {}

fn main() {}
