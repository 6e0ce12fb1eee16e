//! A terminal pushes a command. Who sent it is the living session of the connection; where there is none, because it was
//! made off-line or its answer was lost for longer than the session lived, the author's standing of now is asked. Of what
//! was made off-line it is asked even if the session lives. What was made before its terminal was revoked, and arrives
//! after that, is held for a supervisor, whatever it is.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use axum::Json;
use axum::extract::State;
use domain::customer::{Claim, CustomerCommand, HeldCommand, HoldReason, Standing, standing};
use domain::id::CommandId;
use domain::terminal::TerminalCommand;
use domain::{Actor, ErrorCode, Refusal, Role};
use wire::api::command::{CommandAccepted, PasswordPart, PushCommand};
use wire::invitation::HOURS;
use wire::{Attachment, Body as EnvelopeBody, Envelope, message};

use super::App;
use super::error::{ApiError, Body};
use super::import;
use super::session::AnySession;
use super::staff;
use super::terminal::{Known, Terminal};
use crate::store::act::{Act, Aside, Attached, Command, Refused, Sealed};
use crate::store::read;

pub(super) async fn push(
    Known { terminal, revoked }: Known,
    session: Result<AnySession, ApiError>,
    State(app): State<App>,
    Body(request): Body<PushCommand>,
) -> Result<Json<CommandAccepted>, ApiError> {
    let envelope = opened(&app, &terminal, &request);
    let mut temporary = false;
    let (actor, hold) = match (session, &envelope) {
        (_, Ok(envelope)) if revoked => after_revocation(&app, &terminal, envelope).await?,
        // Whoever it was may be somebody else by now, though the session lives.
        (Ok(AnySession(session)), Ok(envelope)) if envelope.offline => {
            if session.id != envelope.session || session.staff.id != envelope.staff {
                return Err(ErrorCode::SessionMismatch.into());
            }
            late(&app, &terminal, envelope).await?
        }
        (Ok(AnySession(session)), Ok(envelope)) => {
            temporary = session.staff.administered.temporary;
            (session.acting(&terminal, &envelope.body, app.clock.now()), None)
        }
        (Ok(AnySession(session)), Err(_)) => (session.actor(terminal.id), None),
        (Err(error), Ok(envelope)) if error.code() == ErrorCode::SessionMissing => {
            match late(&app, &terminal, envelope).await {
                // The sign-in may be among what is still to come back.
                Err(_) if app.writer.recovering() => return Err(ErrorCode::Recovering.into()),
                standing => standing?,
            }
        }
        (Err(error), _) => return Err(error),
    };
    let mut refused = Refused {
        command: CommandId(uuid::Uuid::now_v7()),
        actor,
        kind: String::new(),
        code: ErrorCode::Internal,
        sealed: None,
    };
    let passwords = request.password.clone();
    let made = async {
        let act = checked(&app, envelope?, hold, request, &mut refused)?;
        let act = staff::beside(&app, terminal.id, act, passwords, temporary).await?;
        let imports = import::wanted(&app, &act).await?;
        Ok::<_, Refusal>((act, imports))
    };
    let (act, imports) = match made.await {
        Ok(made) => made,
        Err(refusal) => {
            refused.code = refusal.code;
            app.writer.refused(refused).await?;
            return Err(refusal.into());
        }
    };
    let (id, of_staff) = (act.id, matches!(act.command, Command::Staff(..)));
    let accepted = app.writer.act(act).await?;
    if imports {
        import::begin(&app, true);
    }
    fault::point("centre-before-answer");
    let password = if of_staff { staff::part(&app, id).await? } else { PasswordPart::None };
    Ok(Json(CommandAccepted { entry: id, index: accepted.index, version: accepted.version, at: accepted.at, password }))
}

/// The envelope, if this terminal signed it.
fn opened(app: &App, terminal: &Terminal, request: &PushCommand) -> Result<Envelope, Refusal> {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &terminal.public_key)
        .verify(&message::envelope(&request.envelope.0), &request.signature.0)
        .map_err(|_| ErrorCode::EnvelopeSignatureInvalid)?;
    let envelope = Envelope::from_bytes(&request.envelope.0).map_err(|_| ErrorCode::RequestMalformed)?;
    if envelope.institution != app.config.institution.id {
        return Err(ErrorCode::InstitutionMismatch.into());
    }
    if envelope.terminal != terminal.id {
        return Err(ErrorCode::SessionMismatch.into());
    }
    Ok(envelope)
}

/// Whose an act without a living session is, and whether a supervisor has to look at it.
async fn late(app: &App, terminal: &Terminal, envelope: &Envelope) -> Result<(Actor, Option<HoldReason>), ApiError> {
    let staff = read::staff(&app.readers, &envelope.staff).await?.ok_or(ErrorCode::SessionMissing)?;
    let EnvelopeBody::Customer { command, .. } = &envelope.body else { return Err(ErrorCode::SessionMissing.into()) };
    let (session, made_at, offline) = (envelope.session, envelope.made_at, envelope.offline);
    let claim = Claim { terminal: terminal.id, session, made_at, offline };
    let found = standing(&staff, &claim, command, &app.policy(), app.clock.now())?;
    let Standing { role, branch, deputy, hold } = found;
    let actor = Actor::Staff { staff: staff.id, role, branch, terminal: terminal.id, session, deputy };
    Ok((actor, hold))
}

