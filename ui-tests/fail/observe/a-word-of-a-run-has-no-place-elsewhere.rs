use taximeter::{observe, workflow};

#[observe(id = 7, data(tier = 1))]
fn step() {}

#[workflow(db(system = "sqlite"))]
fn run() {}

fn main() {}
