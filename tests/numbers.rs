//! The numbers of this process, as its page would show them.

use taximeter::prometheus::TextEncoder;

use crate::Page;

/// The page of this process now.
pub fn page() -> Page {
    Page::parse(&text())
}

/// The same as text.
pub fn text() -> String {
    let families = taximeter::metrics::registry().gather();
    TextEncoder::new().encode_to_string(&families).expect("the page can be written")
}
