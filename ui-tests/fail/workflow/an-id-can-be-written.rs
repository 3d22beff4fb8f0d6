use taximeter::workflow;

struct Secret;

#[workflow(id = Secret, baggage(tenant = Secret))]
fn run() {}

fn main() {}
