//! Enrolment: a one-time invitation becomes a terminal certificate. The same key may ask again and gets the same answer.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::id::TerminalId;
use domain::terminal::TerminalCommand;
use domain::{Actor, ErrorCode};
use wire::api::enrol::{EnrolAnswer, EnrolRequest, PresentedRoot};
use wire::{Base64, invitation};

use super::App;
use super::error::{ApiError, Body, not_found};
use super::renew;
use crate::clock::Clock;
use crate::config::Config;
use crate::issuance::{Authority, csr};
use crate::store::act::{Act, Aside, Command};
use crate::store::db::Readers;
use crate::store::read;
use crate::store::writer::Writer;

pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/api/enrol/v1", post(enrol))
        .route("/api/enrol/v1/root", get(root))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .with_state(app)
}

/// Public, and believed by nobody before it was compared with what is on paper.
async fn root(State(app): State<App>) -> Json<PresentedRoot> {
    Json(PresentedRoot { root: Base64(app.authority.root_der().to_vec()) })
}

async fn enrol(State(app): State<App>, Body(request): Body<EnrolRequest>) -> Result<Json<EnrolAnswer>, ApiError> {
    let listening = app.listening.get().ok_or(ErrorCode::Unavailable)?;
    let (config, authority, writer) = (&app.config, &app.authority, &app.writer);
    let terminal_url = &listening.terminal;
    let enrolment = Enrolment { config, authority, clock: &app.clock, writer, readers: &app.readers, terminal_url };
    enrolment.answer(&request).await.map(Json)
}

/// What an enrolment needs, over the network or at the operator's command line.
pub(crate) struct Enrolment<'a> {
    pub(crate) config: &'a Config,
    pub(crate) authority: &'a Authority,
    pub(crate) clock: &'a Clock,
    pub(crate) writer: &'a Writer,
    pub(crate) readers: &'a Readers,
    /// Where the terminal will find its API.
    pub(crate) terminal_url: &'a str,
}

impl Enrolment<'_> {
    pub(crate) async fn answer(&self, request: &EnrolRequest) -> Result<EnrolAnswer, ApiError> {
        let code_sha256 = invitation::code_sha256(&request.invitation);
        let denied = || ApiError::from(ErrorCode::InvitationDenied);
        let (id, expires_ms, given) = read::invitation(self.readers, &code_sha256).await?.ok_or_else(denied)?;
        let id: TerminalId = id.parse()?;
        let certificate = match given {
            Some(der) => {
                let asked = csr::parse(&request.csr.0, &[domain::policy::KeyType::P256])?;
                let (_, given) = x509_parser::parse_x509_certificate(&der).map_err(|_| denied())?;
                if given.public_key().raw != asked.public_key.as_slice() {
                    return Err(denied());
                }
                der
            }
            None if expires_ms <= self.clock.now().timestamp_millis() => return Err(denied()),
            None => self.sign(id, &request.csr.0).await?,
        };
        let terminal = read::terminal(self.readers, id).await?.ok_or_else(denied)?;
        Ok(EnrolAnswer {
            institution: self.config.institution.id.clone(),
            institution_name: self.config.institution.name.clone(),
            training: self.config.institution.training,
            terminal: id,
            label: terminal.label,
            branch: terminal.branch.ok_or_else(denied)?,
            certificate: Base64(certificate),
            terminal_ca: Base64(self.authority.terminal_der().to_vec()),
            root: Base64(self.authority.root_der().to_vec()),
            log_key: self.authority.log().verifier().to_vkey(),
            terminal_url: self.terminal_url.to_owned(),
        })
    }

    async fn sign(&self, id: TerminalId, csr: &[u8]) -> Result<Vec<u8>, ApiError> {
        let (der, asked) = self.authority.sign_terminal(csr, id, self.clock.now(), self.writer.epochs().current())?;
        let command = TerminalCommand::EnrolTerminal {
            public_key: STANDARD.encode(&asked.public_key),
            certificate_sha256: wire::sha256_hex(&der),
            not_after: Some(renew::end(&der)?),
        };
        self.writer
            .act(Act {
                asides: vec![Aside::Enrolled { terminal: id, certificate: der.clone() }],
                ..Act::new(Actor::Terminal { terminal: id }, Command::Terminal(id, command))
            })
            .await?;
        Ok(der)
    }
}
