//! What headers are read from, and the headers of a run.

use std::collections::{BTreeMap, HashMap};

/// Something that headers are read from: those of a request, or of a message in a queue.
///
/// Implemented for lists and maps of texts and for [`Headers`]; `taximeter::http::Incoming` is one around an
/// `http::HeaderMap`. Names are asked for in lower case.
pub trait Carrier {
    /// The lines under this name, in their order.
    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]>;
}

impl<K: AsRef<str>, V: AsRef<[u8]>> Carrier for [(K, V)] {
    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        let is_named = move |pair: &&(K, V)| pair.0.as_ref().eq_ignore_ascii_case(name);
        self.iter().filter(is_named).map(|(_, value)| value.as_ref())
    }
}

impl<K: AsRef<str>, V: AsRef<[u8]>> Carrier for Vec<(K, V)> {
    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        self.as_slice().lines(name)
    }
}

macro_rules! maps {
    ($($map:ident),+) => {$(
        impl Carrier for $map<String, String> {
            fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
                let is_named = move |pair: &(&String, &String)| pair.0.eq_ignore_ascii_case(name);
                self.iter().filter(is_named).map(|(_, value)| value.as_bytes())
            }
        }
    )+};
}

maps!(HashMap, BTreeMap);

/// The headers that hand a run over: to another service, or to whoever takes a message out of a queue.
///
/// Pairs of a name in lower case and a value of visible ASCII characters: `traceparent`, `tracestate`, `baggage` and
/// `x-correlation-id`, as far as there is something to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub(crate) Vec<(&'static str, String)>);

impl Headers {
    /// The value under this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

impl IntoIterator for Headers {
    type Item = (&'static str, String);
    type IntoIter = std::vec::IntoIter<(&'static str, String)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Carrier for Headers {
    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        self.0.as_slice().lines(name)
    }
}
