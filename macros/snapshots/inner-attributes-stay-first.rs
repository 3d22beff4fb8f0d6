#[observe]
fn answer() -> u8 {
    #![allow(unused_variables)]
    let unused = 1;
    42
}
