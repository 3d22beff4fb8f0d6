//! Taximeter.
