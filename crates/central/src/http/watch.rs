//! For whoever watches the service: is it alive, can it be asked, and the numbers worth an alarm. A listener of its own,
//! closed unless it is configured; nothing on it is personal, and nothing on it is secret enough to be worth a key.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::App;
use super::error::not_found;
use crate::backup;
use crate::issuance::root_crl_end;
use crate::mail::queue;
use crate::measured::{Kind, Page};
use crate::store::{read, waiting};

/// A database that takes longer than this to answer a small question is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/live", get(|| async { "alive\n" }))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .with_state(app)
}

/// Why requests should go to another instance; `None`: they may come.
async fn not_ready(app: &App) -> Option<&'static str> {
    if *app.stopping.borrow() {
        return Some("stopping");
    }
    if !app.writer.standings().fresh() {
        return Some("commits are not heard of");
    }
    match tokio::time::timeout(PATIENCE, read::log_size(&app.readers)).await {
        Ok(Ok(_)) => None,
        _ => Some("the database does not answer"),
    }
}

async fn ready(State(app): State<App>) -> Response {
    match not_ready(&app).await {
        None => (StatusCode::OK, "ready\n").into_response(),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

async fn metrics(State(app): State<App>) -> Response {
    let mut page = Page::default();
    let (measured, now) = (app.writer.measured(), app.clock.now());
    let flag = u8::from;
    let version = [(env!("CARGO_PKG_VERSION"), 1)];
    page.labelled(Kind::Gauge, "madoguchi_version", "Version of the service.", "version", version);
    page.one(
        Kind::Gauge,
        "madoguchi_ready",
        "1: requests may come (as /ready).",
        flag(not_ready(&app).await.is_none()),
    );
    page.one(Kind::Gauge, "madoguchi_writes", "1: this instance writes.", flag(*app.writer.leads().borrow()));
    let recovering = flag(app.writer.recovering());
    page.one(
        Kind::Gauge,
        "madoguchi_recovering",
        "1: after a restore, what came after the backup is collected.",
        recovering,
    );
    page.one(
        Kind::Gauge,
        "madoguchi_log_size",
        "Entries of the log that this instance knows of.",
        *app.writer.size().borrow(),
    );
    page.times("madoguchi_batch_seconds", "Transactions of the writer, of this instance.", &measured.batches);
    for (name, help, count) in [
        ("madoguchi_jobs_total", "What was done in them.", &measured.jobs),
        ("madoguchi_sign_ins_failed_total", "Wrong passwords of staff.", &measured.sign_ins_failed),
        ("madoguchi_sign_ins_locked_total", "Tries at locked accounts of staff.", &measured.sign_ins_locked),
        (
            "madoguchi_unknown_serials_total",
            "Questions about certificates never issued here.",
            &measured.unknown_serials,
        ),
    ] {
        page.one(Kind::Counter, name, help, count.get());
    }
    match queue::depth(&app.readers).await {
        Ok(depth) => {
            let counts = [("waiting", depth.waiting), ("failed", depth.failed)];
            page.labelled(
                Kind::Gauge,
                "madoguchi_mails",
                "Mails that wait, and that failed for good.",
                "state",
                counts,
            );
            let oldest = depth.oldest_ms.map_or(0, |made| (now.timestamp_millis() - made).max(0) / 1000);
            page.one(
                Kind::Gauge,
                "madoguchi_mail_oldest_seconds",
                "Age of the oldest mail that waits; 0: none.",
                oldest,
            );
        }
        Err(fault) => tracing::warn!(%fault, "the mails can't be counted"),
    }
    match waiting::depth(&app.readers).await {
        Ok(found) => {
            let counts = found.iter().map(|(kind, depth)| (kind.as_str(), depth.count));
            let help = "What waits for a second person: applications, stops, off-line acts, head office's requests.";
            page.labelled(Kind::Gauge, "madoguchi_waiting", help, "kind", counts);
            let age = |since: i64| (now.timestamp_millis() - since).max(0) / 1000;
            let ages = found.iter().map(|(kind, depth)| (kind.as_str(), depth.oldest_ms.map_or(0, age)));
            let help = "How long the oldest of them has waited; 0: none.";
            page.labelled(Kind::Gauge, "madoguchi_waiting_oldest_seconds", help, "kind", ages);
        }
        Err(fault) => tracing::warn!(%fault, "what waits can't be counted"),
    }
    if let Some(last) = backup::last(&app.config.data_dir) {
        let at = last.at.timestamp();
        page.one(
            Kind::Gauge,
            "madoguchi_backup_last_seconds",
            "When the last backup was made from this machine, Unix time.",
            at,
        );
        page.one(Kind::Gauge, "madoguchi_backup_last_size", "Entries in it.", last.size);
    }
    let name = "madoguchi_certificate_end_seconds";
    let help = "End of the service's own certificates, and of the root's revocation list, Unix time.";
    let mut ends = app.authority.ends().unwrap_or_default();
    ends.extend(root_crl_end(&app.config.keys()).map(|end| ("root_crl", end)));
    let ends = ends.into_iter().map(|(which, end)| (which, end.timestamp()));
    page.labelled(Kind::Gauge, name, help, "certificate", ends);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page.finish()).into_response()
}
