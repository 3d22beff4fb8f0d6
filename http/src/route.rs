//! The template of a request's path: what names its span and its series. The path itself never does.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::{Extensions, HeaderMap, Method, Uri};

/// What is known of a request before it is served.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// The address.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// What other layers have noted.
    pub extensions: &'a Extensions,
}

type Find = dyn Fn(&RequestHead<'_>) -> Option<Cow<'static, str>> + Send + Sync;

/// Finds the route of a request.
#[derive(Clone, Default)]
pub(crate) struct Routes(Option<Arc<Find>>);

impl Routes {
    pub(crate) fn new(find: impl Fn(&RequestHead<'_>) -> Option<Cow<'static, str>> + Send + Sync + 'static) -> Routes {
        Routes(Some(Arc::new(find)))
    }

    pub(crate) fn of(&self, head: &RequestHead<'_>) -> Option<Cow<'static, str>> {
        let said = self.0.as_ref().and_then(|find| find(head));
        said.or_else(|| matched_path(head.extensions))
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Routes").field("is_said", &self.0.is_some()).finish()
    }
}

/// What axum has matched, when the layer stands inside of its router.
#[cfg(feature = "axum")]
fn matched_path(extensions: &Extensions) -> Option<Cow<'static, str>> {
    extensions.get::<axum::extract::MatchedPath>().map(|path| Cow::Owned(path.as_str().to_owned()))
}

#[cfg(not(feature = "axum"))]
fn matched_path(_: &Extensions) -> Option<Cow<'static, str>> {
    None
}
