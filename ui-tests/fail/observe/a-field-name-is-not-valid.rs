use taximeter::observe;

#[observe(fields("user name" = 1, "" = 2, otel.kind = "server", error.type = "x", ret = 1, 7 = 8))]
fn place() {}

fn main() {}
