//! An agent that asks until its budget for one run is used up, and then stops.
//!
//! ```sh
//! cargo run --example budget
//! ```
//!
//! No model is asked: the answer is a recorded one, and costs what it would.

use serde_json::{Value, json};
use taximeter::llm::{Budget, BudgetExceeded};
use taximeter::{Workflow, llm_cost, workflow};

/// What one run of the agent may spend.
static AGENT: Budget = Budget::per_workflow_run("agent", "0.01 USD");

#[llm_cost(model = "gpt-4o", provider = "openai", feature = "agent", budget = AGENT, on_exceeded = "refuse")]
async fn think(step: u32) -> Result<Value, BudgetExceeded> {
    tracing::debug!(step, "asking");
    // 800 x 2.50 and 100 x 10.00 millionths of a dollar: 0.003 USD.
    Ok(json!({"model": "gpt-4o", "usage": {"prompt_tokens": 800, "completion_tokens": 100}}))
}

#[workflow(name = "agent.run")]
async fn run() {
    for step in 1.. {
        if let Err(refusal) = think(step).await {
            println!("step {step}: {refusal}");
            break;
        }
        let spent = Workflow::current().map(|run| run.cost()).unwrap_or_default();
        println!("step {step}: {spent} USD so far");
    }
}

#[tokio::main]
async fn main() {
    let _telemetry = taximeter::init("agent");
    run().await;
    run().await; // a run of its own, with a budget of its own
}
