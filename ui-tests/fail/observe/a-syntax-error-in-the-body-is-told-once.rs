use taximeter::observe;

#[observe]
fn place() -> u8 {
    let size = ;
    1
}

#[observe]
async fn pay(amount: u8) -> u8 {
    let sum = amount +;
    sum
}

fn main() {}
