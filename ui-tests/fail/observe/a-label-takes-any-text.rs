use taximeter::observe;

#[observe(labels(user = user))]
fn place(user: String) {
    drop(user);
}

#[observe(labels(tier = %tier))]
fn displayed(tier: u8) {}

fn main() {}