/// Whose an act of a terminal is that was revoked meanwhile. Of what says that it was made later, nothing is taken; nor of what
/// nobody signed in for there.
async fn after_revocation(
    app: &App,
    terminal: &Terminal,
    envelope: &Envelope,
) -> Result<(Actor, Option<HoldReason>), ApiError> {
    let revoked = || ApiError::from(ErrorCode::TerminalRevoked);
    let revoked_at = read::terminal_told_at(&app.readers, terminal.id).await?.ok_or_else(revoked)?;
    // As everywhere, a desk's clock may be off by a little.
    if envelope.made_at > revoked_at + chrono::Duration::minutes(5) {
        return Err(revoked());
    }
    match late(app, terminal, envelope).await {
        Ok((actor, _)) => Ok((actor, Some(HoldReason::TerminalRevoked))),
        // The sign-in may still come back.
        Err(_) if app.writer.recovering() => Err(ErrorCode::Recovering.into()),
        Err(error) if error.code() == ErrorCode::SessionMissing => Err(revoked()),
        // Not the desk's fault, and not the end of what it sends.
        Err(error) => Err(error),
    }
}

/// Everything that can be checked without the customer's state. Fills in what is known, for the entry of a refusal.
fn checked(
    app: &App,
    envelope: Envelope,
    hold: Option<HoldReason>,
    request: PushCommand,
    refused: &mut Refused,
) -> Result<Act, Refusal> {
    refused.command = envelope.id;
    refused.kind = envelope.body.kind().to_owned();
    refused.sealed = Some((request.envelope.0.clone(), request.signature.0.clone()));
    match &refused.actor {
        Actor::Staff { staff, session, .. } if *staff == envelope.staff && *session == envelope.session => {}
        _ => return Err(ErrorCode::SessionMismatch.into()),
    }
    let attached = match (&envelope.attachment, request.attachment) {
        (None, None) => None,
        (Some(hash), Some(bytes)) if *hash == Attachment::hash(&bytes.0) => {
            let data = Attachment::from_bytes(&bytes.0).map_err(|_| ErrorCode::AttachmentMismatch)?.data;
            Some(Attached { bytes: bytes.0, data })
        }
        _ => return Err(ErrorCode::AttachmentMismatch.into()),
    };
    let mut asides: Vec<Aside> = code(app, &envelope.body, request.code_sha256.as_deref())?.into_iter().collect();
    let command = match envelope.body {
        EnvelopeBody::Customer { customer, command } => match hold {
            Some(reason) => {
                let (act, made_at) = (envelope.id, envelope.made_at);
                Command::Held(customer, HeldCommand { act, command, reason, made_at })
            }
            None => Command::Customer(customer, command),
        },
        EnvelopeBody::Terminal { terminal, command }
            if matches!(refused.actor, Actor::Staff { role: Role::HeadOffice, .. }) =>
        {
            if matches!(command, TerminalCommand::RevokeTerminal {} | TerminalCommand::MoveTerminal { .. }) {
                asides.push(Aside::EndSessions { terminal });
            }
            Command::Terminal(terminal, command)
        }
        // For this institution: `opened` has looked.
        EnvelopeBody::Policy { command } => Command::Policy(app.config.institution.id.clone(), command),
        EnvelopeBody::Branch { branch, command } => Command::Branch(branch, command),
        EnvelopeBody::Terminal { .. } => return Err(ErrorCode::ActorNotPermitted.into()),
        EnvelopeBody::Staff { staff, command } if command.from_desk() => Command::Staff(staff, command),
        EnvelopeBody::Staff { .. } => return Err(ErrorCode::ActorNotPermitted.into()),
    };
    let sent = [&request.envelope.0, request.code_sha256.unwrap_or_default().as_bytes()].concat();
    Ok(Act {
        id: envelope.id,
        actor: refused.actor.clone(),
        command,
        expected_version: envelope.expected_version,
        attached,
        sealed: Some(Sealed {
            envelope: request.envelope.0,
            signature: request.signature.0,
            request_sha256: wire::sha256_hex(&sent),
            kind: refused.kind.clone(),
        }),
        asides,
    })
}

/// The pickup code of a slip, or an invitation: there with the commands that put one in force, and with nothing else.
fn code(app: &App, body: &EnvelopeBody, sha256: Option<&str>) -> Result<Option<Aside>, Refusal> {
    let mismatch = || Refusal::new(ErrorCode::CodeHashMismatch);
    let hash = |sha256: &str| sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let given = sha256.filter(|sha256| hash(sha256));
    match body {
        EnvelopeBody::Customer { command: CustomerCommand::PrintSlip { certificate }, .. } => {
            let hmac = app.authority.code_hmac(given.ok_or_else(mismatch)?);
            Ok(Some(Aside::PickupCode { certificate: *certificate, hmac }))
        }
        EnvelopeBody::Terminal { terminal, command } if command.invites() => Ok(Some(Aside::Invitation {
            code_sha256: given.ok_or_else(mismatch)?.to_owned(),
            terminal: *terminal,
            expires_ms: (app.clock.now() + chrono::Duration::hours(HOURS)).timestamp_millis(),
        })),
        _ if sha256.is_none() => Ok(None),
        _ => Err(mismatch()),
    }
}
