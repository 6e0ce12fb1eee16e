//! What travels beside commands on staff: passwords. They are checked and hashed here and go no further in clear.

use domain::id::{CommandId, TerminalId};
use domain::password::{self as rules, Context};
use domain::staff::{StaffChange, StaffCommand, StaffEvent};
use domain::{ErrorCode, Event, Refusal};
use wire::api::command::{PasswordPart, Passwords};

use super::App;
use super::error::ApiError;
use super::password;
use crate::store::act::{Act, Aside, Command};
use crate::store::read;

/// Adds what a command on staff carries beside its envelope. `temporary`: whoever asks has to change the password first.
pub(super) async fn beside(
    app: &App,
    terminal: TerminalId,
    mut act: Act,
    sent: Option<Passwords>,
    temporary: bool,
) -> Result<Act, Refusal> {
    let (staff, command) = match &act.command {
        Command::Staff(staff, command) => (staff.clone(), command),
        _ if temporary => return Err(ErrorCode::PasswordChangeNeeded.into()),
        _ if sent.is_some() => return Err(ErrorCode::PasswordMissing.into()),
        _ => return Ok(act),
    };
    let own = matches!(command, StaffCommand::ChangePassword {});
    if temporary && !own {
        return Err(ErrorCode::PasswordChangeNeeded.into());
    }
    let given = matches!(command, StaffCommand::AddStaff { .. } | StaffCommand::ResetPassword {});
    let Some(Passwords { new, old }) = sent else {
        // With the second person's word it depends on what was proposed: the writer looks.
        return if own || given { Err(ErrorCode::PasswordMissing.into()) } else { Ok(act) };
    };
    if !(own || given || matches!(command, StaffCommand::ConfirmProposal { .. })) || own != old.is_some() {
        return Err(ErrorCode::PasswordMissing.into());
    }
    // Sent again with another password, it is another request. The mark is worth nothing without this centre's key.
    let mark = app.authority.code_hmac(&wire::sha256_hex(new.as_bytes()));
    if let Some(sealed) = &mut act.sealed {
        sealed.request_sha256 = wire::sha256_hex(&[sealed.request_sha256.as_bytes(), &mark].concat());
    }
    match old {
        // An act that is done already gets its first answer: the old password is gone by then.
        Some(old) if !answered(app, act.id).await? => changes(app, terminal, &act, &new, old).await?,
        Some(_) => {}
        None if rules::is_temporary(&new) => {}
        None => return Err(ErrorCode::PasswordMissing.into()),
    }
    let hash = app.gate.hash(new).await?;
    act.asides.push(Aside::Password { staff, hash });
    Ok(act)
}

/// May this be the own password from now on?
async fn changes(app: &App, terminal: TerminalId, act: &Act, new: &str, old: String) -> Result<(), Refusal> {
    let Command::Staff(staff, _) = &act.command else { return Ok(()) };
    if act.actor.staff() != Some(staff) {
        return Err(ErrorCode::ActorNotPermitted.into());
    }
    let institution = &app.config.institution;
    let names = [institution.name.as_str(), institution.roman_name.as_str(), institution.id.as_str()];
    rules::check(new, &Context { staff, institution: &names }).map_err(|refusal| refusal.at("new"))?;
    if old == new {
        return Err(Refusal::new(ErrorCode::PasswordSame).at("new"));
    }
    password::check(app, terminal, staff, old).await.map_err(|refusal| match refusal.code {
        ErrorCode::SignInDenied => Refusal::new(ErrorCode::PasswordWrong).at("old"),
        _ => refusal,
    })
}

async fn answered(app: &App, id: CommandId) -> Result<bool, Refusal> {
    read::answered(&app.readers, id).await.map_err(|fault| ApiError::from(fault).into_refusal())
}

/// What became of the password: as the entry says, so that asking again tells the same.
pub(super) async fn part(app: &App, id: CommandId) -> Result<PasswordPart, ApiError> {
    let Some(entry) = read::entry(&app.readers, id).await? else { return Ok(PasswordPart::None) };
    let confirmed = |event: &Event| matches!(event, Event::Staff(StaffEvent::ProposalConfirmed { .. }));
    let second = entry.events.iter().any(confirmed);
    let part = entry.events.iter().find_map(|event| match event {
        Event::Staff(StaffEvent::StaffProposed {
            change: StaffChange::Add { .. } | StaffChange::ResetPassword {},
            ..
        }) => Some(PasswordPart::First),
        Event::Staff(event) if event.sets_password() => {
            Some(if second { PasswordPart::Second } else { PasswordPart::Whole })
        }
        _ => None,
    });
    Ok(part.unwrap_or_default())
}
