use taximeter::observe;

#[observe]
unsafe extern "C" fn place(count: usize, mut more: ...) -> usize {
    count
}

fn main() {}
