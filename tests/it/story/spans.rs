//! Spans that a collector receives: one trace from the clock-out to the fact that was applied.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use super::month::{self, Step};
use super::platform::Platform;
use super::role::Role;

/// A span as it came in.
#[derive(Debug, Clone)]
struct Received {
    process: String,
    name: String,
    kind: SpanKind,
    trace_id: String,
    span_id: String,
    parent: String,
    attributes: String,
}

/// A collector that keeps what it receives.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Received>>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let mut kept = self.0.lock().await;
        for resource in request.into_inner().resource_spans {
            let process = format!("{:?}", resource.resource);
            for span in resource.scope_spans.into_iter().flat_map(|s| s.spans) {
                kept.push(Received {
                    process: process.clone(),
                    kind: span.kind(),
                    trace_id: hex(&span.trace_id),
                    span_id: hex(&span.span_id),
                    parent: hex(&span.parent_span_id),
                    attributes: format!("{:?}", span.attributes),
                    name: span.name,
                });
            }
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_receives_one_trace_from_the_clock_out_to_the_applied_fact() {
    let collector = Collector::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let served = Server::builder()
        .add_service(TraceServiceServer::new(collector.clone()))
        .serve_with_incoming(TcpIncoming::from(listener));
    let served = tokio::spawn(served);

    let mut platform = Platform::start().await;
    for step in [Step::Towns, Step::Agreement] {
        month::take(&mut platform, step).await;
    }
    for role in [Role::Payroll, Role::Statements] {
        platform.process(role).stop().await;
        let key = format!("telemetry.otlp_endpoint={endpoint}");
        platform.process(role).settings.push(key);
        platform.process(role).start(None);
    }
    platform.serving().await;
    month::work(&mut platform, &month::script::FIRST_HALF[..3]).await;
    let trace = platform.last_id().simple().to_string();
    platform.heard().await;

    let walk = walked(&mut platform, &collector, &trace).await;
    let of = |name: &str| walk.iter().find(|span| span.name == name).unwrap();
    let call = of("commonwatch.payroll.v1.PayrollService/ClockOut");
    assert_eq!(call.kind, SpanKind::Server);
    assert!(call.process.contains("commonwatch-payroll"), "{call:?}");
    assert_eq!(call.parent, "00000000000000aa", "the caller's step");
    assert_eq!(of("append").parent, call.span_id);
    let (publish, apply) = (of("publish"), of("apply"));
    assert_eq!(
        (publish.kind, &publish.parent),
        (SpanKind::Producer, &call.span_id)
    );
    assert_eq!(
        (apply.kind, &apply.parent),
        (SpanKind::Consumer, &call.span_id)
    );
    assert!(
        apply.process.contains("commonwatch-statements"),
        "{apply:?}"
    );
    for span in &walk {
        assert!(!span.attributes.contains(month::OFFICER), "{span:?}");
        assert!(
            !span.attributes.contains("\"officer\""),
            "the actor: {span:?}"
        );
    }
    platform.finish().await;
    served.abort();
}

/// The spans of one trace, once its fact was applied.
async fn walked(platform: &mut Platform, collector: &Collector, trace: &str) -> Vec<Received> {
    let all = async |_: &Platform| {
        let spans = collector.0.lock().await;
        let named = |name: &str| {
            let mut of_trace = spans.iter().filter(|span| span.trace_id == trace);
            of_trace.any(|span| span.name.ends_with(name))
        };
        let wanted = ["ClockOut", "append", "publish", "apply"];
        let missing = wanted.iter().filter(|name| !named(name));
        missing.map(|name| (*name).to_owned()).collect()
    };
    platform.until("all its steps came in", all).await;
    let spans = collector.0.lock().await;
    let of_trace = spans.iter().filter(|span| span.trace_id == trace);
    of_trace.cloned().collect()
}
