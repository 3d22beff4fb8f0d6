use taximeter::observe;

#[observe(kind = "sever")]
fn slip() {}

#[observe(kind = server)]
fn bare() {}

fn main() {}
