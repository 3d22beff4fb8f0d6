use taximeter::observe;

#[observe(db(operation = "SELECT"))]
fn without_a_system() {}

#[observe(db(system = "sqlite", tabel = "users", statement, operation = ""))]
fn misspelled() {}

#[observe(kind = "server", db(system = "sqlite"))]
fn no_client() {}

fn main() {}
