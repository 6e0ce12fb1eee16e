//! The revocation lists. The issuing CA's is made when it is asked for and anything has changed, or when half its time
//! is over; it lies in a file, so that a long one takes no memory.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Duration, Utc};
use domain::ErrorCode;
use tokio::fs::File;
use tokio_util::io::ReaderStream;

use super::{App, REVALIDATE, answer};
use crate::http::error::ApiError;
use crate::issuance::{ROOT_CRL, crl::Issue};
use crate::store::standing::Listed;

/// Bytes of a long list that are sent at a time.
const CHUNK: usize = 256 * 1024;
const KIND: &str = "application/pkix-crl";

/// The last list made. One at a time is made; who asks meanwhile waits for it.
#[derive(Default)]
pub(crate) struct CrlFile(tokio::sync::Mutex<Option<Made>>);

#[derive(Clone)]
struct Made {
    issue: Issue,
    generation: u64,
    path: PathBuf,
}

pub(super) async fn issuing(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    if app.writer.recovering() {
        // It would leave out whoever was stopped after the backup. The last list of before still names them.
        return Err(ErrorCode::Recovering.into());
    }
    // A task of its own: whoever hangs up meanwhile must not leave a list half made for the next one.
    let current = tokio::spawn(async move { current(&app).await }).await;
    let (file, size, issue) = current.map_err(anyhow::Error::from).flatten().map_err(|error| {
        tracing::error!(%error, "the revocation list can't be made");
        ErrorCode::Unavailable
    })?;
    let tag = format!("\"{}\"", issue.number);
    let body = Body::from_stream(ReaderStream::with_capacity(file, CHUNK));
    let mut response = answer(&headers, KIND, &tag, Some(issue.at), REVALIDATE, body);
    if response.status() == StatusCode::OK {
        response.headers_mut().insert(header::CONTENT_LENGTH, size.into());
    }
    Ok(response)
}

/// The list in force, and its length.
async fn current(app: &App) -> anyhow::Result<(File, u64, Issue)> {
    let mut last = app.crl.0.lock().await;
    heard(app)?;
    let now = app.clock.now();
    let (_, generation) = app.writer.standings().list();
    let made = match last.take() {
        Some(made) if made.generation == generation && now < made.issue.at + (made.issue.until - made.issue.at) / 2 => {
            made
        }
        _ => make(app, now).await?,
    };
    // Opened under the lock: a newer one takes the name, and this one stays whole until it is sent.
    let file = File::open(&made.path).await?;
    let size = file.metadata().await?.len();
    let issue = made.issue;
    *last = Some(made);
    Ok((file, size, issue))
}

fn heard(app: &App) -> anyhow::Result<()> {
    anyhow::ensure!(app.writer.standings().fresh(), "this instance has not heard of the last commits");
    Ok(())
}

async fn make(app: &App, now: DateTime<Utc>) -> anyhow::Result<Made> {
    let hours = Duration::hours(i64::from(app.config.status.crl_hours));
    // Above the last one, also when that one was lost with a restored database: seconds since 1970 rise by themselves.
    let number = app.writer.crl_number(now.timestamp()).await?;
    let issue = Issue { number: u64::try_from(number)?, at: now, until: now + hours };
    // Again: whoever stopped hearing while the number was drawn may lack what was committed before it.
    heard(app)?;
    let (list, generation) = app.writer.standings().list();
    let authority = Arc::clone(&app.authority);
    let path = app.config.data_dir.join("issuing.crl");
    let (new, place) = (path.with_extension("crl.new"), path.clone());
    tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        // A certificate stays on one list beyond its end (RFC 5280 §3.3).
        let since = u32::try_from((now - hours * 2).timestamp()).unwrap_or_default();
        let ended = list.iter().any(|l| l.not_after < since);
        let kept: Vec<Listed> =
            if ended { list.iter().filter(|l| l.not_after >= since).copied().collect() } else { Vec::new() };
        let file = std::fs::File::create(&new).with_context(|| format!("can't write {}", new.display()))?;
        let out = std::io::BufWriter::new(file);
        authority.write_crl(&issue, if ended { &kept } else { &list }, out)?;
        Ok(std::fs::rename(new, place)?)
    })
    .await??;
    Ok(Made { issue, generation, path })
}

/// Made with the keys, and by `madoguchi-central root-crl`.
pub(super) async fn root(State(app): State<App>, headers: HeaderMap) -> Response {
    match tokio::fs::read(app.config.keys().join(ROOT_CRL)).await {
        Ok(der) => {
            let tag = super::tag(&der);
            answer(&headers, KIND, &tag, None, REVALIDATE, der)
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
