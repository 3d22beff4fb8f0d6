//! A client for the service that the environment names, or for the recorded one.

use std::{env, io};

use async_openai::Client;
use async_openai::config::{OPENAI_API_BASE, OpenAIConfig};

use crate::recorded;

/// The client that the examples pass around.
pub type OpenAi = Client<OpenAIConfig>;

/// A client for `OPENAI_BASE_URL` with `OPENAI_API_KEY`; when neither is set, for an endpoint of our own on a
/// loopback port, which answers with recorded replies and lives as long as the runtime does.
///
/// # Errors
/// When that endpoint finds no free port.
pub async fn client() -> io::Result<OpenAi> {
    let (base, key) = match (setting("OPENAI_BASE_URL"), setting("OPENAI_API_KEY")) {
        (None, None) => (recorded::serve().await?, String::new()),
        (base, key) => (base.unwrap_or_else(|| OPENAI_API_BASE.to_owned()), key.unwrap_or_default()),
    };
    Ok(Client::with_config(OpenAIConfig::new().with_api_base(base).with_api_key(key)))
}

/// An empty variable is unset.
fn setting(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
