//! The terminals' API: who speaks is taken from the connection, never from what is claimed.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::ErrorCode;
use domain::id::{BranchCode, TerminalId};
use domain::terminal::TerminalState;
use wire::Base64;
use wire::api::session::TerminalInfo;
use x509_parser::certificate::X509Certificate;

use super::error::{ApiError, not_found};
use super::tls::PeerCertificate;
use super::{
    App, branch, contacts, feed, history, import, policy, push, recovery, renew, session, stop_target, viewed,
};
use crate::store::read;

pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/api/terminal/v1/session", post(session::sign_in).delete(session::sign_out))
        .route("/api/terminal/v1/session/verify", post(session::verify))
        .route("/api/terminal/v1/commands", post(push::push))
        .route("/api/terminal/v1/feed", get(feed::feed))
        .route("/api/terminal/v1/history", post(history::history))
        .route("/api/terminal/v1/recovery", post(recovery::take))
        .route("/api/terminal/v1/stop-target", get(stop_target::stop_target))
        .route("/api/terminal/v1/viewed", post(viewed::viewed))
        .route("/api/terminal/v1/certificate", post(renew::renew))
        .route("/api/terminal/v1/terminals", get(contacts::news))
        .route("/api/terminal/v1/info", get(info))
        .route("/api/terminal/v1/policy/outlook", post(policy::outlook))
        .route("/api/terminal/v1/branch/outlook", post(branch::outlook))
        .route("/api/terminal/v1/import", get(import::state).delete(import::cancel))
        .route("/api/terminal/v1/import/piece", post(import::piece))
        .route("/api/terminal/v1/import/look", post(import::look))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .with_state(app)
}

/// An enrolled terminal, by its certificate, with the state it has now.
pub(super) struct Terminal {
    pub(super) id: TerminalId,
    pub(super) branch: BranchCode,
    pub(super) label: String,
    pub(super) public_key: Vec<u8>,
    /// The same with its algorithm: SubjectPublicKeyInfo, DER.
    pub(super) spki: Vec<u8>,
    /// The certificate it showed, DER.
    pub(super) certificate: Arc<[u8]>,
}

impl FromRequestParts<App> for Terminal {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Known::from_request_parts(parts, app).await? {
            Known { terminal, revoked: false } => Ok(terminal),
            Known { .. } => Err(ErrorCode::TerminalRevoked.into()),
        }
    }
}

/// A terminal that is enrolled, or was before it was revoked. Only it is told that it was revoked: it deletes what it holds.
pub(super) struct Known {
    pub(super) terminal: Terminal,
    pub(super) revoked: bool,
}

impl FromRequestParts<App> for Known {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let denied = || ApiError::from(ErrorCode::TerminalDenied);
        let shown = parts.extensions.get::<Option<PeerCertificate>>().cloned().flatten();
        let PeerCertificate(der) = shown.ok_or_else(denied)?;
        let (_, certificate) = x509_parser::parse_x509_certificate(&der).map_err(|_| denied())?;
        let id = named(&certificate).ok_or_else(denied)?;
        let terminal = read::terminal(&app.readers, id).await?.ok_or_else(denied)?;
        let spki = certificate.public_key();
        let revoked = terminal.state == TerminalState::Revoked;
        let own = (revoked || terminal.state == TerminalState::Enrolled)
            && serde_json::from_value::<Base64>(terminal.public_key.into()).ok().as_ref().map(|k| k.0.as_slice())
                == Some(spki.raw);
        let branch = terminal.branch.filter(|_| own).ok_or_else(denied)?;
        let (public_key, spki) = (spki.subject_public_key.data.to_vec(), spki.raw.to_vec());
        Ok(Self {
            terminal: Terminal { id, branch, label: terminal.label, public_key, spki, certificate: Arc::clone(&der) },
            revoked,
        })
    }
}

/// The terminal that a certificate of the terminal CA names.
pub(super) fn named(certificate: &X509Certificate<'_>) -> Option<TerminalId> {
    let name = certificate.subject().iter_common_name().next()?.as_str().ok()?;
    name.parse().ok()
}

async fn info(_: Terminal, State(app): State<App>) -> Result<Json<TerminalInfo>, ApiError> {
    let listening = app.listening.get().ok_or(ErrorCode::Unavailable)?;
    Ok(Json(TerminalInfo {
        institution_name: app.config.institution.name.clone(),
        training: app.config.institution.training,
        portal_url: listening.portal.clone(),
        contacts: app.config.contacts.clone(),
        policy: (*app.policy()).clone(),
        enrol_url: listening.enrol.clone(),
    }))
}
