use taximeter::observe;

#[observe(labels(my-label = true, user.tier = true, __tier = true, größe = true, "9" = true))]
fn place() {}

fn main() {}
