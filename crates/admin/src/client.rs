//! Calls: any request to the one RPC that takes it.
//!
//! Requests go out and replies come back as bytes; the protos' descriptors say which service a
//! request belongs to and what its reply looks like.

mod codec;
pub(crate) mod method;
mod outgoing;

use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use prost::{Message, Name};
use prost_reflect::{MethodDescriptor, Value};
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Response, Status};
use uuid::Uuid;
use wire::Refusal;
use wire::metadata::{CHANGES, HEADER_LIST_BYTES};
use wire::tls::{self, ClientTls};

use crate::context::{Context, Service};
use crate::failure::{Exit, Failure};
use crate::view::View;
use codec::Raw;
use method::{changes, method_of, path, service_of};
use outgoing::DEADLINE;

const CONNECT: Duration = Duration::from_secs(5);
const REPLY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What goes with every call.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Asks what would happen, and changes nothing.
    pub dry_run: bool,
    /// Given by the caller to make a repeat safe; else each changing call gets its own.
    pub command_id: Option<Uuid>,
    /// Rows a page; 0 lets the service choose.
    pub page_size: i32,
    /// Rows in all; none for every one.
    pub limit: Option<usize>,
    /// Why: goes with every change.
    pub reason: Option<String>,
    /// Reads what was known at the end of this day, or at this instant.
    pub as_of: Option<String>,
    /// Refuses every change: the same command is to be carried out again and again.
    pub reads_only: bool,
}

/// A reply, and what came beside it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The reply.
    pub view: View,
    /// What a dry run would change: an encoded `commonwatch.log.v1.Changes`.
    pub changes: Option<Bytes>,
}

/// The platform's services, connected to when they are first called.
#[derive(Debug, Clone)]
pub struct Client {
    context: Context,
    channels: Vec<(Service, Channel)>,
    options: Options,
    trace: String,
}

impl Client {
    /// Calls the services of a context. Connects to none yet, but must be called within the
    /// runtime.
    pub fn new(context: Context, options: Options) -> Result<Self, Failure> {
        let mut channels = Vec::new();
        let tls = ClientTls::read(&context.files()).map_err(|error| {
            let message = format!("The context's certificates cannot be used: {error}.");
            Failure::new(Exit::Usage, "CERTIFICATES_INVALID", message)
        })?;
        let mut shared = None;
        for service in Service::ALL {
            let own = context.endpoints.of(service);
            let channel = match (own, &shared, &context.address) {
                (Some(address), ..) => channel(&tls, address)?,
                (None, Some(shared), _) => Channel::clone(shared),
                (None, None, Some(address)) => shared.insert(channel(&tls, address)?).clone(),
                (None, None, None) => continue,
            };
            channels.push((service, channel));
        }
        let (trace, span) = (rand::random::<u128>().max(1), rand::random::<u64>().max(1));
        Ok(Self {
            context,
            channels,
            options,
            trace: format!("00-{trace:032x}-{span:016x}-01"),
        })
    }

    /// The W3C traceparent of its calls.
    pub fn trace(&self) -> &str {
        &self.trace
    }

    /// Where the services are and who calls.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// What goes with every call.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Whether the context has an address for a service.
    pub fn knows(&self, service: Service) -> bool {
        self.context.address_of(service).is_some()
    }

    /// The same, giving a reason with every change.
    pub fn because(&self, reason: String) -> Self {
        let mut other = self.clone();
        other.options.reason = Some(reason);
        other
    }

    /// Calls the RPC that takes the request; of a list, every page up to the limit.
    pub async fn view<M: Message + Name>(&self, request: &M) -> Result<View, Failure> {
        self.answer(None, request).await.map(|answer| answer.view)
    }

    /// The same, of a service that is named because all answer.
    pub async fn view_at<M: Message + Name>(
        &self,
        service: Service,
        request: &M,
    ) -> Result<View, Failure> {
        let answer = self.answer(Some(service), request).await?;
        Ok(answer.view)
    }

    /// The same, with what comes beside the reply.
    pub async fn answer<M: Message + Name>(
        &self,
        service: Option<Service>,
        request: &M,
    ) -> Result<Answer, Failure> {
        let method = method_of::<M>();
        let service = service.unwrap_or_else(|| service_of(&method));
        if method.input().get_field_by_name("page_token").is_some() {
            let view = self
                .pages(service, &method, &request.encode_to_vec())
                .await?;
            return Ok(Answer {
                view,
                changes: None,
            });
        }
        let id = self.command_id(&method)?;
        let body = request.encode_to_vec().into();
        let reply = self.send(self.reach(service)?, &method, body, id).await;
        let reply = reply.map_err(|status| self.failure(service, &method, &status, id))?;
        let changes = reply.metadata().get_bin(CHANGES);
        let changes = changes.and_then(|value| value.to_bytes().ok());
        let view = View::decode(method.output(), reply.get_ref());
        let view = view.map_err(|error| unreadable(&method, &error))?;
        Ok(Answer { view, changes })
    }

