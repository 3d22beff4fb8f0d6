//! What the examples share: [`openai::client`], which works without an account.

pub mod openai;
mod recorded;
