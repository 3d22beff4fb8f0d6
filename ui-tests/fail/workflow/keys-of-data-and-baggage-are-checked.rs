use taximeter::workflow;

#[workflow(data("user tier" = 1, level = 2, tier = 3, tier = 4), baggage("a b" = 1, api_token = "x", ok = "y"))]
fn place() {}

#[workflow(data(), baggage(tenant = %1))]
fn empty() {}

fn main() {}