    /// Calls the RPC that takes the request, with a reply of a known type.
    pub async fn call<M: Message + Name, R: Message + Default>(
        &self,
        request: &M,
    ) -> Result<R, Failure> {
        self.call_at(service_of(&method_of::<M>()), request).await
    }

    /// The same, of a service that is named because all answer.
    pub async fn call_at<M: Message + Name, R: Message + Default>(
        &self,
        service: Service,
        request: &M,
    ) -> Result<R, Failure> {
        let method = method_of::<M>();
        let id = self.command_id(&method)?;
        let body = request.encode_to_vec().into();
        let reply = self.send(self.reach(service)?, &method, body, id).await;
        let reply = reply.map_err(|status| self.failure(service, &method, &status, id))?;
        R::decode(reply.into_inner()).map_err(|error| unreadable(&method, &error))
    }

    /// The same, tried again with the same command id while the service does not answer.
    pub async fn call_again<M: Message + Name, R: Message + Default>(
        &self,
        request: &M,
    ) -> Result<R, Failure> {
        let method = method_of::<M>();
        let service = service_of(&method);
        let id = Some(command_id());
        let body = Bytes::from(request.encode_to_vec());
        let mut wait = Duration::from_millis(200);
        loop {
            match self
                .send(self.reach(service)?, &method, body.clone(), id)
                .await
            {
                Ok(reply) => {
                    return R::decode(reply.into_inner())
                        .map_err(|error| unreadable(&method, &error));
                }
                Err(status)
                    if status.code() == Code::Unavailable && wait < Duration::from_secs(30) =>
                {
                    let asked = Refusal::from_status(&status).retry_after;
                    tokio::time::sleep(asked.unwrap_or(wait).min(DEADLINE)).await;
                    wait *= 2;
                }
                Err(status) => return Err(self.failure(service, &method, &status, id)),
            }
        }
    }

    /// Calls an RPC that answers with a stream, and hands each message on.
    pub async fn stream<M: Message + Name, R: Message + Default>(
        &self,
        request: &M,
        each: impl FnMut(R) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.stream_at(service_of(&method_of::<M>()), request, each)
            .await
    }

    /// The same, of a service that is named because all answer.
    pub async fn stream_at<M: Message + Name, R: Message + Default>(
        &self,
        service: Service,
        request: &M,
        mut each: impl FnMut(R) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let method = method_of::<M>();
        let id = self.command_id(&method)?;
        let failed = |status: Status| self.failure(service, &method, &status, id);
        let request = self.request(service, &method, request.encode_to_vec().into(), id);
        let mut grpc = grpc(self.reach(service)?.1).await.map_err(failed)?;
        let reply = grpc
            .server_streaming(request, path(&method), Raw)
            .await
            .map_err(failed)?;
        let mut chunks = reply.into_inner();
        while let Some(chunk) = chunks.try_next().await.map_err(failed)? {
            each(R::decode(chunk).map_err(|error| unreadable(&method, &error))?)?;
        }
        Ok(())
    }

    async fn pages(
        &self,
        service: Service,
        method: &MethodDescriptor,
        request: &[u8],
    ) -> Result<View, Failure> {
        let mut request =
            prost_reflect::DynamicMessage::decode(method.input(), request).expect("just encoded");
        if self.options.page_size > 0 {
            request.set_field_by_name("page_size", Value::I32(self.options.page_size));
        }
        let mut all: Option<View> = None;
        loop {
            let body = request.encode_to_vec().into();
            let reply = self.send(self.reach(service)?, method, body, None).await;
            let reply = reply.map_err(|status| self.failure(service, method, &status, None))?;
            let mut page = View::decode(method.output(), reply.get_ref())
                .map_err(|error| unreadable(method, &error))?;
            let next = page.take("next_page_token");
            let full = join(&mut all, page, self.options.limit);
            match next {
                Some(View::Text(token)) if !token.is_empty() && !full => {
                    request.set_field_by_name("page_token", Value::String(token));
                }
                _ => return Ok(all.unwrap_or(View::Null)),
            }
        }
    }

    async fn send(
        &self,
        (service, channel): (Service, Channel),
        method: &MethodDescriptor,
        body: Bytes,
        id: Option<Uuid>,
    ) -> Result<Response<Bytes>, Status> {
        let mut grpc = grpc(channel).await?;
        let request = self.request(service, method, body, id);
        grpc.unary(request, path(method), Raw).await
    }

