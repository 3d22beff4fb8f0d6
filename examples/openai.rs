//! A client for the service that the environment names, or for the recorded one.

use std::env;

use async_openai::Client;
use async_openai::config::{OPENAI_API_BASE, OpenAIConfig};
pub use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionRequestUserMessage, ChatCompletionStreamOptions, CreateChatCompletionRequest,
    CreateChatCompletionRequestArgs,
};
pub use async_openai::types::chat::{
    ChatCompletionResponseStream as ReplyStream, CreateChatCompletionResponse as Reply,
};
use futures::TryStreamExt;
use reqwest::StatusCode;

use crate::recorded;

/// The client that the examples pass around.
pub type OpenAi = Client<OpenAIConfig>;

/// A client for `OPENAI_BASE_URL` with `OPENAI_API_KEY`; when neither is set, for an endpoint of our own on a
/// loopback port, which answers with recorded replies and lives as long as the runtime does.
///
/// # Errors
/// When that endpoint finds no free port, or no HTTP client can be made.
pub async fn client() -> anyhow::Result<OpenAi> {
    let config = OpenAIConfig::new();
    match (setting("OPENAI_BASE_URL"), setting("OPENAI_API_KEY")) {
        (None, None) => {
            let config = config.with_api_base(recorded::serve().await?).with_api_key("");
            // A proxy that the environment names does not know our loopback port.
            Ok(Client::build(reqwest::Client::builder().no_proxy().build()?, config))
        }
        (base, key) => {
            let base = base.unwrap_or_else(|| OPENAI_API_BASE.to_owned());
            Ok(Client::with_config(config.with_api_base(base).with_api_key(key.unwrap_or_default())))
        }
    }
}

/// An empty variable is unset.
fn setting(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// What an error is called in the metrics: the client has one type for all of them. By such a name
/// `deploy/prometheus/rules` know a storm of rate limits.
pub fn kind(error: &OpenAIError) -> &'static str {
    match error {
        OpenAIError::ApiError(refusal) if refusal.status_code == StatusCode::TOO_MANY_REQUESTS => "rate_limit_exceeded",
        OpenAIError::ApiError(_) => "refused",
        _ => "OpenAIError",
    }
}

/// What the reply says.
pub fn text(reply: Reply) -> Option<String> {
    reply.choices.into_iter().find_map(|choice| choice.message.content)
}

/// What a streamed reply says, when it is over.
///
/// # Errors
/// What the client says.
pub async fn streamed_text(reply: ReplyStream) -> Result<Option<String>, OpenAIError> {
    let pieces = reply.try_fold(String::new(), |text, chunk| async move {
        let pieces = chunk.choices.into_iter().filter_map(|choice| choice.delta.content);
        Ok(text + &pieces.collect::<String>())
    });
    pieces.await.map(|text| Some(text).filter(|text| !text.is_empty()))
}

/// The same request, and its stream says what it took: without that nobody knows the cost.
pub fn with_usage(mut request: CreateChatCompletionRequest) -> CreateChatCompletionRequest {
    let options = ChatCompletionStreamOptions { include_usage: Some(true), include_obfuscation: None };
    request.stream_options = Some(options);
    request
}

/// Asks one question.
///
/// # Errors
/// What the client says.
pub async fn ask(openai: &OpenAi, model: &str, question: &str) -> Result<Reply, OpenAIError> {
    let message = ChatCompletionRequestUserMessage::from(question).into();
    let request = CreateChatCompletionRequestArgs::default().model(model).messages([message]).build()?;
    openai.chat().create(request).await
}
