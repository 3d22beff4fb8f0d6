use taximeter::ErrorKind;

#[derive(ErrorKind)]
enum NoError {
    One,
}

#[derive(ErrorKind)]
union Bits {
    one: u8,
}

fn main() {}
