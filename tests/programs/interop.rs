//! Half of a conversation with a service in another language: `interop PEER` serves on a free port, asks the peer for
//! `/work` in a workflow with baggage and for `/start` outside of one, gives the peer its own address to ask back, and
//! prints what was answered.

use axum::Router;
use axum::routing::get;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use taximeter::http::{ReqwestTrace, ServerLayer, UrlTemplate};
use taximeter::{Config, observe, workflow};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let _telemetry = Config::from_env("rust").prometheus_port(0).init();
    let peer = std::env::args().nth(1).expect("the address of the peer");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let back = format!("http://{}/back", listener.local_addr().expect("its address"));
    let router = Router::new().route("/back", get(async || seen())).layer(ServerLayer::new());
    tokio::spawn(async move { axum::serve(listener, router).await });

    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let start = client.get(format!("{peer}/start?back={back}")).send().await.expect("an answer");
    println!("start {}", start.text().await.expect("a text"));
    let client = ClientBuilder::new(client).with(ReqwestTrace::new()).build();
    println!("work {}", work(&client, &format!("{peer}/work?back={back}")).await);
}

#[workflow(name = "interop", baggage(tenant = "Acme Inc"))]
async fn work(client: &ClientWithMiddleware, address: &str) -> String {
    let answer = client.get(address).with_extension(UrlTemplate("/work")).send().await;
    answer.expect("an answer").text().await.expect("a text")
}

/// What the peer sends along when it asks back.
#[observe]
fn seen() -> String {
    taximeter::baggage("tenant").unwrap_or_else(|| "nobody".to_owned())
}
