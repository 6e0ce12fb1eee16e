//! Binds the listeners and runs them until told to stop.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum_server::accept::DefaultAcceptor;
use axum_server::{Handle, Server};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use super::live::{self, Live};
use super::patient::Strangers;
use super::{App, Parts, contacts, enrol, portal, renewal, request, status, terminal, tls, watch as watching};
use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::Authority;
use crate::jobs;
use crate::mail;
use crate::store::lookup::Lookup;
use crate::store::{self, writer};
use crate::task::AbortOnDrop;

/// A new connection's first request, and the head of every later one, must be there by then.
const HEAD: Duration = Duration::from_secs(10);
/// What is being answered when the service is told to stop may take so long.
const GRACE: Duration = Duration::from_secs(2);

/// Where the service listens; also written to `listening.json` when it is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listening {
    /// `https://host:port` of the terminal API.
    pub terminal: String,
    /// `https://host:port` of the enrolment.
    pub enrol: String,
    /// Address of the pickup pages.
    pub portal: String,
    /// `http://host:port` of OCSP and revocation lists.
    pub status: String,
    /// Address of the renewal pages.
    pub renewal: String,
    /// `http://host:port` for whoever watches, where that is open.
    #[serde(default)]
    pub watch: Option<String>,
    /// Process id.
    pub pid: u32,
}

