//! Usage from the types of client crates, each behind a feature of its name: their responses, and the items of their
//! streams. What a client's types leave out cannot be charged for; each file says what that is.

#[cfg(feature = "async-openai")]
mod async_openai;
#[cfg(feature = "async-openai-media")]
mod async_openai_media;
#[cfg(feature = "aws-sdk-bedrockruntime")]
mod bedrock;
#[cfg(feature = "genai")]
mod genai;
#[cfg(feature = "ollama-rs")]
mod ollama;
#[cfg(any(feature = "genai", feature = "rig-core"))]
mod raw;
#[cfg(feature = "rig-core")]
mod rig;
