//! When each terminal was heard last, and what it told of itself. Kept beside the log: a terminal asks every half minute, and
//! none of that is an act. Written together, now and then, and at the end of the service.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::DateTime;
use domain::ErrorCode;
use domain::id::TerminalId;
use wire::api::terminal::{DESK_HEADER, DeskNote, TerminalNews};

use super::App;
use super::error::ApiError;
use super::session::StaffSession;
use crate::store::act::{Aside, Contact};
use crate::store::read;

/// How often what was heard is written.
const EVERY: Duration = Duration::from_secs(30);

/// What this instance has heard.
#[derive(Default)]
pub(crate) struct Contacts(Mutex<HashMap<TerminalId, Heard>>);

struct Heard {
    at_ms: i64,
    note: DeskNote,
    written: bool,
}

impl Contacts {
    fn all(&self) -> MutexGuard<'_, HashMap<TerminalId, Heard>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A terminal asks for the feed.
    pub(super) fn hear(&self, terminal: TerminalId, headers: &HeaderMap, at_ms: i64) {
        let told = headers.get(DESK_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        self.all().insert(terminal, Heard { at_ms, note: DeskNote::from_header(told), written: false });
    }

    fn to_write(&self) -> Vec<Contact> {
        let mut all = self.all();
        let unwritten = all.iter_mut().filter(|(_, heard)| !heard.written);
        unwritten
            .map(|(terminal, heard)| {
                heard.written = true;
                Contact { terminal: *terminal, at_ms: heard.at_ms, note: heard.note.clone() }
            })
            .collect()
    }

    /// Writes what was heard since the last time.
    pub(super) async fn write(&self, app: &App) {
        let contacts = self.to_write();
        if contacts.is_empty() {
            return;
        }
        if let Err(refusal) = app.writer.aside(Aside::Contacts(contacts)).await {
            // What is lost is when a PC was on: the next contact says it again.
            tracing::warn!(%refusal, "when terminals were heard was not written");
        }
    }
}

/// Writes until aborted.
pub(super) async fn run(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        app.contacts.write(&app).await;
    }
}

/// What the centre knows of every terminal beside the log.
pub(super) async fn news(session: StaffSession, State(app): State<App>) -> Result<Json<Vec<TerminalNews>>, ApiError> {
    if !session.role.reads_every_branch() {
        return Err(ErrorCode::RoleNotPermitted.into());
    }
    let mut all: HashMap<TerminalId, TerminalNews> = HashMap::new();
    let new = |terminal| TerminalNews { terminal, heard_at: None, note: DeskNote::default(), invited_until: None };
    for row in read::contacts(&app.readers).await? {
        let terminal: TerminalId = row.terminal_id.parse()?;
        let number = |count: i64| u32::try_from(count).unwrap_or_default();
        let news = all.entry(terminal).or_insert_with(|| new(terminal));
        news.heard_at = DateTime::from_timestamp_millis(row.at_ms);
        news.note = DeskNote {
            version: row.version,
            waiting: number(row.waiting),
            refused: number(row.refused),
            drafts: number(row.drafts),
        };
    }
    for (terminal, heard) in app.contacts.all().iter() {
        let news = all.entry(*terminal).or_insert_with(|| new(*terminal));
        let at = DateTime::from_timestamp_millis(heard.at_ms);
        if news.heard_at <= at {
            (news.heard_at, news.note) = (at, heard.note.clone());
        }
    }
    for (terminal, until_ms) in read::open_invitations(&app.readers).await? {
        let terminal: TerminalId = terminal.parse()?;
        all.entry(terminal).or_insert_with(|| new(terminal)).invited_until = DateTime::from_timestamp_millis(until_ms);
    }
    Ok(Json(all.into_values().collect()))
}