fn bind(at: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(at).with_context(|| format!("can't listen on {at}"))?;
    listener.set_nonblocking(true)?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// How others reach a listener: by the first name in the service's certificate, else by its own address.
pub(crate) fn reached(config: &Config, at: SocketAddr) -> String {
    match config.listen.host_names.first() {
        Some(name) if name.parse::<std::net::Ipv6Addr>().is_ok() => format!("https://[{name}]:{}", at.port()),
        Some(name) => format!("https://{name}:{}", at.port()),
        None => format!("https://{at}"),
    }
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
    let place = config.place()?;
    store::opening::required(&place, &config.keys()).await?;
    let database = store::open(&place).await?;
    let authority = Arc::new(authority);
    let setting = store::Setting::of(&config, &authority);
    let (writer, readers, mut writing) = writer::start(database, setting, authority.log(), clock.clone()).await?;
    let (tell, stopping) = watch::channel(false);
    let app = App::from(Parts {
        pickup_tries: Default::default(),
        sought_in_vain: Default::default(),
        portal_limit: portal::Limit::new(&config.portal),
        config,
        clock,
        authority,
        writer,
        lookup: Lookup::start(&readers).await?,
        readers: readers.clone(),
        listening: Default::default(),
        gate: Default::default(),
        crl: Default::default(),
        alarm: Default::default(),
        imports: Default::default(),
        contacts: Default::default(),
        renewing: Default::default(),
        stopping,
    });
    let outcome = tokio::select! {
        result = listen(app, ready, stop, tell) => result,
        result = &mut writing => Err(anyhow::anyhow!("the writer stopped: {result:?}")),
    };
    readers.close().await;
    if !writing.is_finished() {
        // What was accepted is committed, then the database and its lock are let go.
        let _ = tokio::time::timeout(GRACE, writing).await;
    }
    outcome
}

async fn listen(
    app: App,
    ready: impl FnOnce(&Listening),
    stop: impl Future<Output = ()>,
    tell: watch::Sender<bool>,
) -> anyhow::Result<()> {
    let (config, authority) = (&app.config, &app.authority);
    let post = mail::Post {
        server: mail::Server::open(config)?,
        letterhead: mail::Letterhead::of(config),
        writer: app.writer.clone(),
        readers: app.readers.clone(),
        clock: app.clock.clone(),
    };
    let (terminal_socket, terminal_at) = bind(config.listen.terminal)?;
    let (enrol_socket, enrol_at) = bind(config.listen.enrol)?;
    let (portal_socket, portal_at) = bind(config.listen.portal)?;
    let (status_socket, status_at) = bind(config.listen.status)?;
    let (renewal_socket, renewal_at) = bind(config.listen.renewal)?;
    let (watch_socket, watch_at) = config.listen.watch.map(bind).transpose()?.unzip();
    let portal_scheme = if config.portal.tls { "https" } else { "http" };
    let portal_url = match config.portal.url.as_str() {
        "" => format!("{portal_scheme}://{portal_at}/pickup/"),
        url => url.to_owned(),
    };
    let renewal_url = match config.portal.renewal_url.as_str() {
        "" => format!("{}/renewal/", reached(config, renewal_at)),
        url => url.to_owned(),
    };
    let listening = Listening {
        terminal: reached(config, terminal_at),
        enrol: reached(config, enrol_at),
        portal: portal_url,
        status: format!("http://{status_at}"),
        renewal: renewal_url,
        watch: watch_at.map(|at| format!("http://{at}")),
        pid: std::process::id(),
    };
    let _ = app.listening.set(listening.clone());

    let handle = Handle::new();
    let live = Live::default();
    let mutual = tls::mutual(authority, live.clone())?;
    // The feed is the bulk of it: what packs fast packs best.
    let compressed = CompressionLayer::new().quality(CompressionLevel::Fastest);
    let terminals = bounded(axum_server::from_tcp(terminal_socket)?.acceptor(mutual), &handle)
        .serve(service(terminal::router(app.clone()).layer(compressed)));
    let _watching = AbortOnDrop(tokio::spawn(live::watch(app.clone(), live)));
    let enrolment =
        strangers(enrol_socket, tls::plain(authority)?, &handle)?.serve(service(enrol::router(app.clone())));
    let pages = service(portal::router(app.clone()));
    let portal_tls = config.portal.tls.then(|| tls::plain(authority)).transpose()?;
    let customers = async {
        match portal_tls {
            Some(tls) => strangers(portal_socket, tls, &handle)?.serve(pages).await,
            None => strangers(portal_socket, DefaultAcceptor::new(), &handle)?.serve(pages).await,
        }
    };
    let holders = tls::holders(authority, app.clock.clone())?;
    let renewals = strangers(renewal_socket, holders, &handle)?.serve(service(renewal::router(app.clone())));
    let others = status::router(app.clone()).layer(axum::middleware::from_fn(request::answered));
    let relying_parties = status::serve(status_socket, app.clone(), others, GRACE);
    let watchers = async {
        match watch_socket {
            Some(socket) => {
                bounded(axum_server::from_tcp(socket)?, &handle).serve(service(watching::router(app.clone()))).await
            }
            None => Ok(()),
        }
    };
    let listeners =
        async { tokio::try_join!(terminals, enrolment, customers, renewals, relying_parties, watchers).map(|_| ()) };
    tokio::pin!(listeners);
    announce(&config.data_dir, &listening)?;
    ready(&listening);
    tracing::info!(?listening, "serving");
    let _announced = Announced(config.data_dir.join("listening.json"));
    let job = AbortOnDrop(tokio::spawn(jobs::run(app.writer.clone(), app.readers.clone(), app.clock.clone())));
    let _hearing = AbortOnDrop(tokio::spawn(contacts::run(app.clone())));
    let mut posting = AbortOnDrop(tokio::spawn(mail::run(post, app.stopping.clone())));
    tokio::select! {
        result = &mut listeners => result.context("a listener failed"),
        () = stop => {
            drop(job);
            tell.send_replace(true);
            handle.graceful_shutdown(Some(GRACE));
            let stopped = listeners.await.context("a listener failed");
            app.contacts.write(&app).await;
            // A mail that is on its way is finished, or it would go twice.
            let _ = tokio::time::timeout(GRACE, &mut posting.0).await;
            stopped
        }
    }
}

/// Takes `listening.json` away when nobody listens any more.
struct Announced(PathBuf);

impl Drop for Announced {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A listener that anybody may reach: HTTP/1 alone, so many connections and no more, and none that takes nothing.
fn strangers<A>(
    socket: TcpListener,
    acceptor: A,
    handle: &Handle<SocketAddr>,
) -> std::io::Result<Server<SocketAddr, Strangers<A>>> {
    Ok(bounded(axum_server::from_tcp(socket)?.acceptor(Strangers::new(acceptor, HEAD)), handle).http1_only())
}

/// Nobody holds a connection by sending slowly.
fn bounded<A>(mut server: Server<SocketAddr, A>, handle: &Handle<SocketAddr>) -> Server<SocketAddr, A> {
    server.http_builder().http1().header_read_timeout(HEAD);
    server.first_request_timeout(HEAD).handle(handle.clone())
}

/// A bounded body, a reference number and a deadline for every request.
fn service(router: Router) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    router.layer(axum::middleware::from_fn(request::answered)).into_make_service_with_connect_info()
}

/// Written beside and renamed, so that nobody reads half of it.
fn announce(dir: &Path, listening: &Listening) -> anyhow::Result<()> {
    let (new, path) = (dir.join("listening.json.new"), dir.join("listening.json"));
    let told = std::fs::write(&new, serde_json::to_vec(listening)?).and_then(|()| std::fs::rename(&new, &path));
    told.with_context(|| format!("can't write {}", path.display()))
}
