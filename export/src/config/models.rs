//! What the configuration says of language models: the budgets of features, and the names of their telemetry.

use taximeter_runtime::llm::{self, Budget};

use super::Config;
use super::environment::Environment;

/// The list of conventions in which a program wants the newest names.
const OPT_IN: &[&str] = &["OTEL_SEMCONV_STABILITY_OPT_IN"];
/// The entry of that list for language models.
const LATEST: &str = "gen_ai_latest_experimental";

/// What `init` tells the runtime of language models.
#[derive(Clone, Debug, Default)]
pub(crate) struct Models {
    pub(crate) budgets: Vec<(String, Budget)>,
    /// The newest GenAI conventions instead of v1.41.
    pub(crate) latest_conventions: bool,
}

impl Models {
    pub(crate) fn from_env(env: &mut Environment) -> Models {
        let is_latest = |list: &str| Some(list.split(',').any(|name| name.trim() == LATEST));
        Models { budgets: Vec::new(), latest_conventions: env.read(OPT_IN, "a list", is_latest).unwrap_or(false) }
    }

    /// Hands it over. A budget that cannot be kept is a warning of the runtime.
    pub(crate) fn apply(&self) {
        llm::take_latest_conventions(self.latest_conventions);
        for (feature, budget) in &self.budgets {
            llm::set_feature_budget(feature, budget);
        }
    }
}

impl Config {
    /// Gives a feature a budget: what the `#[llm_cost(feature = "...")]` functions of this feature cost is spent of it.
    ///
    /// When it is used up there is a warning. Functions that say `on_exceeded = "refuse"` beside their feature are refused
    /// from then on, until the next window of the budget begins.
    ///
    /// ```no_run
    /// use taximeter_export::Config;
    /// use taximeter_runtime::llm::Budget;
    ///
    /// let _telemetry = Config::from_env("support-bot").budget("answers", Budget::per_day("answers", "25 USD")).init();
    /// ```
    pub fn budget(mut self, feature: impl Into<String>, budget: Budget) -> Self {
        self.models.budgets.push((feature.into(), budget));
        self
    }

    fn check_budget(&mut self, (feature, budget): &(String, Budget)) {
        if budget.limit().is_none() {
            let field = format!("budget `{}` of the feature `{feature}`", budget.name());
            self.reject(&field, "an amount of dollars such as `25 USD`", "it has no limit");
        }
    }

    pub(super) fn check_budgets(&mut self) {
        for budget in self.models.budgets.clone() {
            self.check_budget(&budget);
        }
    }
}
