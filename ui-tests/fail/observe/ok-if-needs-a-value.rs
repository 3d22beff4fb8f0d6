use taximeter::observe;

#[observe(ok_if = |_| true)]
fn nothing() {}

#[observe(ok_if = |_| true)]
fn unit() -> () {}

#[observe(ok_if = |_| true)]
fn unnamed() -> impl Iterator<Item = u8> {
    [1].into_iter()
}

#[observe(ok_if = is_fine)]
fn wrong_type() -> Result<u8, String> {
    Ok(1)
}

#[observe(ok_if = |output| output.is_fine())]
fn wrong_method() -> Result<u8, String> {
    Ok(1)
}

fn is_fine(_: u8) -> bool {
    true
}

fn main() {}
