//! A terminal asks for another certificate before its own ends. It is for the same key, which the handshake proved (ADR 11),
//! and asking again gives the first answer.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::terminal::{TerminalCommand, renewal_due};
use domain::{Actor, ErrorCode};
use wire::Base64;
use wire::api::terminal::RenewedCertificate;

use super::App;
use super::error::ApiError;
use super::terminal::Terminal;
use crate::store::act::{Act, Aside, Command};
use crate::store::read;

/// Start and end of a certificate.
fn validity(der: &[u8]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let time = |at: x509_parser::time::ASN1Time| DateTime::from_timestamp(at.timestamp(), 0);
    let validity = certificate.validity();
    time(validity.not_before).zip(time(validity.not_after))
}

/// End of a certificate that was just made.
pub(super) fn end(der: &[u8]) -> Result<DateTime<Utc>, ErrorCode> {
    validity(der).map(|(_, end)| end).ok_or(ErrorCode::Internal)
}

pub(super) async fn renew(terminal: Terminal, State(app): State<App>) -> Result<Json<RenewedCertificate>, ApiError> {
    let _turn = app.renewing.turn(&terminal.id).await;
    let now = app.clock.now();
    let newest = match read::terminal_certificate(&app.readers, terminal.id).await? {
        Some((der, ..)) => der,
        None => terminal.certificate.to_vec(),
    };
    let (from, until) = validity(&newest).ok_or(ErrorCode::TerminalDenied)?;
    if !renewal_due(from, until, now) {
        return Ok(Json(RenewedCertificate { certificate: Base64(newest) }));
    }
    let epoch = app.writer.epochs().current();
    let certificate = app.authority.certify_terminal(&terminal.spki, terminal.id, now, epoch)?;
    let (not_before, not_after) = validity(&certificate).ok_or(ErrorCode::Internal)?;
    let command = TerminalCommand::RenewTerminal { certificate_sha256: wire::sha256_hex(&certificate), not_after };
    let aside = Aside::TerminalCertificate {
        terminal: terminal.id,
        certificate: certificate.clone(),
        not_before_ms: not_before.timestamp_millis(),
        not_after_ms: not_after.timestamp_millis(),
    };
    let actor = Actor::Terminal { terminal: terminal.id };
    let act = Act { asides: vec![aside], ..Act::new(actor, Command::Terminal(terminal.id, command)) };
    app.writer.act(act).await?;
    fault::point("centre-renewed-terminal");
    Ok(Json(RenewedCertificate { certificate: Base64(certificate) }))
}
