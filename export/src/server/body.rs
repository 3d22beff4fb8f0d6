//! The body of an answer: known as a whole, or written while it is sent.

use std::io;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::Full;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// So many chunks wait for a slow reader; who writes waits behind them.
const WAITING: usize = 1;

/// What a writer passes on.
pub(super) enum Part {
    Chunk(Bytes),
    /// It was all. A writer who is gone without saying so has failed.
    End,
}

/// The end of a body that is written to.
pub(super) struct Writer(Sender<Part>);

impl Writer {
    /// Waits until there is room. Breaks when nobody reads any more.
    pub(super) fn send(&self, part: Part) -> ControlFlow<()> {
        match self.0.blocking_send(part) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

/// A writer, and where its parts arrive.
pub(super) fn pair() -> (Writer, Receiver<Part>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Writer(sender), receiver)
}

/// The body of an answer.
pub(super) enum Body {
    Whole(Full<Bytes>),
    /// The chunks that have arrived, and those to come.
    Written([Option<Bytes>; 2], Receiver<Part>),
}

impl Body {
    pub(super) fn whole(text: impl Into<Bytes>) -> Body {
        Body::Whole(Full::new(text.into()))
    }

    /// The body that a writer makes, or none when he fails before its first chunk. One chunk that is all has a length.
    pub(super) async fn of(mut parts: Receiver<Part>) -> Option<Body> {
        let first = match parts.recv().await? {
            Part::Chunk(first) => first,
            Part::End => return Some(Body::whole("")),
        };
        match parts.recv().await {
            Some(Part::Chunk(second)) => Some(Body::Written([Some(first), Some(second)], parts)),
            Some(Part::End) => Some(Body::whole(first)),
            None => None,
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Body::Whole(whole) => Pin::new(whole).poll_frame(context).map_err(|never| match never {}),
            Body::Written(arrived, parts) => {
                if let Some(chunk) = arrived.iter_mut().find_map(Option::take) {
                    return Poll::Ready(Some(Ok(Frame::data(chunk))));
                }
                parts.poll_recv(context).map(|part| match part {
                    Some(Part::Chunk(chunk)) => Some(Ok(Frame::data(chunk))),
                    Some(Part::End) => None,
                    // The reader must not take half a page for a page.
                    None => Some(Err(io::Error::other("the metrics could not be written to their end"))),
                })
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Body::Whole(whole) => whole.is_end_stream(),
            Body::Written(..) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(whole) => whole.size_hint(),
            Body::Written(..) => SizeHint::default(),
        }
    }
}
