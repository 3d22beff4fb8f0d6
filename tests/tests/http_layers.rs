//! A request is a span named by its route, a number, two log lines and an answer that names its correlation id.

use std::convert::Infallible;
use std::future::{Future, pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Waker};

use futures::executor::block_on;
use http::{Request, Response, StatusCode};
use taximeter::http::{ClientLayer, ServerLayer, UrlTemplate};
use taximeter::{Workflow, workflow};
use taximeter_tests::memory::{spans_of, spans_sampled};
use taximeter_tests::numbers;
use taximeter_tests::trace::{Span, tree};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn request(path: &str) -> http::request::Builder {
    Request::builder().uri(format!("http://shop.example{path}"))
}

fn routed() -> ServerLayer {
    ServerLayer::new().route(|request| request.uri.path().starts_with("/orders/").then(|| "/orders/{id}".into()))
}

/// Serves one request, in a workflow, with this status.
fn serve(layer: ServerLayer, request: http::request::Builder, status: u16) -> (Vec<Span>, Response<String>) {
    #[workflow(name = "orders.show")]
    fn show() -> String {
        Workflow::current().expect("inside of a workflow").correlation_id().to_owned()
    }
    let mut answer = None;
    let spans = spans_of(|| {
        let service = ServiceBuilder::new().layer(layer).service_fn(move |_: Request<()>| async move {
            let mut response = Response::new(show());
            *response.status_mut() = StatusCode::from_u16(status).expect("a status");
            Ok::<_, Infallible>(response)
        });
        answer = block_on(service.oneshot(request.body(()).expect("a request"))).ok();
    });
    (spans, answer.expect("an answer"))
}

fn attribute<'a>(span: &'a Span, key: &str) -> Option<&'a str> {
    span.attributes.get(key).map(String::as_str)
}

#[test]
fn a_request_is_a_span_named_by_its_route() {
    let (spans, _) = serve(routed(), request("/orders/17?token=hunter2").header("user-agent", "curl"), 200);
    assert_eq!(tree(&spans), "GET /orders/{id} server ok\n  orders.show ok\n");
    let server = &spans[1];
    for (key, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/orders/{id}"),
        ("http.response.status_code", "200"),
        ("url.path", "/orders/17"),
        ("url.scheme", "http"),
        ("server.address", "shop.example"),
        ("user_agent.original", "curl"),
        ("network.protocol.version", "1.1"),
    ] {
        assert_eq!(attribute(server, key), Some(value), "{key}");
    }
    assert!(!format!("{server:?}").contains("hunter2"));
}

