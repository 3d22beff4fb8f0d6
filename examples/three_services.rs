//! Three services, three processes, one trace: a shop's front end, its API, and the worker that has the database.
//!
//! ```text
//! OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 cargo run --example three_services
//! ```
//!
//! The front end starts the other two, places one order, and prints what the worker saw of the tenant, who is in no
//! interface between the three: he travels in the baggage.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use taximeter::http::{ReqwestTrace, ServerLayer, UrlTemplate};
use taximeter::{Config, Telemetry, observe, workflow};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("api") => {
            let worker = arguments.next().context("the address of the worker")?;
            serve("shop-api", Router::new().route("/orders", post(place)).with_state(Callee::new(worker))).await
        }
        Some("worker") => serve("shop-worker", Router::new().route("/stock/{item}", get(stock))).await,
        _ => frontend().await,
    }
}

fn telemetry(name: &str) -> Telemetry {
    // Three processes, one machine: each page on a port of its own.
    Config::from_env(name).prometheus_port(0).init()
}

async fn frontend() -> anyhow::Result<()> {
    let _telemetry = telemetry("shop-frontend");
    let worker = Service::start(&["worker"])?;
    let api = Service::start(&["api", &worker.address])?;
    let seen = order(&Callee::new(api.address.clone()), "Acme Inc").await?;
    println!("the worker reserved for: {seen}");
    Ok(())
}

#[workflow(name = "shop.order", data(tenant = tenant), baggage(tenant = tenant))]
async fn order(api: &Callee, tenant: &str) -> anyhow::Result<String> {
    let request = api.client.post(format!("{}/orders", api.address)).with_extension(UrlTemplate("/orders"));
    Ok(request.send().await?.error_for_status()?.text().await?)
}

/// In the API.
#[observe]
async fn place(State(worker): State<Callee>) -> Result<String, StatusCode> {
    let request = worker.client.get(format!("{}/stock/7", worker.address)).with_extension(UrlTemplate("/stock/{item}"));
    let answer = request.send().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    tracing::info!("placed");
    answer.text().await.map_err(|_| StatusCode::BAD_GATEWAY)
}

/// In the worker.
async fn stock(Path(item): Path<u32>) -> String {
    reserve(item);
    taximeter::baggage("tenant").unwrap_or_else(|| "nobody".to_owned())
}

#[observe(db(system = "postgresql", operation = "UPDATE", table = "stock", statement = "UPDATE stock SET n = n - 1"))]
fn reserve(item: u32) {
    tracing::info!(item, "reserved");
}

/// A service that is called.
#[derive(Clone)]
struct Callee {
    address: String,
    client: ClientWithMiddleware,
}

impl Callee {
    fn new(address: String) -> Callee {
        Callee { address, client: ClientBuilder::new(reqwest::Client::new()).with(ReqwestTrace::new()).build() }
    }
}

/// Serves until its standard input ends, which is when the front end does.
async fn serve(name: &str, router: Router) -> anyhow::Result<()> {
    let _telemetry = telemetry(name);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    eprintln!("http://{}", listener.local_addr()?);
    let mut input = tokio::io::stdin();
    tokio::select! {
        ended = axum::serve(listener, router.layer(ServerLayer::new())) => ended?,
        _ = input.read_u8() => {}
    }
    Ok(())
}

/// Another process of this program.
struct Service {
    process: Child,
    address: String,
}

impl Service {
    fn start(arguments: &[&str]) -> anyhow::Result<Service> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments).stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn()?;
        let mut address = String::new();
        let errors = process.stderr.take().context("its standard error")?;
        BufReader::new(errors).read_line(&mut address)?;
        Ok(Service { process, address: address.trim().to_owned() })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