    /// A changing call always has an id, so that it can be repeated safely.
    fn command_id(&self, method: &MethodDescriptor) -> Result<Option<Uuid>, Failure> {
        if !changes(method) {
            return Ok(None);
        }
        if self.options.reads_only {
            return Err(Failure::usage(
                "--watch is for what reads, and this changes something.",
            ));
        }
        Ok(Some(self.options.command_id.unwrap_or_else(command_id)))
    }

    fn reach(&self, service: Service) -> Result<(Service, Channel), Failure> {
        let channel = self.channels.iter().find(|(of, _)| *of == service);
        channel.cloned().ok_or_else(|| {
            let message = format!("The context has no address of the {service} service.");
            Failure::new(Exit::Usage, "NO_ENDPOINT", message).hint(format!(
                "give the context the gateway's `address`, or `{service}` under its endpoints"
            ))
        })
    }

    fn failure(
        &self,
        service: Service,
        method: &MethodDescriptor,
        status: &Status,
        id: Option<Uuid>,
    ) -> Failure {
        let mut failure = Failure::from(Refusal::from_status(status));
        // A connection that broke in the middle has no code of its own.
        if std::error::Error::source(status).is_some() {
            failure.exit = Exit::Unavailable;
        }
        if failure.exit != Exit::Unavailable {
            return failure;
        }
        if status.details().is_empty() {
            let address = self.context.address_of(service).unwrap_or_default();
            if let Some((why, fix)) = tls::trouble(status) {
                failure.message = format!("There is no secure way to {address}: {why}.");
                failure.reason = "TLS".to_owned();
                return failure.hint(fix);
            }
            failure.message = format!(
                "The {service} service at {address} does not answer: {}.",
                root(status)
            );
        }
        failure.hint(match id {
            Some(id) => format!(
                "whether {} took effect is not known; repeat it safely with --command-id {id}",
                method.name()
            ),
            None => "start the local platform with `commonwatch up`, or check the context's \
                     address (`cwctl context show`)"
                .to_owned(),
        })
    }
}

fn channel(tls: &ClientTls, address: &str) -> Result<Channel, Failure> {
    let endpoint = tls.endpoint(address).map_err(|error| {
        Failure::new(
            Exit::Usage,
            "ENDPOINT_INVALID",
            format!("The context's {error}."),
        )
    })?;
    Ok(endpoint
        .connect_timeout(CONNECT)
        .http2_max_header_list_size(HEADER_LIST_BYTES)
        .connect_lazy())
}

/// The last thing that a lost call can be traced to: `Connection refused (os error 111)`.
fn root(status: &Status) -> String {
    let mut error: &dyn std::error::Error = status;
    while let Some(source) = error.source() {
        error = source;
    }
    if std::error::Error::source(status).is_none() {
        return status.message().to_owned();
    }
    error.to_string()
}

fn command_id() -> Uuid {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid()
}

async fn grpc(channel: Channel) -> Result<Grpc<Channel>, Status> {
    let mut grpc = Grpc::new(channel).max_decoding_message_size(REPLY_BYTES_MAX);
    let ready = grpc.ready().await;
    ready.map_err(|error| Status::unavailable(error.to_string()))?;
    Ok(grpc)
}

/// Adds a page's rows to those before; true once the limit is reached.
fn join(all: &mut Option<View>, page: View, limit: Option<usize>) -> bool {
    let Some(View::Record(known)) = all else {
        *all = Some(page);
        return join_limit(all, limit);
    };
    if let View::Record(fields) = page {
        for (known, new) in known.iter_mut().zip(fields) {
            if let (View::List(rows), View::List(more)) = (&mut known.1, new.1) {
                rows.extend(more);
            }
        }
    }
    join_limit(all, limit)
}

fn join_limit(all: &mut Option<View>, limit: Option<usize>) -> bool {
    let (Some(View::Record(fields)), Some(limit)) = (all, limit) else {
        return false;
    };
    let mut full = false;
    for (_, value) in fields {
        if let View::List(rows) = value {
            full |= rows.len() >= limit;
            rows.truncate(limit);
        }
    }
    full
}

fn unreadable(method: &MethodDescriptor, error: &prost::DecodeError) -> Failure {
    let message = format!("The reply to {} cannot be read: {error}.", method.name());
    Failure::new(Exit::Failed, "REPLY_UNREADABLE", message)
        .hint("cwctl and the service may be of different versions")
}

#[cfg(test)]
mod tests;
