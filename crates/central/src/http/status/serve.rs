//! The status listener's own loop. Login servers ask at every handshake: what was signed before is answered here, from
//! the request's very bytes, before any router or middleware; everything else goes the way of the other listeners.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::{App, REQUEST_MOST, ocsp};

/// The head of a request, and a body, must be there by then; an idle connection is closed after it.
const PATIENCE: Duration = Duration::from_secs(10);

pub(in crate::http) async fn serve(
    socket: std::net::TcpListener,
    app: App,
    others: Router,
    grace: Duration,
) -> io::Result<()> {
    let listener = TcpListener::from_std(socket)?;
    let (mut stop, stopping) = (app.stopping.clone(), app.stopping.clone());
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    open.spawn(connection(TokioIo::new(stream), app.clone(), others.clone(), stopping.clone()));
                }
                // Out of descriptors, or the client has gone again.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = open.join_next() => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    let _ = tokio::time::timeout(grace, open.join_all()).await;
    Ok(())
}

async fn connection(
    stream: TokioIo<tokio::net::TcpStream>,
    app: App,
    others: Router,
    mut stopping: watch::Receiver<bool>,
) {
    let service = service_fn(|request| answer(&app, &others, request));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let mut connection = pin!(builder.serve_connection(stream, service));
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopping.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn answer(app: &App, others: &Router, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    if request.method() != Method::POST || request.uri().path() != "/ocsp" {
        return others.clone().oneshot(request.map(Body::new)).await;
    }
    let (parts, body) = request.into_parts();
    let read = tokio::time::timeout(PATIENCE, Limited::new(body, REQUEST_MOST).collect()).await;
    let Ok(Ok(body)) = read else {
        // Too long, or too slow: said in the one form of errors.
        let (mut response, code) = (Response::new(Body::empty()), axum::http::StatusCode::PAYLOAD_TOO_LARGE);
        *response.status_mut() = code;
        return Ok(response);
    };
    let body: Bytes = body.to_bytes();
    match ocsp::signed_before(app, &body) {
        Some(response) => Ok(response),
        None => others.clone().oneshot(Request::from_parts(parts, Body::from(body))).await,
    }
}
