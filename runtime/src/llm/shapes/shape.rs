//! Which shape a body has.

use serde_json::Value;

use super::{Counts, Hint, NoUsage, Taken, anthropic, bedrock, cohere, gemini, mistral, ollama, openai, plain};

/// The shape of a usage object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Plain,
    Gemini,
    Interactions,
    Ollama,
    Pages,
    Chat,
    Cohere,
    Converse,
    Duration,
    Anthropic,
    Images,
    Speech,
    Responses,
    Invoke,
}

/// All shapes that a body tells by itself, the ones with the most telling names first.
const BY_SHAPE: &[Shape] = &[
    Shape::Gemini,
    Shape::Interactions,
    Shape::Ollama,
    Shape::Pages,
    Shape::Chat,
    Shape::Cohere,
    Shape::Converse,
    Shape::Duration,
    Shape::Anthropic,
    Shape::Images,
    Shape::Responses,
    Shape::Invoke,
];

/// The shape of a body and where its counts are: that of the API that was asked, if the body has it, or its own.
pub(super) fn of<'a>(body: &'a Value, hint: Hint<'_>) -> Option<(Shape, Counts<'a>)> {
    let asked = hint.api.map_or(&[][..], of_api).iter();
    let by_api = asked.filter_map(|shape| Some((*shape, shape.counts(body)?))).next();
    by_api.or_else(|| {
        BY_SHAPE.iter().find_map(|shape| shape.is_told(body).then(|| Some((*shape, shape.counts(body)?)))?)
    })
}

/// The shapes that an API gives.
fn of_api(api: &str) -> &'static [Shape] {
    let (vendor, operation) = api.split_once('.').unwrap_or(("", api));
    match (vendor, operation.rsplit('.').next().unwrap_or(operation)) {
        _ if api == plain::API => &[Shape::Plain],
        ("anthropic", _) | (_, "messages") => &[Shape::Anthropic],
        (_, "generateContent" | "streamGenerateContent" | "live") => &[Shape::Gemini],
        (_, "interactions") => &[Shape::Interactions],
        (_, "converse") => &[Shape::Converse],
        ("ollama", _) => &[Shape::Ollama],
        ("cohere", _) => &[Shape::Cohere],
        (_, "ocr") => &[Shape::Pages],
        (_, "images") => &[Shape::Images],
        (_, "speech") => &[Shape::Speech],
        (_, "transcription") => &[Shape::Duration, Shape::Responses, Shape::Chat],
        (_, "responses" | "realtime") => &[Shape::Responses],
        (_, "chat" | "embeddings" | "completions") => &[Shape::Chat],
        _ => &[],
    }
}

impl Shape {
    pub(super) fn read(self, body: &Value, counts: Counts<'_>, hint: Hint<'_>) -> Result<Taken, NoUsage> {
        match self {
            Shape::Plain => plain::usage(body, counts),
            Shape::Gemini => gemini::generate_content(body, counts).map(Taken::from),
            Shape::Interactions => gemini::interactions(counts).map(Taken::from),
            Shape::Ollama => ollama::chat(counts).map(Taken::from),
            Shape::Pages => mistral::pages(body, counts).map(Taken::from),
            Shape::Chat => openai::completions(body, counts, hint),
            Shape::Cohere => cohere::billed(counts).map(Taken::from),
            Shape::Converse => bedrock::converse(counts).map(Taken::from),
            Shape::Duration => openai::duration(counts).map(Taken::from),
            Shape::Anthropic => anthropic::messages(counts),
            Shape::Images => openai::images(counts).map(Taken::from),
            Shape::Speech => openai::speech(counts).map(Taken::from),
            Shape::Responses => openai::responses(body, counts),
            Shape::Invoke => bedrock::invoke(counts).map(Taken::from),
        }
    }

    /// Where the counts of this shape are in a body that can have it.
    fn counts(self, body: &Value) -> Option<Counts<'_>> {
        let whole = Counts(body);
        let object = |path: &[&str]| whole.at(path).filter(|value| value.is_object()).map(Counts);
        let usage = || object(&["usage"]);
        let has_tokens = |usage: &Counts<'_>| usage.has("input_tokens") || usage.has("output_tokens");
        let has_units = |usage: &Counts<'_>| usage.has("billed_units") || usage.has("tokens");
        match self {
            Shape::Gemini => object(&["usageMetadata"]),
            Shape::Interactions => usage().filter(|usage| usage.has("total_input_tokens")),
            Shape::Ollama => Some(whole).filter(|whole| ollama::is_over(*whole)),
            Shape::Pages => object(&["usage_info"]).filter(|usage| usage.has("pages_processed")),
            Shape::Chat => {
                let has_prompt = |usage: &Counts<'_>| usage.has("prompt_tokens");
                usage().filter(has_prompt).or_else(|| object(&["x_groq", "usage"]).filter(has_prompt))
            }
            Shape::Cohere => usage().filter(has_units).or_else(|| object(&["meta"]).filter(has_units)),
            Shape::Converse => usage().filter(|usage| usage.has("inputTokens")),
            Shape::Duration => openai::timed(whole),
            Shape::Anthropic => usage().filter(has_tokens).filter(|usage| anthropic::is_possible(*usage)),
            Shape::Plain | Shape::Images | Shape::Speech | Shape::Responses => usage().filter(has_tokens),
            Shape::Invoke => bedrock::invoked(whole),
        }
    }

    /// Whether a body that can have this shape shows that it has it, where another shape has the same names.
    fn is_told(self, body: &Value) -> bool {
        let whole = Counts(body);
        match self {
            Shape::Anthropic => anthropic::is_told(whole),
            Shape::Images => whole.has("created") && whole.at(&["data"]).is_some_and(Value::is_array),
            _ => true,
        }
    }
}