#[test]
fn a_request_that_no_route_has_matched_is_named_by_its_method_alone() {
    let (spans, _) = serve(routed(), request("/wp-login.php").method("PURGE"), 404);
    assert_eq!(tree(&spans), "HTTP server unset\n  orders.show ok\n");
    assert_eq!(attribute(&spans[1], "http.request.method"), Some("_OTHER"));
    assert_eq!(attribute(&spans[1], "http.request.method_original"), Some("PURGE"));
    let page = numbers::page();
    let count = r#"http_server_request_duration_seconds_count{method="_OTHER",route="none",status_code="404"}"#;
    assert_eq!(page.value(count), Some(1.0));
    assert_eq!(page.value(r#"http_server_active_requests{method="_OTHER"}"#), Some(0.0));
}

#[test]
fn an_answer_of_500_is_an_error() {
    let (spans, _) = serve(routed(), request("/orders/1").method("PUT"), 503);
    assert_eq!(tree(&spans), "PUT /orders/{id} server error\n  orders.show ok\n");
    assert_eq!(attribute(&spans[1], "error.type"), Some("503"));
    let count = r#"http_server_request_duration_seconds_count{method="PUT",route="/orders/{id}",status_code="503"}"#;
    assert_eq!(numbers::page().value(count), Some(1.0));
}

#[test]
fn the_callers_correlation_id_is_that_of_the_run_and_of_the_answer() {
    let (spans, answer) = serve(routed(), request("/orders/1").header("x-correlation-id", "order-17"), 200);
    assert_eq!(answer.headers()["x-correlation-id"], "order-17");
    assert_eq!(answer.body(), "order-17");
    assert!(spans.iter().all(|span| attribute(span, "workflow.correlation_id") == Some("order-17")), "{spans:?}");
}

#[test]
fn without_a_correlation_id_that_can_be_one_there_is_a_fresh_one() {
    for bad in ["", "two words", &"x".repeat(129), "t\u{e4}xi"] {
        let bad = http::HeaderValue::from_bytes(bad.as_bytes()).expect("a value that HTTP can carry");
        let (_, answer) = serve(routed(), request("/orders/1").header("x-correlation-id", bad), 200);
        assert_eq!(answer.body().len(), 36, "a UUID");
        assert_eq!(answer.headers()["x-correlation-id"], answer.body().as_str());
    }
}

#[test]
fn an_untrusted_caller_decides_nothing_and_is_linked() {
    let traceparent = format!("00-{TRACE}-00f067aa0ba902b7-00");
    let from = || {
        let request = request("/orders/1").header("traceparent", &traceparent);
        request.header("x-correlation-id", "order-17").header("baggage", "tier=gold")
    };
    let (spans, answer) = serve(routed().untrusted(), from(), 200);
    assert_eq!(tree(&spans), "GET /orders/{id} server ok\n  orders.show ok\n", "sampled, though the caller says no");
    assert_ne!(spans[1].trace_id, TRACE);
    assert_eq!(spans[1].links, ["00f067aa0ba902b7"]);
    assert_ne!(answer.headers()["x-correlation-id"], "order-17");

    let (spans, _) = serve(routed(), from(), 200);
    assert!(spans.is_empty(), "a trusted caller that does not sample is not sampled here: {}", tree(&spans));
}

#[test]
fn a_flood_of_sampled_requests_is_sampled_as_ours_are_when_its_callers_are_not_trusted() {
    let flood = |layer: ServerLayer| {
        let spans = spans_sampled(0.1, || {
            let answer = |_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) };
            let service = ServiceBuilder::new().layer(layer).service_fn(answer);
            for number in 1..=1_000 {
                let request = request("/").header("traceparent", format!("00-{number:032x}-00f067aa0ba902b7-ff"));
                let _ = block_on(service.clone().oneshot(request.body(()).expect("a request")));
            }
        });
        spans.len()
    };
    assert_eq!(flood(ServerLayer::new()), 1_000, "a trusted caller decides");
    // A tenth of a thousand: five standard deviations of 9.5 to either side.
    let kept = flood(ServerLayer::new().untrusted());
    assert!((53..=147).contains(&kept), "{kept}");
}

#[test]
fn a_request_that_is_sent_is_a_span_and_a_number() {
    let wire = |status: u16| {
        ServiceBuilder::new().layer(ClientLayer::new()).service_fn(move |request: Request<()>| async move {
            assert!(request.headers().contains_key("traceparent"));
            Response::builder().status(status).body(())
        })
    };
    let spans = spans_of(|| {
        let ask = |request: http::request::Builder, status| {
            block_on(wire(status).oneshot(request.body(()).expect("a request"))).expect("an answer")
        };
        ask(
            Request::get("https://ann:pw@bank.example/accounts/7?sig=hunter2").extension(UrlTemplate("/accounts/{id}")),
            200,
        );
        ask(Request::delete("http://bank.example:8080/accounts/7"), 404);
    });
    assert_eq!(tree(&spans), "GET /accounts/{id} client ok\nDELETE client error\n");
    assert_eq!(attribute(&spans[0], "url.full"), Some("https://bank.example/accounts/7"));
    assert_eq!(attribute(&spans[0], "server.port"), Some("443"));
    assert_eq!(attribute(&spans[1], "error.type"), Some("404"));
    let count = r#"http_client_request_duration_seconds_count{method="DELETE",server_address="bank.example",status_code="404"}"#;
    assert_eq!(numbers::page().value(count), Some(1.0));
}

