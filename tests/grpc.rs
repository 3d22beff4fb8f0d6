//! A receiver of OTLP over gRPC that answers as a test tells it to: what no real one does on purpose.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tonic::{Code, Status};

/// The message of an answer, or why there is none.
pub type Answer = Result<Vec<u8>, Status>;

type Answers = Arc<dyn Fn(usize) -> Answer + Send + Sync>;
type Times = Arc<Mutex<Vec<Instant>>>;

/// Listens on a loopback port and answers each call as it is told.
pub struct GrpcReceiver {
    address: SocketAddr,
    calls: Times,
}

impl GrpcReceiver {
    /// `answer` gets the number of the call, from 0.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Self {
        let socket = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        socket.set_nonblocking(true).expect("an option of every socket");
        let address = socket.local_addr().expect("its address");
        let calls = Times::default();
        let (answers, seen): (Answers, Times) = (Arc::new(answer), Arc::clone(&calls));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::from_std(socket).expect("a socket");
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(converse(stream, Arc::clone(&answers), Arc::clone(&seen)));
                }
            });
        });
        GrpcReceiver { address, calls }
    }

    /// When each call came in.
    pub fn calls(&self) -> Vec<Instant> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The value of `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn converse(stream: TcpStream, answers: Answers, seen: Times) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (answers, seen) = (Arc::clone(&answers), Arc::clone(&seen));
        async move {
            // All of it has to be read before it is answered.
            let _ = request.into_body().collect().await;
            let number = {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.push(Instant::now());
                seen.len() - 1
            };
            Ok::<_, Infallible>(respond(answers(number)))
        }
    });
    let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}

fn respond(answer: Answer) -> Response<impl hyper::body::Body<Data = Bytes, Error = Infallible>> {
    let (message, status) = match answer {
        Ok(message) => (framed(&message), Status::new(Code::Ok, "")),
        Err(status) => (Vec::new(), status),
    };
    let mut trailers = HeaderMap::new();
    status.add_header(&mut trailers).expect("a status is headers");
    let body = Full::new(Bytes::from(message)).with_trailers(async move { Some(Ok(trailers)) });
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, "application/grpc".parse().expect("a header"));
    response
}

/// A message of gRPC: whether it is compressed, its length, and itself.
fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a short message").to_be_bytes();
    [&[0], length.as_slice(), message].concat()
}
