//! Enrolment: a one-time invitation becomes a terminal certificate. The same key may ask again and gets the same answer.

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use domain::id::{CommandId, TerminalId};
use domain::terminal::TerminalCommand;
use domain::{Actor, ErrorCode};
use wire::Base64;
use wire::api::enrol::{EnrolAnswer, EnrolRequest};

use super::App;
use super::error::{ApiError, Body, not_found};
use crate::issuance::csr;
use crate::store::act::{Act, Aside, Command};
use crate::store::read;

pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/api/enrol/v1", post(enrol))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .with_state(app)
}

/// The form in which an invitation is hashed: people type it.
pub(crate) fn normal(invitation: &str) -> String {
    invitation.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

async fn enrol(State(app): State<App>, Body(request): Body<EnrolRequest>) -> Result<Json<EnrolAnswer>, ApiError> {
    let code_sha256 = wire::sha256_hex(normal(&request.invitation).as_bytes());
    let denied = || ApiError::from(ErrorCode::InvitationDenied);
    let (terminal, expires_ms, certificate) = read::invitation(&app.readers, &code_sha256).await?.ok_or_else(denied)?;
    let id: TerminalId = terminal.parse()?;
    let asked = csr::parse(&request.csr.0, &[domain::policy::KeyType::P256])?;
    let certificate = match certificate {
        Some(der) => {
            let (_, given) = x509_parser::parse_x509_certificate(&der).map_err(|_| denied())?;
            if given.public_key().raw != asked.public_key.as_slice() {
                return Err(denied());
            }
            der
        }
        None => {
            let now = app.clock.now();
            if expires_ms <= now.timestamp_millis() {
                return Err(denied());
            }
            let (der, asked) = app.authority.sign_terminal(&request.csr.0, id, now)?;
            let public_key = serde_json::to_value(Base64(asked.public_key)).ok();
            app.writer
                .act(Act {
                    id: CommandId(uuid::Uuid::now_v7()),
                    actor: Actor::Terminal { terminal: id },
                    command: Command::Terminal(
                        id,
                        TerminalCommand::EnrolTerminal {
                            public_key: public_key.and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default(),
                            certificate_sha256: wire::sha256_hex(&der),
                        },
                    ),
                    expected_version: None,
                    attached: None,
                    sealed: None,
                    asides: vec![Aside::Enrolled { terminal: id, certificate: der.clone() }],
                })
                .await?;
            der
        }
    };
    let terminal = read::terminal(&app.readers, id).await?.ok_or_else(denied)?;
    let branch = terminal.branch.ok_or_else(denied)?;
    let listening = app.listening.get().ok_or(ErrorCode::Unavailable)?;
    Ok(Json(EnrolAnswer {
        institution: app.config.institution.id.clone(),
        institution_name: app.config.institution.name.clone(),
        training: app.config.institution.training,
        terminal: id,
        label: terminal.label,
        branch,
        certificate: Base64(certificate),
        terminal_ca: Base64(app.authority.terminal_der().to_vec()),
        root: Base64(app.authority.root_der().to_vec()),
        log_key: app.authority.log().verifier().to_vkey(),
        terminal_url: listening.terminal.clone(),
    }))
}
