//! A web service: who calls it, what it does for that, whom it asks, and what it costs.
//!
//! ```text
//! cargo run --example axum_service
//! curl -H 'x-correlation-id: order-17' 'localhost:8080/answers/7?tier=gold'
//! ```
//!
//! Everything about that request is found under `order-17`: the log lines, and the trace with the request, the workflow,
//! its two steps, the language model and the catalogue. `--once` asks it one question and ends it.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde_json::{Value, json};
use taximeter::http::{ReqwestTrace, ServerLayer};
use taximeter::{llm_cost, observe, workflow};
use taximeter_examples::openai::{self, OpenAi};
use tokio::net::TcpListener;

#[derive(Clone)]
struct Shop {
    openai: OpenAi,
    catalogue: String,
    client: ClientWithMiddleware,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _telemetry = taximeter::init("answers");
    let once = std::env::args().any(|argument| argument == "--once");
    let listener = TcpListener::bind(("127.0.0.1", if once { 0 } else { 8080 })).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let client = ClientBuilder::new(reqwest::Client::new()).with(ReqwestTrace::new()).build();
    let shop = Shop { openai: openai::client().await?, catalogue: address.clone(), client };
    let serving = tokio::spawn(async move { axum::serve(listener, router(shop)).await });
    if once {
        let request = reqwest::Client::new().get(format!("{address}/answers/7?tier=gold"));
        let answer = request.header("x-correlation-id", "order-17").send().await?;
        println!("{} {}", answer.status(), answer.headers()["x-correlation-id"].to_str()?);
        return Ok(());
    }
    tokio::select! {
        ended = serving => ended??,
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}

/// The layer stands behind the routes: there it knows which one has matched.
fn router(shop: Shop) -> Router {
    Router::new()
        .route("/answers/{item}", get(answer))
        .route("/catalogue/{item}", get(catalogue))
        .layer(ServerLayer::new())
        .with_state(shop)
}

async fn answer(
    State(shop): State<Shop>,
    Path(item): Path<u32>,
    Query(query): Query<Vec<(String, String)>>,
) -> (StatusCode, Json<Value>) {
    let tier = query.into_iter().find(|(key, _)| key == "tier").map_or_else(|| "free".to_owned(), |(_, tier)| tier);
    match explain(&shop, item, &tier).await {
        Ok(text) => (StatusCode::OK, Json(json!({ "answer": text }))),
        // The failure is already in the log, in the trace and in the numbers.
        Err(_) => (StatusCode::BAD_GATEWAY, Json(json!({ "error": "no answer" }))),
    }
}

#[workflow(name = "answers.explain", data(item = item, user_tier = tier), baggage(tier = tier), feature = "answers")]
async fn explain(shop: &Shop, item: u32, tier: &str) -> anyhow::Result<String> {
    let name = find_name(shop, item).await?;
    let question = phrase(&name);
    let reply = ask(&shop.openai, &question).await?;
    tracing::info!("explained");
    Ok(reply.choices.into_iter().find_map(|choice| choice.message.content).unwrap_or_default())
}

#[observe]
async fn find_name(shop: &Shop, item: u32) -> anyhow::Result<String> {
    let address = format!("{}/catalogue/{item}", shop.catalogue);
    Ok(shop.client.get(address).send().await?.error_for_status()?.text().await?)
}

#[observe]
fn phrase(name: &str) -> String {
    format!("What is a {name} good for?")
}

#[llm_cost(model = "gpt-4o-mini", provider = "openai")]
async fn ask(openai: &OpenAi, question: &str) -> Result<openai::Reply, openai::OpenAIError> {
    openai::ask(openai, "gpt-4o-mini", question).await
}

/// Another team's service. It sees the tier, which nobody has put into its interface.
async fn catalogue(Path(item): Path<u32>) -> String {
    let tier = taximeter::baggage("tier").unwrap_or_default();
    tracing::info!(item, tier, "looked up");
    "corkscrew".to_owned()
}
