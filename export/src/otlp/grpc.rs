//! One try over gRPC. The message is written already, so it goes through as it is.

use std::error::Error;

use bytes::{Buf, BufMut};
use hyper::body::Bytes;
use hyper::http::uri::PathAndQuery;
use hyper::{HeaderMap, Uri};
use tonic::client::Grpc;
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use super::client::Client;
use super::http::{lost, root_cause};
use super::retry::{Again, Failure};

/// The most bytes of an answer.
const ANSWER_CAP: usize = 64 * 1024;

/// What is called, and how.
pub(super) struct Call {
    pub(super) method: PathAndQuery,
    pub(super) has_gzip: bool,
}

impl Call {
    /// Sends a message, and gives the answer that took it.
    pub(super) async fn send(
        self,
        client: Client,
        target: Uri,
        headers: &HeaderMap,
        message: Bytes,
    ) -> Result<Bytes, Failure> {
        let mut grpc = Grpc::with_origin(client, target).max_decoding_message_size(ANSWER_CAP);
        if self.has_gzip {
            grpc = grpc.send_compressed(CompressionEncoding::Gzip).accept_compressed(CompressionEncoding::Gzip);
        }
        grpc.ready().await.map_err(|error| lost(&error))?;
        let mut request = Request::new(message);
        *request.metadata_mut() = MetadataMap::from_headers(headers.clone());
        let answer = grpc.unary(request, self.method, Written).await;
        answer.map(tonic::Response::into_inner).map_err(|status| failure(&status))
    }
}

/// [What can be tried again](https://opentelemetry.io/docs/specs/otlp/#failures). What broke on the way has a cause, what
/// the receiver says has none.
fn failure(status: &Status) -> Failure {
    if status.source().is_some() {
        return Failure { reason: root_cause(status), again: Again::Soon };
    }
    let asked = status.get_details_retry_info().and_then(|info| info.retry_delay);
    let again = match (status.code(), asked) {
        (Code::Unavailable | Code::ResourceExhausted, Some(asked)) => Again::After(asked),
        (
            Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Aborted
            | Code::OutOfRange
            | Code::Unavailable
            | Code::DataLoss,
            _,
        ) => Again::Soon,
        _ => Again::Never,
    };
    Failure { reason: format!("it answers {:?}: {}", status.code(), status.message()), again }
}

/// Messages that are bytes already.
struct Written;

impl Codec for Written {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Written;
    type Decoder = Written;

    fn encoder(&mut self) -> Written {
        Written
    }

    fn decoder(&mut self) -> Written {
        Written
    }
}

impl Encoder for Written {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(message);
        Ok(())
    }
}

impl Decoder for Written {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, answer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(answer.copy_to_bytes(answer.remaining())))
    }
}
