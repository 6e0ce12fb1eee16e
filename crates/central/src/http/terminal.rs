//! The terminals' API: push a command, follow the feed. Who speaks is taken from the connection and the session, never
//! from what is claimed.

use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::id::{BranchCode, CommandId, TerminalId};
use domain::terminal::TerminalState;
use domain::{Actor, ErrorCode, Refusal};
use wire::api::command::{CommandAccepted, PushCommand};
use wire::api::feed::{FeedAnswer, FeedLeaf, FeedQuery};
use wire::api::session::TerminalInfo;
use wire::{Attachment, Base64, Body as EnvelopeBody, Envelope, message};

use super::App;
use super::error::{ApiError, Body, not_found};
use super::session::{self, StaffSession};
use super::stop_target;
use super::tls::PeerCertificate;
use crate::store::act::{Act, Aside, Attached, Command, Refused, Sealed};
use crate::store::read;

/// Most leaves of one feed answer.
const CHUNK: u32 = 500;
/// Longest wait of the feed, seconds.
const WAIT: u32 = 30;

pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/api/terminal/v1/session", post(session::sign_in).delete(session::sign_out))
        .route("/api/terminal/v1/session/verify", post(session::verify))
        .route("/api/terminal/v1/commands", post(push))
        .route("/api/terminal/v1/feed", get(feed))
        .route("/api/terminal/v1/stop-target", get(stop_target::stop_target))
        .route("/api/terminal/v1/info", get(info))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .with_state(app)
}

/// An enrolled terminal, by its certificate, with the state it has now.
pub(super) struct Terminal {
    pub(super) id: TerminalId,
    pub(super) branch: BranchCode,
    public_key: Vec<u8>,
}

impl FromRequestParts<App> for Terminal {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let denied = || ApiError::from(ErrorCode::TerminalDenied);
        let shown = parts.extensions.get::<Option<PeerCertificate>>().cloned().flatten();
        let PeerCertificate(der) = shown.ok_or_else(denied)?;
        let (_, certificate) = x509_parser::parse_x509_certificate(&der).map_err(|_| denied())?;
        let name =
            certificate.subject().iter_common_name().next().and_then(|cn| cn.as_str().ok()).ok_or_else(denied)?;
        let id: TerminalId = name.parse().map_err(|_| denied())?;
        let terminal = read::terminal(&app.readers, id).await?.ok_or_else(denied)?;
        let spki = certificate.public_key();
        let enrolled = terminal.state == TerminalState::Enrolled
            && serde_json::from_value::<Base64>(terminal.public_key.into()).ok().as_ref().map(|k| k.0.as_slice())
                == Some(spki.raw);
        let branch = terminal.branch.filter(|_| enrolled).ok_or_else(denied)?;
        Ok(Self { id, branch, public_key: spki.subject_public_key.data.to_vec() })
    }
}

async fn push(
    terminal: Terminal,
    session: StaffSession,
    State(app): State<App>,
    Body(request): Body<PushCommand>,
) -> Result<Json<CommandAccepted>, ApiError> {
    let actor = Actor::Staff {
        staff: session.staff.id.clone(),
        role: session.role,
        branch: session.branch.clone(),
        terminal: terminal.id,
        session: session.id,
    };
    let mut refused = Refused {
        command: CommandId(uuid::Uuid::now_v7()),
        actor,
        kind: String::new(),
        code: ErrorCode::Internal,
        sealed: None,
    };
    let act = match checked(&app, &terminal, &session, request, &mut refused) {
        Ok(act) => act,
        Err(refusal) => {
            refused.code = refusal.code;
            app.writer.refused(refused).await?;
            return Err(refusal.into());
        }
    };
    let id = act.id;
    let accepted = app.writer.act(act).await?;
    fault::point("centre-before-answer");
    Ok(Json(CommandAccepted { entry: id, index: accepted.index, version: accepted.version, at: accepted.at }))
}

