use taximeter::observe;

#[observe(crate = taximeter)]
fn place() {}

#[observe(crate = self::house)]
fn pay() {}

fn main() {}
