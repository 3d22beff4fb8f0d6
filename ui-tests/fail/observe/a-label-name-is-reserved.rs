use taximeter::observe;

#[observe(labels(le = true, quantile = true, job = true, instance = true))]
fn of_prometheus() {}

#[observe(labels(operation = true, module = true, status = true, error_type = true))]
fn of_every_operation() {}

fn main() {}