/// Everything that can be checked without the customer's state. Fills in what is known, for the entry of a refusal.
fn checked(
    app: &App,
    terminal: &Terminal,
    session: &StaffSession,
    request: PushCommand,
    refused: &mut Refused,
) -> Result<Act, Refusal> {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &terminal.public_key)
        .verify(&message::envelope(&request.envelope.0), &request.signature.0)
        .map_err(|_| ErrorCode::EnvelopeSignatureInvalid)?;
    let envelope = Envelope::from_bytes(&request.envelope.0).map_err(|_| ErrorCode::RequestMalformed)?;
    refused.command = envelope.id;
    refused.kind = envelope.body.kind().to_owned();
    refused.sealed = Some((request.envelope.0.clone(), request.signature.0.clone()));
    if envelope.institution != app.config.institution.id {
        return Err(ErrorCode::InstitutionMismatch.into());
    }
    if envelope.terminal != terminal.id || envelope.session != session.id || envelope.staff != session.staff.id {
        return Err(ErrorCode::SessionMismatch.into());
    }
    let attached = match (&envelope.attachment, request.attachment) {
        (None, None) => None,
        (Some(hash), Some(bytes)) if *hash == Attachment::hash(&bytes.0) => {
            let data = Attachment::from_bytes(&bytes.0).map_err(|_| ErrorCode::AttachmentMismatch)?.data;
            Some(Attached { bytes: bytes.0, data })
        }
        _ => return Err(ErrorCode::AttachmentMismatch.into()),
    };
    let EnvelopeBody::Customer { customer, command } = envelope.body;
    let code = match (&command, &request.code_sha256) {
        (domain::customer::CustomerCommand::PrintSlip { certificate }, Some(sha256))
            if sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) =>
        {
            Some(Aside::PickupCode { certificate: *certificate, hmac: app.authority.code_hmac(sha256) })
        }
        (domain::customer::CustomerCommand::PrintSlip { .. }, _) | (_, Some(_)) => {
            return Err(ErrorCode::CodeHashMismatch.into());
        }
        (_, None) => None,
    };
    let sent = [&request.envelope.0, request.code_sha256.unwrap_or_default().as_bytes()].concat();
    Ok(Act {
        id: envelope.id,
        actor: refused.actor.clone(),
        command: Command::Customer(customer, command),
        expected_version: envelope.expected_version,
        attached,
        sealed: Some(Sealed {
            envelope: request.envelope.0,
            signature: request.signature.0,
            request_sha256: wire::sha256_hex(&sent),
            kind: refused.kind.clone(),
        }),
        asides: code.into_iter().collect(),
    })
}

async fn info(_: Terminal, State(app): State<App>) -> Result<Json<TerminalInfo>, ApiError> {
    let listening = app.listening.get().ok_or(ErrorCode::Unavailable)?;
    Ok(Json(TerminalInfo {
        institution_name: app.config.institution.name.clone(),
        training: app.config.institution.training,
        portal_url: listening.portal.clone(),
        contacts: app.config.contacts.clone(),
        policy: app.config.policy.clone(),
    }))
}

async fn feed(
    terminal: Terminal,
    State(app): State<App>,
    Query(query): Query<FeedQuery>,
) -> Result<Json<FeedAnswer>, ApiError> {
    let mut size = app.writer.size();
    let wait = Duration::from_secs(u64::from(query.wait_s.unwrap_or(0).min(WAIT)));
    let mut stopping = app.stopping.clone();
    // Nothing yet is an answer, too.
    tokio::select! {
        _ = tokio::time::timeout(wait, size.wait_for(|size| *size > query.from)) => {}
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
    let log_size = app.writer.size_or(&app.readers, query.from).await?;
    if query.from > log_size {
        // The terminal has seen more than there is: it must not be told that all is well.
        return Err(ErrorCode::LogMismatch.into());
    }
    let limit = query.limit.unwrap_or(CHUNK).clamp(1, CHUNK);
    // A batch may be committed and not yet announced: nobody is shown more than the size that is told.
    let (leaves, checkpoint) = match read::chunk_end(&app.readers, query.from, limit, log_size).await? {
        None => (Vec::new(), read::checkpoint_at(&app.readers, query.from).await?.unwrap_or_default()),
        Some((end, note)) => {
            let everything = terminal.branch == app.config.institution.head_office_branch;
            let rows = read::leaves(&app.readers, query.from, end).await?;
            let own =
                |branch: &Option<String>| everything || branch.as_deref().is_none_or(|b| b == terminal.branch.as_str());
            let leaves = rows
                .into_iter()
                .map(|row| {
                    if own(&row.branch) {
                        FeedLeaf::Entry { e: Base64(row.bytes), a: row.attachment.map(Base64) }
                    } else {
                        FeedLeaf::Hash { h: Base64(row.leaf) }
                    }
                })
                .collect();
            (leaves, note)
        }
    };
    Ok(Json(FeedAnswer { from: query.from, leaves, checkpoint, log_size, centre_ms: app.clock.now_ms() }))
}
