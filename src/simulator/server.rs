//! The sockets: LINE's two hosts on two loopback ports, with the phone beside the API.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::SizedStream;
use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Payload};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use futures::StreamExt as _;

use super::api::{self, Answer, Ending, Host, Request};
use super::{Simulator, control, phone};

/// LINE reads requests of up to 2 MB.
const BODY_MAX: usize = 2 * 1024 * 1024;
/// A silent answer ends some day, should the client have no patience limit of its own.
const SILENCE: Duration = Duration::from_secs(600);

/// A served simulator. Dropping it stops it.
pub struct Running {
    /// Where the API and the phone are, without a slash at the end.
    pub api_url: String,
    /// Where pictures of rich menus go.
    pub data_url: String,
    handle: ServerHandle,
}

impl Running {
    /// Closes the sockets, leaving requests in flight without an answer.
    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The order to stop is given by the call; the future only tells when it is done.
        drop(self.handle.stop(false));
    }
}

/// Which of the two listeners is the data host.
#[derive(Clone, Copy)]
struct DataPort(u16);

pub(super) async fn serve(simulator: Simulator, api: TcpListener, data: TcpListener) -> Running {
    let api_address = api.local_addr().expect("a listener has an address");
    let data_address = data.local_addr().expect("a listener has an address");
    let runtime = simulator.inner.post.handle().clone();
    let started = runtime.spawn(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::new(simulator.clone()))
                .app_data(Data::new(DataPort(data_address.port())))
                .configure(phone::routes)
                .configure(control::routes)
                .default_service(web::to(line))
        })
        .on_connect(wire::remember)
        .workers(2)
        // On a machine that is busy with something else a test may take its time between connecting and asking.
        .client_request_timeout(Duration::from_secs(60))
        .disable_signals()
        .shutdown_timeout(0)
        .listen(api)
        .and_then(|server| server.listen(data))
        .expect("listeners that are bound can be listened on")
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        handle
    });
    let handle = started.await.expect("starting a server does not panic");
    Running { api_url: format!("http://{api_address}"), data_url: format!("http://{data_address}"), handle }
}

async fn line(http: HttpRequest, payload: Payload, simulator: Data<Simulator>, data: Data<DataPort>) -> HttpResponse {
    let body = read(payload).await;
    let date = simulator.date();
    let header = |name: &str| http.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let host = if http.app_config().local_addr().port() == data.0 { Host::Data } else { Host::Api };
    let request = Request {
        host,
        method: http.method().to_string(),
        path: http.path().to_owned(),
        query: http.query_string().to_owned(),
        authorization: header("authorization"),
        content_type: header("content-type"),
        retry_key: header("x-line-retry-key"),
        body,
    };
    let answer = api::answer(&simulator, &request).await;
    send(&http, answer, date).await
}

/// The whole body, or nothing when it is too long; it is read to its end in both cases, so that the
/// client hears the refusal.
async fn read(mut payload: Payload) -> Option<Vec<u8>> {
    let (mut body, mut length) = (Vec::new(), 0);
    while let Some(Ok(chunk)) = payload.next().await {
        length += chunk.len();
        if length <= BODY_MAX {
            body.extend_from_slice(&chunk);
        }
    }
    (length <= BODY_MAX).then_some(body)
}

async fn send(http: &HttpRequest, answer: Answer, date: String) -> HttpResponse {
    match answer.ending {
        Ending::Whole => {}
        Ending::After(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
        Ending::Silence => tokio::time::sleep(SILENCE).await,
        Ending::Reset => wire::reset(http),
        Ending::Truncated => {}
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response
        .content_type(answer.content_type)
        .insert_header(("x-line-request-id", answer.request_id))
        .insert_header(("date", date));
    if let Some(before) = answer.accepted_request_id {
        response.insert_header(("x-line-accepted-request-id", before));
    }
    match answer.ending {
        Ending::Whole | Ending::After(_) => response.body(answer.body),
        Ending::Silence | Ending::Reset => response.body(cut(Vec::new(), 1)),
        Ending::Truncated => {
            let (half, whole) = (answer.body.len() / 2, answer.body.len());
            response.body(cut(answer.body[..half].to_vec(), whole))
        }
    }
}

/// A body that promises `whole` bytes, gives `start` and breaks. With nothing to give it breaks before
/// even the head has left.
fn cut(start: Vec<u8>, whole: usize) -> SizedStream<impl futures::Stream<Item = Result<Bytes, std::io::Error>>> {
    let given = (!start.is_empty()).then(|| Ok(Bytes::from(start)));
    // Long enough for what was given to leave.
    let wait = given.as_ref().map(|_| Duration::from_millis(20));
    let broken = futures::stream::once(Box::pin(async move {
        if let Some(wait) = wait {
            tokio::time::sleep(wait).await;
        }
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    }));
    SizedStream::new(whole as u64, futures::stream::iter(given).chain(broken))
}

/// Resetting needs the connection itself, which is kept aside when it is made.
#[cfg(unix)]
mod wire {
    use std::any::Any;
    use std::net::TcpStream;
    use std::os::fd::AsFd as _;
    use std::sync::Arc;

    use actix_web::HttpRequest;
    use actix_web::dev::Extensions;

    pub(super) fn remember(connection: &dyn Any, kept: &mut Extensions) {
        let connection = connection.downcast_ref::<actix_web::rt::net::TcpStream>();
        let copy = connection.and_then(|connection| connection.as_fd().try_clone_to_owned().ok());
        if let Some(copy) = copy {
            kept.insert(Arc::new(TcpStream::from(copy)));
        }
    }

    /// From now on, closing the connection resets it.
    pub(super) fn reset(http: &HttpRequest) {
        let copy = http.conn_data::<Arc<TcpStream>>().and_then(|copy| copy.try_clone().ok());
        if let Some(Ok(copy)) = copy.map(tokio::net::TcpStream::from_std) {
            drop(copy.set_zero_linger());
        }
    }
}

/// Elsewhere the connection is closed without a word.
#[cfg(not(unix))]
mod wire {
    use std::any::Any;

    use actix_web::HttpRequest;
    use actix_web::dev::Extensions;

    pub(super) fn remember(_: &dyn Any, _: &mut Extensions) {}

    pub(super) fn reset(_: &HttpRequest) {}
}
