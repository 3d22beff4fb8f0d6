use taximeter::observe;

#[observe(level = "loud")]
fn loud() {}

#[observe(level = "wran")]
fn slip() {}

#[observe(level = 9)]
fn nine() {}

#[observe(level = Level::DEBUG)]
fn path() {}

fn main() {}
