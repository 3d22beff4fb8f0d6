use taximeter::observe;

#[observe]
mod orders {
    pub(crate) fn place() {}
}

#[observe]
unsafe trait Shop {
    fn place(&self) {}
}

fn uses() {
    orders::place();
}

fn main() {}
