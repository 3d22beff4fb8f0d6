//! A client for the service that the environment names, or for the recorded one.

use std::env;

use async_openai::Client;
use async_openai::config::{OPENAI_API_BASE, OpenAIConfig};
pub use async_openai::error::OpenAIError;
pub use async_openai::types::chat::CreateChatCompletionResponse as Reply;
use async_openai::types::chat::{ChatCompletionRequestUserMessage, CreateChatCompletionRequestArgs};

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

/// Asks one question.
///
/// # Errors
/// What the client says.
pub async fn ask(openai: &OpenAi, model: &str, question: &str) -> Result<Reply, OpenAIError> {
    let message = ChatCompletionRequestUserMessage::from(question).into();
    let request = CreateChatCompletionRequestArgs::default().model(model).messages([message]).build()?;
    openai.chat().create(request).await
}
