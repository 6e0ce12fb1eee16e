//! The feed: the log from an index on, own entries in full, the others as bare hashes, up to a signed checkpoint. Chunks
//! are bounded by count and by octets; who is behind asks for the next at once.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::{ErrorCode, Refusal};
use wire::api::feed::{FeedAnswer, FeedLeaf, FeedQuery, MEDIA_TYPE};

use super::App;
use super::error::ApiError;
use super::terminal::Terminal;
use crate::store::read;
use crate::store::span;

/// Most leaves of one answer.
const CHUNK: u32 = 16_384;
/// An answer of more octets than these is made of fewer leaves.
const OCTETS: i64 = 8 * 1024 * 1024;
/// Longest wait, seconds.
const WAIT: u32 = 30;

pub(super) async fn feed(
    terminal: Terminal,
    State(app): State<App>,
    headers: HeaderMap,
    query: Result<Query<FeedQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(query) = query.map_err(|_| ErrorCode::RequestMalformed)?;
    app.contacts.hear(terminal.id, &headers, app.clock.now_ms());
    if let Some(held) = &query.branch
        && *held != terminal.branch
    {
        if app.writer.recovering() {
            // It may have been moved after the backup: what it holds is not thrown away on the word of an old state.
            return Err(ErrorCode::Recovering.into());
        }
        let moved =
            Refusal::new(ErrorCode::TerminalMoved).with("branch", &terminal.branch).with("label", &terminal.label);
        return Err(moved.into());
    }
    let mut size = app.writer.size();
    let wait = Duration::from_secs(u64::from(query.wait_s.unwrap_or(0).min(WAIT)));
    let mut stopping = app.stopping.clone();
    // Nothing yet is an answer, too.
    tokio::select! {
        _ = tokio::time::timeout(wait, size.wait_for(|size| *size > query.from)) => {}
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
    let log_size = app.writer.size_or(&app.readers, query.from).await?;
    let epochs = app.writer.epochs();
    if let Some(opening) = epochs.first_after(query.epoch).filter(|opening| query.from > opening.size) {
        // It has seen more of a former epoch than the log has kept: it asks again from there, and looks for itself.
        let (epoch, size) = (opening.epoch, opening.size);
        return Err(Refusal::new(ErrorCode::EpochEnded).with("epoch", epoch).with("size", size).into());
    }
    if query.epoch > epochs.current() {
        tracing::error!(
            terminal = %terminal.id, seen = query.epoch, epoch = epochs.current(),
            "a desk has seen a later epoch: an older backup was put back; restore again, with a later number"
        );
        return Err(ErrorCode::LogMismatch.into());
    }
    if query.from > log_size {
        // The terminal has seen more than there is: it must not be told that all is well.
        return Err(ErrorCode::LogMismatch.into());
    }
    let (leaves, checkpoint) = leaves(&app, &terminal, &query, log_size).await?;
    let answer = FeedAnswer { from: query.from, leaves, checkpoint, log_size, centre_ms: app.clock.now_ms() };
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], answer.to_bytes()).into_response())
}

async fn leaves(
    app: &App,
    terminal: &Terminal,
    query: &FeedQuery,
    log_size: u64,
) -> Result<(Vec<FeedLeaf>, String), ApiError> {
    let everything = terminal.branch == app.config.institution.head_office_branch;
    let branch = (!everything).then_some(terminal.branch.as_str());
    let mut limit = query.limit.unwrap_or(CHUNK).clamp(1, CHUNK);
    // A batch may be committed and not yet announced: nobody is shown more than the size that is told.
    let (end, note) = loop {
        let Some((end, note)) = read::chunk_end(&app.readers, query.from, limit, log_size).await? else {
            return Ok((Vec::new(), read::checkpoint_at(&app.readers, query.from).await?.unwrap_or_default()));
        };
        if limit == 1 || span::octets(&app.readers, query.from, end, branch).await? <= OCTETS {
            break (end, note);
        }
        limit = (limit / 4).max(1);
    };
    Ok((span::leaves(&app.readers, query.from, end, branch).await?, note))
}
