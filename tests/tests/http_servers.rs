//! The layers on the servers that they are for: hyper as it is, and the services of tonic over HTTP/2.

use std::convert::Infallible;

use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2 as client;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use taximeter::http::{ClientLayer, ServerLayer};
use taximeter_tests::http::get;
use taximeter_tests::memory::spans_of;
use taximeter_tests::trace::tree;
use tokio::net::{TcpListener, TcpStream};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{ServiceBuilder, ServiceExt};

/// Runs everything on this thread, where the tracer is.
fn block_on(scenario: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(scenario);
}

#[test]
fn a_request_to_a_server_of_hyper_is_a_span() {
    let spans = spans_of(|| {
        block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("its address").port();
            let asked = tokio::task::spawn_blocking(move || get(port, "/orders/17"));
            let (stream, _) = listener.accept().await.expect("a connection");
            let service = ServiceBuilder::new()
                .layer(ServerLayer::new().route(|_| Some("/orders/{id}".into())))
                .service_fn(|_: Request<Incoming>| async {
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("one order"))))
                });
            let served =
                http1::Builder::new().serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
            served.await.expect("one request and its answer");
            let answer = asked.await.expect("it only asks").expect("an answer");
            assert_eq!((answer.status, answer.body.as_str()), (200, "one order"));
            assert!(answer.head.contains("x-correlation-id: "), "{}", answer.head);
        });
    });
    assert_eq!(tree(&spans), "GET /orders/{id} server ok\n");
}

/// A method of gRPC as a server of tonic has it: it takes and gives tonic's bodies, and a refusal is a header.
async fn greet(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    assert_eq!(request.uri().path(), "/greeter.Greeter/Greet");
    Ok(Status::new(Code::NotFound, "nobody is there").into_http())
}

#[test]
fn a_request_between_a_client_and_a_service_of_tonic_is_one_trace() {
    let spans = spans_of(|| {
        block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("its address");
            let serve = async move {
                let (stream, _) = listener.accept().await.expect("a connection");
                let service = ServiceBuilder::new()
                    .layer(ServerLayer::new().route(|request| Some(request.uri.path().to_owned().into())))
                    .map_request(|request: Request<Incoming>| request.map(Body::new))
                    .service_fn(greet);
                let service = TowerToHyperService::new(service);
                let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            };
            let ask = async move {
                let stream = TcpStream::connect(address).await.expect("a server");
                let handshake = client::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
                let (sender, connection) = handshake.expect("it speaks HTTP/2");
                let connection = tokio::spawn(connection);
                let call = ServiceBuilder::new().layer(ClientLayer::new()).service_fn(move |request| {
                    let mut sender = sender.clone();
                    async move { sender.send_request(request).await }
                });
                let request = Request::post(format!("http://{address}/greeter.Greeter/Greet"));
                let request = request.header("content-type", "application/grpc").body(Full::new(Bytes::new()));
                let answer = call.oneshot(request.expect("a request")).await.expect("an answer");
                assert_eq!(answer.headers().get("grpc-status").map(|code| code.as_bytes()), Some(&b"5"[..]));
                drop(answer);
                connection.abort();
            };
            tokio::join!(serve, ask);
        });
    });
    // HTTP/2 has spans of its own here, since nothing filters them.
    let spans: Vec<_> = spans.into_iter().filter(|span| span.name.starts_with("POST")).collect();
    assert_eq!(tree(&spans), "POST client ok\n  POST /greeter.Greeter/Greet server ok\n");
}
