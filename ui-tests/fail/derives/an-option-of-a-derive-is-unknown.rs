use taximeter::{ErrorKind, Label};

#[derive(Label)]
#[label(crat = ::taximeter)]
enum Tier {
    #[label(rename = "x")]
    Free,
}

#[derive(Debug, ErrorKind)]
#[error_kind(crate = taximeter)]
struct Failed;

#[derive(Debug, ErrorKind)]
#[error_kind(crate = "taximeter")]
struct Broken;

fn main() {}
