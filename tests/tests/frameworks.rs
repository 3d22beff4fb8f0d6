//! The attributes stand beside those of other crates, above and below them.

use axum::Json;
use axum::body::Body;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::routing::get;
use clap::Parser;
use http::{Request, StatusCode};
use rstest::rstest;
use serde::{Deserialize, Deserializer};
use taximeter::{observe, workflow};
use taximeter_tests::numbers::page;
use tower::ServiceExt;

/// How many calls of an operation ended with a status.
fn calls(operation: &str, status: &str) -> Option<f64> {
    page().value(&format!(
        "operation_duration_seconds_count{{operation={operation:?},module=\"frameworks\",status={status:?}}}"
    ))
}

#[observe]
#[axum::debug_handler]
async fn handler_above(Path(id): Path<u64>) -> Result<Json<u64>, StatusCode> {
    if id == 0 { Err(StatusCode::NOT_FOUND) } else { Ok(Json(id)) }
}

#[axum::debug_handler]
#[observe]
async fn handler_below(Path(id): Path<u64>) -> Result<Json<u64>, StatusCode> {
    if id == 0 { Err(StatusCode::NOT_FOUND) } else { Ok(Json(id)) }
}

#[workflow(name = "handler")]
async fn handler_alone(Path(id): Path<u64>, request: Request<Body>) -> impl IntoResponse {
    format!("{id} {}", request.uri())
}

#[tokio::test]
async fn handlers_of_axum_are_handlers() {
    let routes = axum::Router::new()
        .route("/above/{id}", get(handler_above))
        .route("/below/{id}", get(handler_below))
        .route("/alone/{id}", get(handler_alone));
    for (path, status) in
        [("/above/1", 200), ("/above/0", 404), ("/below/1", 200), ("/below/0", 404), ("/alone/1", 200)]
    {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answer = routes.clone().oneshot(request).await.expect("an answer");
        assert_eq!(answer.status(), status, "{path}");
    }
    for operation in ["handler_above", "handler_below"] {
        assert_eq!((calls(operation, "success"), calls(operation, "error")), (Some(1.0), Some(1.0)), "{operation}");
    }
    assert_eq!(calls("handler", "success"), Some(1.0));
}

#[rstest]
#[case(1, 2)]
#[case(2, 3)]
#[observe]
fn cases_of_rstest(#[case] number: u64, #[case] next: u64) {
    assert_eq!(number + 1, next);
}

#[observe]
#[rstest]
fn values_of_rstest(#[values("a", "b")] text: &str) {
    assert_eq!(text.len(), 1);
}

#[rstest]
#[case("ab")]
#[tokio::test]
#[observe]
async fn futures_of_rstest(#[case] text: String) -> Result<(), String> {
    tokio::task::yield_now().await;
    if text.len() == 2 { Ok(()) } else { Err(text) }
}

#[tokio::test]
#[observe]
async fn a_test_of_tokio_below() {
    tokio::task::yield_now().await;
}

#[observe]
#[tokio::test]
async fn a_test_of_tokio_above() {
    tokio::task::yield_now().await;
}

#[tonic::async_trait]
trait Greeter {
    async fn greet(&self, name: &str) -> Result<String, tonic::Status>;
}

struct Inside;

#[tonic::async_trait]
impl Greeter for Inside {
    #[observe(name = "greet.inside")]
    async fn greet(&self, name: &str) -> Result<String, tonic::Status> {
        if name.is_empty() { Err(tonic::Status::invalid_argument("no name")) } else { Ok(format!("hello {name}")) }
    }
}

struct Outside;

#[observe]
#[tonic::async_trait]
impl Greeter for Outside {
    async fn greet(&self, name: &str) -> Result<String, tonic::Status> {
        Inside.greet(name).await
    }
}

#[tokio::test]
async fn services_of_tonic_are_measured() {
    assert!(Outside.greet("you").await.is_ok());
    assert!(Outside.greet("").await.is_err());
    for operation in ["greet.inside", "Outside::greet"] {
        assert_eq!((calls(operation, "success"), calls(operation, "error")), (Some(1.0), Some(1.0)), "{operation}");
    }
}

#[derive(Parser)]
struct Arguments {
    #[arg(long, value_parser = port, default_value_t = default_port())]
    port: u16,
}

#[observe]
impl Arguments {
    fn address(&self) -> String {
        format!("localhost:{}", self.port)
    }
}

#[observe]
fn port(text: &str) -> Result<u16, std::num::ParseIntError> {
    text.parse()
}

#[observe]
fn default_port() -> u16 {
    9464
}

#[test]
fn functions_that_clap_calls_are_measured() {
    assert_eq!(
        Arguments::try_parse_from(["program"]).map_or_else(|_| String::new(), |it| it.address()),
        "localhost:9464"
    );
    assert!(Arguments::try_parse_from(["program", "--port", "many"]).is_err());
    assert_eq!((calls("port", "error"), calls("Arguments::address", "success")), (Some(1.0), Some(1.0)));
    assert!(calls("default_port", "success").is_some_and(|calls| calls >= 1.0));
}

#[derive(Deserialize)]
struct Order {
    #[serde(default = "one")]
    amount: u64,
    #[serde(deserialize_with = "trimmed")]
    page: String,
}

#[observe]
fn one() -> u64 {
    1
}

#[observe]
fn trimmed<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    Ok(text.trim().to_owned())
}

#[derive(Debug, thiserror::Error)]
enum OrderError {
    #[error("not an order")]
    NotAnOrder(#[from] serde_json::Error),
}

#[observe]
fn order(text: &str) -> Result<Order, OrderError> {
    Ok(serde_json::from_str(text)?)
}

#[test]
fn functions_that_serde_calls_are_measured() {
    let read = order(r#"{"page": " a "}"#).expect("an order");
    assert_eq!((read.amount, read.page.as_str()), (1, "a"));
    assert!(order(r#"{"page": 1}"#).is_err());
    assert_eq!(
        (calls("one", "success"), calls("trimmed", "error"), calls("order", "error")),
        (Some(1.0), Some(1.0), Some(1.0))
    );
}

#[fastrace::trace]
#[observe]
async fn traced_above(text: &str) -> Result<usize, String> {
    tokio::task::yield_now().await;
    if text.is_empty() { Err("empty".to_owned()) } else { Ok(text.len()) }
}

#[observe]
#[fastrace::trace]
#[tracing::instrument(skip_all, err)]
async fn traced_below(text: &str) -> Result<usize, String> {
    tokio::task::yield_now().await;
    if text.is_empty() { Err("empty".to_owned()) } else { Ok(text.len()) }
}

#[tracing::instrument(ret)]
#[observe]
#[fastrace::trace]
fn traced_between(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    Some(first.len_utf8())
}

#[tokio::test]
async fn other_tracers_see_the_function_too() {
    for text in ["ab", ""] {
        assert_eq!(traced_above(text).await, traced_below(text).await);
        assert_eq!(traced_between(text).is_some(), !text.is_empty());
    }
    for operation in ["traced_above", "traced_below"] {
        assert_eq!((calls(operation, "success"), calls(operation, "error")), (Some(1.0), Some(1.0)), "{operation}");
    }
    assert_eq!(calls("traced_between", "success"), Some(2.0));
}
