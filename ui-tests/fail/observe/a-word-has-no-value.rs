use taximeter::observe;

#[observe(name)]
fn place() {}

#[observe(name =, crate = ::taximeter)]
fn pay() {}

fn main() {}
