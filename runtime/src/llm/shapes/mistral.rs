//! Mistral, where it does not speak the API of OpenAI (API reference, 2026-11).

use serde_json::Value;

use super::counts::list;
use super::{Counts, NoUsage, Usage};

/// `usage_info` of read documents, which are charged by the page. A document that is annotated costs more for each of its
/// pages; the counts do not say that it was, the annotations do.
pub(super) fn pages(body: &Value, counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let pages = counts.total("pages_processed")?;
    let annotated_pages = if is_annotated(body.get(ANNOTATION), body.get("pages")) { pages } else { 0 };
    Ok(Usage { pages, annotated_pages, ..Usage::default() })
}

/// The name of the annotation of a whole document.
pub(in crate::llm) const ANNOTATION: &str = "document_annotation";

/// Whether a document has an annotation, or one of the images on its pages has.
pub(in crate::llm) fn is_annotated(annotation: Option<&Value>, pages: Option<&Value>) -> bool {
    let says = |annotation: Option<&Value>| annotation.is_some_and(|annotation| !annotation.is_null());
    let mut images = list(pages).iter().flat_map(|page| list(page.get("images")));
    says(annotation) || images.any(|image| says(image.get("image_annotation")))
}
