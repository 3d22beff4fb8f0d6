use taximeter::observe;

#[observe(fields())]
fn fields() {}

#[observe(capture())]
fn capture() {}

#[observe(labels())]
fn labels() {}

#[observe(buckets = [])]
fn buckets() {}

fn main() {}
