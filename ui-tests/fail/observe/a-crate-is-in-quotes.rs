use taximeter::observe;

#[observe(crate = "taximeter")]
fn place() {}

#[observe(crate = 3)]
fn pay() {}

fn main() {}
