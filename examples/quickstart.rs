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
    ChatCompletionRequestSystemMessage, ChatCompletionRequestUserMessage, CreateChatCompletionRequestArgs,
    CreateChatCompletionResponse as Reply,
};
use taximeter::{llm_cost, observe, workflow};
use taximeter_examples::openai::{self, OpenAi};

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
    let reply = match find_page(question) {
        Page::Account => ask(openai, question).await?,
        Page::Invoices => investigate(openai, question).await?,
    };
    tracing::info!(question, "answered");
    let mut choices = reply.choices.into_iter();
    Ok(choices.find_map(|choice| choice.message.content).unwrap_or_else(|| hand_over(question)))
}

#[observe]
fn find_page(question: &str) -> Page {
    if question.contains("charged") { Page::Invoices } else { Page::Account }
}

#[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "answers")]
async fn ask(openai: &OpenAi, question: &str) -> Result<Reply, OpenAIError> {
    complete(openai, "gpt-4o-mini", ACCOUNT, question).await
}

#[llm_cost(model = "gpt-5-mini", provider = "openai", feature = "billing")]
async fn investigate(openai: &OpenAi, question: &str) -> Result<Reply, OpenAIError> {
    complete(openai, "gpt-5-mini", INVOICES, question).await
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

async fn complete(openai: &OpenAi, model: &str, page: &str, question: &str) -> Result<Reply, OpenAIError> {
    let rules = format!("You are a support agent. Answer from this page alone: {page}");
    let request = CreateChatCompletionRequestArgs::default()
        .model(model)
        .messages([
            ChatCompletionRequestSystemMessage::from(rules).into(),
            ChatCompletionRequestUserMessage::from(question).into(),
        ])
        .build()?;
    openai.chat().create(request).await
}
