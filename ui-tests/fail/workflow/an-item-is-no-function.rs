use taximeter::workflow;

#[workflow(name = "support.answer")]
struct Answer;

#[workflow]
impl Answer {
    fn text(&self) {}
}

fn main() {}
