use taximeter::{observe, workflow};

#[observe(budget = ANSWERS, usage = |answer| answer.usage())]
fn observed() {}

#[workflow(stream, operation = "chat")]
fn run() {}

fn main() {}
