use taximeter::{llm_cost, workflow};

struct Shop;

#[workflow]
impl Shop {
    fn place(&self) {}
}

#[llm_cost(model = "gpt-4o")]
impl Shop {
    fn ask(&self) {}
}

fn main() {}
