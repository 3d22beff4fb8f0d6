use taximeter::llm::Usage;
use taximeter::llm_cost;

struct Request {
    tier: String,
    searches: u32,
}

#[llm_cost(
    model = "gpt-4o-mini",
    context(processing = "batch", service_tier = request.tier, web_searches = request.searches)
)]
fn ask(request: Request) -> (String, Usage) {
    (request.tier, Usage::new(1, 1))
}

fn main() {
    assert_eq!(ask(Request { tier: "flex".to_owned(), searches: 2 }).0, "flex");
}
