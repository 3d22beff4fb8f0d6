use taximeter::llm_cost;

struct Answer {
    tokens: u64,
}

#[llm_cost(model = "gpt-4o", usage = |answer| answer.tokens)]
fn number() -> Answer {
    Answer { tokens: 1 }
}

#[llm_cost(model = "gpt-4o", usage = |answer| answer.cost)]
fn no_field() -> Answer {
    Answer { tokens: 1 }
}

fn main() {}
