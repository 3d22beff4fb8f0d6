//! Sends batches of spans to an OTLP receiver. The batch processor calls from a plain thread of its own.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use crate::otlp::Sender;

/// The exporter of the batch processor.
#[derive(Debug)]
pub(super) struct Exporter {
    sender: Arc<Sender>,
    resource: ResourceAttributesWithSchema,
}

impl Exporter {
    pub(super) fn new(sender: Arc<Sender>) -> Self {
        Exporter { sender, resource: ResourceAttributesWithSchema::default() }
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let sent = self.sender.send(spans, &ExportTraceServiceRequest { resource_spans }).await;
        sent.map_err(OTelSdkError::InternalFailure)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}
