//! The status listener's own loop. Login servers ask at every handshake: their questions are answered here, before any router
//! or middleware, and what was signed before from the request's very bytes; everything else goes the way of the other
//! listeners.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Response};
use axum::response::IntoResponse as _;
use domain::ErrorCode;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::{App, REQUEST_MOST, ocsp};
use crate::http::error::ApiError;
use crate::http::patient::{Patient, Places};
use crate::http::request::too_slow;

/// The head of a request, and a body, must be there by then, and an answer must get on; an idle connection is closed after it.
const PATIENCE: Duration = Duration::from_secs(10);
/// So much of a body that is too long is read (and thrown away), for a client that is still sending would lose the answer.
const THROWN_AWAY: usize = 1024 * 1024;

pub(in crate::http) async fn serve(
    socket: std::net::TcpListener,
    app: App,
    others: Router,
    grace: Duration,
) -> io::Result<()> {
    let listener = TcpListener::from_std(socket)?;
    let (mut stop, stopping) = (app.stopping.clone(), app.stopping.clone());
    let (mut open, places, mut full) = (JoinSet::new(), Places::of_a_listener(), false);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    full = false;
                    // Whoever comes when all places are taken is not kept: he asks again.
                    let Some(place) = places.take() else { continue };
                    let _ = stream.set_nodelay(true);
                    let stream = TokioIo::new(Patient::new(stream, PATIENCE, Some(place)));
                    open.spawn(connection(stream, app.clone(), others.clone(), stopping.clone()));
                }
                // Out of descriptors, or the client has gone again.
                Err(error) => {
                    if !std::mem::replace(&mut full, true) {
                        tracing::warn!(%error, "a connection was not taken");
                    }
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
    stream: TokioIo<Patient<tokio::net::TcpStream>>,
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
    let body = match tokio::time::timeout(PATIENCE, whole(request.into_body())).await {
        Ok(Ok(body)) => body,
        Ok(Err(code)) => return Ok(ApiError::from(code).into_response()),
        Err(_) => return Ok(too_slow()),
    };
    Ok(match ocsp::signed_before(app, &body) {
        Some(response) => response,
        None => ocsp::post(app, &body).await,
    })
}

async fn whole(mut body: Incoming) -> Result<Bytes, ErrorCode> {
    let (mut bytes, mut size) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| ErrorCode::RequestMalformed)?.into_data() else { continue };
        size += data.len();
        // Almost always there is one piece, and it is not copied.
        if size == data.len() && size <= REQUEST_MOST && hyper::body::Body::is_end_stream(&body) {
            return Ok(data);
        }
        if size <= REQUEST_MOST {
            bytes.extend_from_slice(&data);
        } else if size > THROWN_AWAY {
            break;
        }
    }
    if size > REQUEST_MOST { Err(ErrorCode::BodyTooLarge) } else { Ok(bytes.into()) }
}
