use taximeter::observe;

#[observe(capture(oder, self, count = 1, %count))]
fn place(order: u8, (count, _): (u8, u8)) {}

#[observe(capture(ret))]
fn nothing() {}

#[observe(capture(ret))]
async fn never() -> ! {
    loop {}
}

fn main() {}