#[test]
fn a_request_whose_answer_nobody_waits_for_is_counted_on_both_sides() {
    let spans = spans_of(|| {
        let never = |_: Request<()>| pending::<Result<Response<()>, Infallible>>();
        let server = ServiceBuilder::new().layer(ServerLayer::new().route(|_| Some("/slow".into()))).service_fn(never);
        let client = ServiceBuilder::new().layer(ClientLayer::new()).service(server);
        let request = Request::patch("http://slow.example/slow").body(()).expect("a request");
        let mut answer = Box::pin(client.oneshot(request));
        assert!(answer.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(numbers::page().value(r#"http_server_active_requests{method="PATCH"}"#), Some(1.0));
    });
    assert_eq!(tree(&spans), "PATCH client unset\n  PATCH /slow server unset\n");
    assert!(spans.iter().all(|span| attribute(span, "error.type") == Some("cancelled")), "{spans:#?}");
    let page = numbers::page();
    for count in [
        r#"http_client_request_duration_seconds_count{method="PATCH",server_address="slow.example",status_code="none"}"#,
        r#"http_server_request_duration_seconds_count{method="PATCH",route="/slow",status_code="none"}"#,
    ] {
        assert_eq!(page.value(count), Some(1.0), "{count}");
    }
    assert_eq!(page.value(r#"http_server_active_requests{method="PATCH"}"#), Some(0.0));
}

#[test]
fn a_request_whose_service_panics_is_a_panic_on_both_sides_whoever_catches_it() {
    let explode = |_: Request<()>| async {
        std::future::ready(()).await;
        if true {
            panic!("no orders");
        }
        Ok::<_, Infallible>(Response::new(()))
    };
    let refuse = |request: Request<()>| {
        assert!(request.headers().is_empty(), "not even a future");
        ready(Ok::<_, Infallible>(Response::new(())))
    };
    let spans = spans_of(|| {
        let server = ServerLayer::new().layer(service_fn(explode));
        let client = ClientLayer::new().layer(server);
        // A layer above catches the panic, and the future is dropped later.
        let mut answer = Box::pin(client.oneshot(Request::post("http://panics.example/").body(()).expect("a request")));
        let polled = catch_unwind(AssertUnwindSafe(|| {
            answer.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
        }));
        assert!(polled.is_err());
        drop(answer);

        let mut client = ClientLayer::new().layer(ServerLayer::new().layer(service_fn(refuse)));
        let request = Request::put("http://panics.example/").body(()).expect("a request");
        assert!(catch_unwind(AssertUnwindSafe(|| drop(client.call(request)))).is_err());
    });
    assert_eq!(tree(&spans), "POST client error\n  POST server error\nPUT client error\n  PUT server error\n");
    assert!(spans.iter().all(|span| attribute(span, "error.type") == Some("panic")), "{spans:#?}");
}

#[test]
fn an_unsampled_trace_stays_so_on_every_hop_and_keeps_its_id() {
    for flags in ["00", "01"] {
        let traceparent = format!("00-{TRACE}-00f067aa0ba902b7-{flags}");
        let spans = spans_of(|| {
            let back = ServiceBuilder::new().layer(ServerLayer::new()).service_fn(async |request: Request<()>| {
                Ok::<_, Infallible>(Response::new(request.headers()["traceparent"].clone()))
            });
            let wire = ServiceBuilder::new().layer(ClientLayer::new()).service_fn(move |request| {
                let back = back.clone();
                async move {
                    let _foreign = opentelemetry::Context::new().attach();
                    back.oneshot(request).await
                }
            });
            let front = ServiceBuilder::new().layer(ServerLayer::new()).service_fn(move |_: Request<()>| {
                let wire = wire.clone();
                async move {
                    #[workflow(name = "hop")]
                    async fn hop<S, A>(wire: S) -> A
                    where
                        S: tower::Service<Request<()>, Response = A, Error = Infallible>,
                    {
                        wire.oneshot(Request::new(())).await.unwrap_or_else(|never| match never {})
                    }
                    Ok::<_, Infallible>(hop(wire).await)
                }
            });
            let request = Request::get("/").header("traceparent", &traceparent).body(()).expect("a request");
            let seen = block_on(front.oneshot(request)).expect("an answer").into_body();
            let seen = seen.to_str().expect("ASCII");
            assert!(seen.starts_with(&format!("00-{TRACE}-")) && seen.ends_with(flags), "{seen}");
        });
        assert!(spans.iter().all(|span| span.trace_id == TRACE));
        assert_eq!(spans.len(), if flags == "01" { 4 } else { 0 }, "{}", tree(&spans));
    }
}
