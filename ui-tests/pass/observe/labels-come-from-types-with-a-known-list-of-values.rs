#![deny(warnings)]

use taximeter::Label;
use taximeter::observe;
use taximeter_ui_tests::{bounds, count};

enum Tier {
    Free,
    Paid,
}

impl Label for Tier {
    fn label(&self) -> &'static str {
        match self {
            Tier::Free => "free",
            Tier::Paid => "paid",
        }
    }
}

const REGION: &str = "north";

struct User {
    tier: Tier,
}

#[observe(labels(tier = user.tier, first = attempt == 1, region = REGION), buckets = [0.5, 1, 2.5e1])]
fn place(user: User, attempt: u8) -> Tier {
    let _ = attempt;
    user.tier
}

#[observe(labels(tier = tier), span = false)]
async fn borrowed(tier: &Tier) {}

fn main() {
    let _ = place(User { tier: Tier::Free }, 1);
    let _ = place(User { tier: Tier::Paid }, 2);
    taximeter_ui_tests::block_on(borrowed(&Tier::Paid));
    let calls = |tier, first| {
        let labels = [("operation", "place"), ("tier", tier), ("first", first), ("region", "north")];
        count("operation_duration_seconds", &labels)
    };
    assert_eq!((calls("free", "true"), calls("paid", "false"), calls("free", "false")), (1, 1, 0));
    assert_eq!(count("operation_duration_seconds", &[("operation", "borrowed"), ("tier", "paid")]), 1);
    assert_eq!(bounds("place"), [0.5, 1.0, 25.0]);
}
