//! What is answered to which request.

use std::sync::{Arc, PoisonError};

use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER, VARY};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::json;
use taximeter_runtime::metrics;

use super::body::{Body, Part, pair};
use super::{Held, Server};
use crate::prices;
use crate::text::{self, Format};

pub(crate) const HEALTH_PATH: &str = "/healthz";

type Answer = Response<Body>;

/// The answer to a request: every path has one, and only reading is allowed.
pub(super) async fn answer(server: Arc<Server>, held: Held, request: Request<Incoming>) -> Answer {
    let path = request.uri().path();
    let is_metrics = path == server.metrics_path;
    if !is_metrics && path != HEALTH_PATH {
        return plain(
            StatusCode::NOT_FOUND,
            format!("not found; try GET {} or GET {HEALTH_PATH}\n", server.metrics_path),
        );
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are allowed\n");
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return answer;
    }
    if is_metrics {
        scrape(&server, &held, wanted_format(&request), takes_gzip(&request)).await
    } else {
        health(&server)
    }
}

fn wanted_format(request: &Request<Incoming>) -> Format {
    let headers = request.headers().get_all(ACCEPT).iter();
    Format::of_accept(headers.filter_map(|value| value.to_str().ok()))
}

fn takes_gzip(request: &Request<Incoming>) -> bool {
    let headers = request.headers().get_all(ACCEPT_ENCODING).iter();
    headers.filter_map(|value| value.to_str().ok()).any(text::accepts_gzip)
}

/// The metrics. They are gathered and written on another thread, so that a slow collector of the program stops nobody else.
async fn scrape(server: &Server, held: &Held, format: Format, zip: bool) -> Answer {
    let Ok(place) = Arc::clone(&server.scrapes).try_acquire_owned() else {
        let mut answer = plain(StatusCode::SERVICE_UNAVAILABLE, "too many scrapes at once\n");
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        return answer;
    };
    let place = Arc::new(place);
    *held.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&place));
    let (sender, parts) = pair();
    tokio::task::spawn_blocking(move || {
        let _place = place;
        text::stream(format, &text::others(), zip, |chunk| sender.send(Part::Chunk(chunk.into())));
        let _ = sender.send(Part::End);
    });
    let Some(body) = Body::of(parts).await else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "the metrics could not be gathered\n");
    };
    let mut answer = with_type(StatusCode::OK, format.content_type(), body);
    answer.headers_mut().insert(VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    if zip {
        answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    answer
}

/// How the telemetry itself is. Always 200: a program whose telemetry is degraded must not be restarted for it.
fn health(server: &Server) -> Answer {
    let problems = server.problems.list();
    let shown = problems.iter().map(|problem| json!({ "area": problem.area(), "message": problem.message() }));
    let losses = metrics::losses();
    let lost = losses.iter().map(|loss| json!({ "signal": loss.signal, "reason": loss.reason, "count": loss.count }));
    let body = json!({
        "status": if problems.is_empty() { "healthy" } else { "degraded" },
        "service": server.service_name,
        "version": server.service_version,
        "problems": shown.collect::<Vec<_>>(),
        "warnings": server.warning().into_iter().collect::<Vec<_>>(),
        "losses": lost.collect::<Vec<_>>(),
        "prices": prices::shown(),
    });
    with_type(StatusCode::OK, "application/json", Body::whole(format!("{body}\n")))
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    with_type(status, "text/plain; charset=utf-8", Body::whole(text))
}

fn with_type(status: StatusCode, content_type: &'static str, body: Body) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}
