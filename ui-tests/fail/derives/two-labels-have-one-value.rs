use taximeter::Label;

#[derive(Label)]
enum Tier {
    PaidYearly,
    Paid_Yearly,
}

fn main() {}
