//! What do language models cost, and who spends it?

use super::panel::{Panel, Show, Unit};
use super::{Dashboard, Row};
use crate::rules::LIMITED;

pub(super) fn dashboard() -> Dashboard {
    Dashboard {
        name: "llm-cost",
        title: "LLM cost",
        description: "What the language models of one service cost, who spends it, and what is wasted.",
        rows: vec![
            Row { title: "What does it cost?", panels: money() },
            Row { title: "Who spends it?", panels: spenders() },
            Row { title: "What is it spent on?", panels: tokens() },
            Row { title: "Do the providers do their part?", panels: providers() },
        ],
    }
}

/// What was spent in the time of the panel, or zero when nothing was.
const SPENT: &str = "(sum(increase(llm_cost_usd_total{job=\"$job\"}[$__range])) or vector(0))";

fn money() -> Vec<Panel> {
    vec![
        Panel::new("Spent today", Show::Number, Unit::Dollars, "What was spent since midnight, in the time zone of the page (a browser's own, unless it says another). Requests without a known price are not in it: see Unpriced.")
            .width(5)
            .since("now/d")
            .ask("spent", SPENT),
        Panel::new("Per hour", Show::Number, Unit::Dollars, "The pace of the last five minutes, as dollars an hour.")
            .width(5)
            .ask("an hour", "(sum(rate(llm_cost_usd_total{job=\"$job\"}[5m])) or vector(0)) * 3600"),
        Panel::new("Projected month", Show::Number, Unit::Dollars, "What was spent since the month began, in the time zone of the page, and the rest of it at the same pace. In its first hours that is a guess; what was not scraped is not in it.")
            .width(5)
            .since("now/M")
            .ask("a month", format!("{SPENT} * scalar(days_in_month()) * 86400 / $__range_s")),
        Panel::new("A request", Show::Number, Unit::Dollars, "What a request costs on average, over the shown range. No number: there was none.")
            .width(5)
            .ask("a request", "sum(increase(llm_cost_usd_total{job=\"$job\"}[$__range])) / (sum(increase(llm_requests_total{job=\"$job\"}[$__range])) > 0)"),
        Panel::new("Wasted", Show::Number, Unit::Dollars, "Spent on requests that did not succeed, in the shown range. Zero: providers bill no refusal.")
            .width(4)
            .ask("wasted", "sum(increase(llm_cost_usd_total{job=\"$job\", status!=\"success\"}[$__range])) or vector(0)"),
        Panel::new("Dollars an hour by model", Show::Stacked, Unit::Dollars, "The pace of each model, as dollars an hour.")
            .ask("{{model}}", "sum by (model) (rate(llm_cost_usd_total{job=\"$job\"}[$__rate_interval])) * 3600"),
        Panel::new("Budget", Show::Lines, Unit::Share, "How much of each budget is gone. It begins anew with its window, and with a restart. Empty: the program has no budget.")
            .limits(0.8, 1.0)
            .ask("{{budget}}", "job_budget:spent:ratio{job=\"$job\"}"),
    ]
}

fn by(label: &'static str, title: &'static str, legend: &'static str, description: &'static str) -> Panel {
    Panel::new(title, Show::Bars, Unit::Dollars, description)
        .width(8)
        .ask(legend, format!("topk(10, sum by ({label}) (increase(llm_cost_usd_total{{job=\"$job\"}}[$__range])))"))
}

