#![deny(warnings)]

use taximeter::{Label, observe};
use taximeter_ui_tests::{block_on, count};

#[derive(Label)]
enum Tier {
    Free,
    PaidYearly,
    HTTP2,
    #[cfg(any())]
    Missing,
}

#[derive(Clone, Copy, Label)]
#[label(crate = ::taximeter)]
#[repr(u8)]
enum Size {
    Small() = 1,
    Large {} = 2,
}

#[derive(Label)]
enum Never {}

struct User {
    tier: Tier,
}

#[observe(labels(tier = user.tier, size = size))]
async fn place(user: &User, size: Size) -> &Tier {
    let _ = size;
    &user.tier
}

#[observe(labels(never = never))]
fn never(never: Never) {
    match never {}
}

fn main() {
    for (tier, size) in [(Tier::Free, Size::Small()), (Tier::PaidYearly, Size::Large {}), (Tier::HTTP2, Size::Small())] {
        let _ = block_on(place(&User { tier }, size));
    }
    let calls = |tier, size| count("operation_duration_seconds", &[("tier", tier), ("size", size)]);
    assert_eq!((calls("free", "small"), calls("paid_yearly", "large"), calls("http2", "small")), (1, 1, 1));
    let _: fn(Never) = never;
}
