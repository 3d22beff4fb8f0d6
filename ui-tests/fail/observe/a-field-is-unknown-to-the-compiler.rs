use taximeter::observe;

#[observe(fields(user = usr.id))]
fn place(user: u8) {
    let _ = user;
}

fn main() {}
