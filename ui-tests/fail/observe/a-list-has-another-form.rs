use taximeter::observe;

#[observe(fields = { user = 1 })]
fn braces() {}

#[observe(fields { user = 1 })]
fn no_parentheses() {}

#[observe(labels = "tier")]
fn labels() {}

#[observe(capture)]
fn capture() {}

#[observe(buckets(0.1, 0.5))]
fn buckets() {}

#[observe(buckets = 0.5)]
fn one_bucket() {}

fn main() {}
