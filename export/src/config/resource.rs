//! What the service says of itself: `OTEL_RESOURCE_ATTRIBUTES`.

use crate::config::environment::Environment;

const VARIABLE: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// The attributes that the environment names. Those that are fields of the configuration are taken out one by one.
pub(crate) struct Attributes(Vec<(String, String)>);

impl Attributes {
    pub(crate) fn from_env(env: &mut Environment) -> Self {
        Attributes(env.pairs(&[VARIABLE]).unwrap_or_default())
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let position = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.remove(position).1).filter(|value| !value.is_empty())
    }

    /// What is left.
    pub(crate) fn into_others(self) -> Vec<(String, String)> {
        self.0
    }
}
