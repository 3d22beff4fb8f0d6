//! An endpoint that speaks OpenAI's chat API and answers with what a provider once said.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// One recorded reply, and the words in a question that call it up.
struct Reply {
    to: &'static str,
    status: StatusCode,
    after: Duration,
    body: &'static str,
}

impl Reply {
    const fn new(to: &'static str, body: &'static str) -> Self {
        Self { to, status: StatusCode::OK, after: Duration::ZERO, body }
    }

    const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    const fn after(mut self, wait: Duration) -> Self {
        self.after = wait;
        self
    }
}

/// The first entry also answers every question that nobody recorded.
static REPLIES: [Reply; 5] = [
    Reply::new("reset my password", include_str!("recorded/plain.json")),
    Reply::new("single sign-on", include_str!("recorded/cached.json")),
    Reply::new("charged twice", include_str!("recorded/reasoning.json")),
    Reply::new("export my data", include_str!("recorded/rate_limited.json")).status(StatusCode::TOO_MANY_REQUESTS),
    Reply::new("new API", include_str!("recorded/slow.json")).after(Duration::from_millis(1200)),
];

/// Serves on a free loopback port until the runtime ends, and returns the base address for a client.
pub(crate) async fn serve() -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let base = format!("http://{}/v1", listener.local_addr()?);
    let router = Router::new().route("/v1/chat/completions", post(complete));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(base)
}

async fn complete(Json(request): Json<Value>) -> Response {
    let reply = reply_to(&request);
    tokio::time::sleep(reply.after).await;
    // As the provider sends it, and without `retry-after`: async-openai then tries three times more within 0.7 s and
    // gives up, instead of waiting for as long as the header says.
    let left = if reply.status.is_success() { "4999" } else { "0" };
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (HeaderName::from_static("x-ratelimit-remaining-requests"), left)];
    match request["stream"].as_bool() {
        Some(true) if reply.status.is_success() => {
            ([(header::CONTENT_TYPE, "text/event-stream")], streamed(reply.body)).into_response()
        }
        _ => (reply.status, headers, reply.body).into_response(),
    }
}

/// A recorded reply as the events of a stream: its text, its usage, and the end.
fn streamed(body: &str) -> String {
    let reply: Value = serde_json::from_str(body).unwrap_or_default();
    let chunk = |choices: Value, usage: &Value| {
        json!({
            "id": reply["id"], "object": "chat.completion.chunk", "created": reply["created"], "model": reply["model"],
            "service_tier": reply["service_tier"], "choices": choices, "usage": usage
        })
    };
    let delta = json!({ "role": "assistant", "content": reply["choices"][0]["message"]["content"] });
    let said = chunk(json!([{ "index": 0, "delta": delta, "finish_reason": "stop" }]), &Value::Null);
    let total = chunk(json!([]), &reply["usage"]);
    format!("data: {said}\n\ndata: {total}\n\ndata: [DONE]\n\n")
}

fn reply_to(request: &Value) -> &'static Reply {
    let question = request["messages"].as_array().and_then(|messages| messages.last()?["content"].as_str());
    let question = question.unwrap_or_default();
    REPLIES.iter().find(|reply| question.contains(reply.to)).unwrap_or(&REPLIES[0])
}
