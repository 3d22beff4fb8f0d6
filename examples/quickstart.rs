//! A support bot that knows what it costs.
//!
//! ```text
//! cargo run --example quickstart
//! curl localhost:9464/metrics
//! ```
//!
//! It asks the service behind `OPENAI_BASE_URL` and `OPENAI_API_KEY`, or, when neither is set, an endpoint inside this
//! program that answers with recorded replies. `--once` ends it after one round of questions, `--busy` leaves out the
//! rests between rounds.

use std::time::Duration;

use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionRequestSystemMessage, ChatCompletionRequestUserMessage, CreateChatCompletionRequest,
    CreateChatCompletionRequestArgs,
};
use taximeter::llm::Budget;
use taximeter::{llm_cost, observe, workflow};
use taximeter_examples::openai::{self, OpenAi, Reply, ReplyStream};

/// What the answers may cost in a day. Above it there is a warning.
static SUPPORT: Budget = Budget::per_day("support", "5 USD");

const QUESTIONS: [&str; 5] = [
    "How do I reset my password?",
    "Which plan has single sign-on?",
    "Why was I charged twice in March?",
    "How do I export my data?",
    "How do I move to the new API?",
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let telemetry = taximeter::init("support-bot");
    let openai = openai::client().await?;

    if let Some(address) = telemetry.metrics_address() {
        eprintln!("time and fare of every call: curl {address}/metrics");
    }
    tokio::select! {
        () = serve(&openai) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}

async fn serve(openai: &OpenAi) {
    let told = |word: &str| std::env::args().any(|argument| argument == word);
    let (once, busy) = (told("--once"), told("--busy"));
    for round in 1.. {
        for question in QUESTIONS {
            // A failure is already in the log, in the trace and in the numbers.
            let _ = answer(openai, question).await;
        }
        tracing::info!(round, "round finished");
        if once {
            break;
        }
        if !busy {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }
}

#[workflow(name = "support.answer")]
async fn answer(openai: &OpenAi, question: &str) -> Result<String, OpenAIError> {
    let text = match find_page(question) {
        Page::Account => openai::text(ask(openai, question).await?),
        Page::Invoices => openai::streamed_text(investigate(openai, question).await?).await?,
    };
    tracing::info!(question, "answered");
    Ok(text.unwrap_or_else(|| hand_over(question)))
}

#[observe]
fn find_page(question: &str) -> Page {
    if question.contains("charged") { Page::Invoices } else { Page::Account }
}

#[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "answers", budget = SUPPORT, error_type = openai::kind)]
async fn ask(openai: &OpenAi, question: &str) -> Result<Reply, OpenAIError> {
    openai.chat().create(request("gpt-4o-mini", ACCOUNT, question)?).await
}

/// It thinks for long, so its answer is shown while it comes. The call ends with the stream.
#[llm_cost(model = "gpt-5-mini", provider = "openai", feature = "billing", budget = SUPPORT, stream)]
async fn investigate(openai: &OpenAi, question: &str) -> Result<ReplyStream, OpenAIError> {
    let request = openai::with_usage(request("gpt-5-mini", INVOICES, question)?);
    openai.chat().create_stream(request).await
}

/// For the day the model refuses. The recorded one never does: `/metrics` shows a zero, not a hole.
#[observe]
fn hand_over(question: &str) -> String {
    format!("A colleague will answer you: {question}")
}

enum Page {
    Account,
    Invoices,
}

const ACCOUNT: &str = "Passwords, sign-on, data export and API keys are under Settings.";
const INVOICES: &str = "An upgrade inside a month is charged for the rest of that month.";

fn request(model: &str, page: &str, question: &str) -> Result<CreateChatCompletionRequest, OpenAIError> {
    let rules = format!("You are a support agent. Answer from this page alone: {page}");
    CreateChatCompletionRequestArgs::default()
        .model(model)
        .messages([
            ChatCompletionRequestSystemMessage::from(rules).into(),
            ChatCompletionRequestUserMessage::from(question).into(),
        ])
        .build()
}