fn spenders() -> Vec<Panel> {
    vec![
        by("model", "By model", "{{model}}", "Dollars in the shown range."),
        by("feature", "By feature", "{{feature}}", "Dollars in the shown range; none: the attribute names no feature."),
        by("workflow", "By workflow", "{{workflow}}", "Dollars in the shown range; none: asked outside of a workflow."),
        Panel::new("Dollars a run", Show::Bars, Unit::Dollars, "What one run of each workflow costs, over the shown range. A request counts for the innermost workflow it is made in: one that calls another does not have the other's cost in it.")
            .ask("{{workflow}}", "sum by (workflow) (increase(llm_cost_usd_total{job=\"$job\"}[$__range])) / (sum by (workflow) (increase(workflow_duration_seconds_count{job=\"$job\"}[$__range])) > 0)"),
        Panel::new("Dollars a success", Show::Bars, Unit::Dollars, "What one successful request costs, failed ones included, over the shown range.")
            .ask("{{model}}", "sum by (model) (increase(llm_cost_usd_total{job=\"$job\"}[$__range])) / (sum by (model) (increase(llm_requests_total{job=\"$job\", status=\"success\"}[$__range])) > 0)"),
    ]
}

fn tokens() -> Vec<Panel> {
    vec![
        Panel::new("Tokens", Show::Stacked, Unit::PerMinute, "Tokens a minute. A prompt includes what came from the cache, a completion its reasoning.")
            .ask("{{model}} {{token_type}}", "sum by (model, token_type) (rate(llm_tokens_total{job=\"$job\"}[$__rate_interval])) * 60"),
        Panel::new("Share from the cache", Show::Lines, Unit::Share, "How much of the prompts the provider had in its cache, which is cheaper. Zero: nothing. A gap: no prompts.")
            .ask("{{model}}", "(\n  sum by (model) (rate(llm_token_details_total{job=\"$job\", token_detail=\"cache_read\"}[$__rate_interval]))\n  or 0 * sum by (model) (rate(llm_tokens_total{job=\"$job\", token_type=\"prompt\"}[$__rate_interval]))\n)\n/ (sum by (model) (rate(llm_tokens_total{job=\"$job\", token_type=\"prompt\"}[$__rate_interval])) > 0)"),
        Panel::new("Of which", Show::Bars, Unit::Count, "Tokens of a special kind in the shown range; they are in the prompts and completions already.")
            .ask("{{model}} {{token_detail}}", "sum by (model, token_detail) (increase(llm_token_details_total{job=\"$job\"}[$__range]))"),
        Panel::new("Unpriced requests", Show::Lines, Unit::Share, "Requests whose cost is not known, so every sum above is too small. Zero is right; a gap: none was made.")
            .limits(0.001, 0.01)
            .ask("unpriced", "(\n  sum(rate(llm_unpriced_requests_total{job=\"$job\"}[$__rate_interval]))\n  or 0 * sum(rate(llm_requests_total{job=\"$job\"}[$__rate_interval]))\n)\n/ (sum(rate(llm_requests_total{job=\"$job\"}[$__rate_interval])) > 0)"),
    ]
}

fn providers() -> Vec<Panel> {
    vec![
        Panel::new("Requests", Show::Stacked, Unit::PerSecond, "Requests to each model by how they ended.")
            .ask("{{model}} {{status}}", "sum by (model, status) (rate(llm_requests_total{job=\"$job\"}[$__rate_interval]))"),
        Panel::new("Duration p95", Show::Lines, Unit::Seconds, "95 of 100 requests to each model are faster. A gap: none was made.")
            .ask("{{model}}", "histogram_quantile(0.95, sum by (model, le) (rate(llm_request_duration_seconds_bucket{job=\"$job\"}[$__rate_interval])))"),
        Panel::new("Time to first token p95", Show::Lines, Unit::Seconds, "How long the user of a stream sees nothing. Empty: nothing is streamed.")
            .ask("{{model}}", "histogram_quantile(0.95, sum by (model, le) (rate(llm_time_to_first_token_seconds_bucket{job=\"$job\"}[$__rate_interval])))"),
        Panel::new("Refused by rate limits", Show::Lines, Unit::PerSecond, "Calls of each function that ended with 429 or its like, by the name of the error. Zero: none.")
            .ask("{{operation}}", format!("{}\nor 0 * sum by (job, operation) (rate(operation_duration_seconds_count{{job=\"$job\"}}[5m]))", LIMITED.replace("error_type=~", "job=\"$job\", error_type=~"))),
    ]
}
