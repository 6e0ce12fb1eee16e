//! Binds the listeners and runs them until told to stop.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum_server::Handle;
use serde::{Deserialize, Serialize};
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::{App, enrol, portal, terminal, tls};
use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::Authority;
use crate::jobs;
use crate::store::{self, writer};

/// Largest body of the terminal API, bytes.
const BODY_MAX: usize = 256 * 1024;
/// A whole request, not each read: the feed's wait and some.
const REQUEST: Duration = Duration::from_secs(45);

/// Where the service listens; also written to `listening.json` when it is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listening {
    /// `https://host:port` of the terminal API.
    pub terminal: String,
    /// `https://host:port` of the enrolment.
    pub enrol: String,
    /// Address of the pickup pages.
    pub portal: String,
    /// Process id.
    pub pid: u32,
}

fn bind(at: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(at).with_context(|| format!("can't listen on {at}"))?;
    listener.set_nonblocking(true)?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// Runs the service until `stop` resolves, or until the writer fails. `ready` is called once with the real addresses.
///
/// # Errors
/// The database, a key, a listener, or (later) the writer failed.
pub async fn serve(
    config: Config,
    clock: Clock,
    authority: Authority,
    ready: impl FnOnce(&Listening),
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let database = store::open(&config.database()).await?;
    let authority = Arc::new(authority);
    let setting = (config.institution.id.clone(), config.policy.clone());
    let (writer, readers, mut writing) = writer::start(database, setting, authority.log(), clock.clone()).await?;

    let (terminal_socket, terminal_at) = bind(config.listen.terminal)?;
    let (enrol_socket, enrol_at) = bind(config.listen.enrol)?;
    let (portal_socket, portal_at) = bind(config.listen.portal)?;
    let portal_scheme = if config.portal.tls { "https" } else { "http" };
    let portal_url = match config.portal.url.as_str() {
        "" => format!("{portal_scheme}://{portal_at}/pickup/"),
        url => url.to_owned(),
    };
    let listening = Listening {
        terminal: format!("https://{terminal_at}"),
        enrol: format!("https://{enrol_at}"),
        portal: portal_url,
        pid: std::process::id(),
    };
    let once = OnceLock::new();
    let _ = once.set(listening.clone());
    let app = App {
        config: Arc::new(config),
        clock: clock.clone(),
        authority: Arc::clone(&authority),
        writer: writer.clone(),
        readers: readers.clone(),
        listening: Arc::new(once),
        hashing: Arc::new(tokio::sync::Semaphore::new(2)),
    };

    let handle = Handle::new();
    let service = |router: Router| router.into_make_service_with_connect_info::<SocketAddr>();
    let bounded = |router: Router| {
        router
            .layer(RequestBodyLimitLayer::new(BODY_MAX))
            .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, REQUEST))
    };
    let terminals = axum_server::from_tcp(terminal_socket)?
        .acceptor(tls::mutual(&authority)?)
        .handle(handle.clone())
        .serve(service(bounded(terminal::router(app.clone())).layer(CompressionLayer::new())));
    let enrolment = axum_server::from_tcp_rustls(enrol_socket, tls::plain(&authority)?)?
        .handle(handle.clone())
        .serve(service(bounded(enrol::router(app.clone()))));
    let pages = service(bounded(portal::router(app.clone())));
    let portal_tls = app.config.portal.tls.then(|| tls::plain(&authority)).transpose()?;
    let portal_handle = handle.clone();
    let customers = async move {
        match portal_tls {
            Some(tls) => axum_server::from_tcp_rustls(portal_socket, tls)?.handle(portal_handle).serve(pages).await,
            None => axum_server::from_tcp(portal_socket)?.handle(portal_handle).serve(pages).await,
        }
    };
    announce(&app.config.data_dir, &listening)?;
    ready(&listening);
    tracing::info!(?listening, "serving");
    let job = tokio::spawn(jobs::run(app.writer.clone(), app.readers.clone(), clock));
    let outcome = tokio::select! {
        result = async { tokio::try_join!(terminals, enrolment, customers) } => result.map(|_| ()).context("a listener failed"),
        result = &mut writing => Err(anyhow::anyhow!("the writer stopped: {result:?}")),
        () = stop => {
            handle.graceful_shutdown(Some(Duration::from_secs(2)));
            Ok(())
        }
    };
    job.abort();
    let _ = std::fs::remove_file(app.config.data_dir.join("listening.json"));
    drop((app, writer));
    readers.close().await;
    outcome
}

/// Written beside and renamed, so that nobody reads half of it.
fn announce(dir: &Path, listening: &Listening) -> anyhow::Result<()> {
    let (new, path) = (dir.join("listening.json.new"), dir.join("listening.json"));
    std::fs::write(&new, serde_json::to_vec(listening)?)?;
    std::fs::rename(new, path)?;
    Ok(())
}
