#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::id::SessionId;
use uuid::Uuid;

const OWN: TerminalId = TerminalId(Uuid::from_u128(1));
const DESK: TerminalId = TerminalId(Uuid::from_u128(2));

fn staff(id: &str, role: Role, at: TerminalId) -> Actor {
    let (staff, branch, session) = (id.parse().unwrap(), "000".parse().unwrap(), SessionId(Uuid::nil()));
    Actor::Staff { staff, role, branch, terminal: at, session }
}

fn time(day: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::Duration::days(day)
}

fn invite() -> TerminalCommand {
    TerminalCommand::InviteTerminal { branch: "011".parse().unwrap(), label: "窓口 1番".into() }
}

fn enrol() -> TerminalCommand {
    let (public_key, certificate_sha256) = ("key".into(), "00".into());
    TerminalCommand::EnrolTerminal { public_key, certificate_sha256, not_after: Some(time(730)) }
}

fn shift(branch: &str, label: &str) -> TerminalCommand {
    TerminalCommand::MoveTerminal { branch: branch.parse().unwrap(), label: label.into() }
}

/// Decides, and applies what was decided.
fn act(terminal: &mut Terminal, command: &TerminalCommand, actor: &Actor) -> Result<(), ErrorCode> {
    let events = decide(terminal, command, actor).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| apply(terminal, event, actor));
    Ok(())
}

#[test]
fn head_office_invites_by_two_and_the_operator_alone() {
    let (one, other) = (staff("H9001", Role::HeadOffice, DESK), staff("H9002", Role::HeadOffice, DESK));
    let mut terminal = Terminal::unknown(OWN);
    act(&mut terminal, &invite(), &one).unwrap();
    assert_eq!(terminal.state, TerminalState::Requested);
    let itself = Actor::Terminal { terminal: OWN };
    assert_eq!(act(&mut terminal, &enrol(), &itself), Err(ErrorCode::InvitationDenied), "nothing was agreed to");
    let agree = TerminalCommand::AuthoriseTerminal {};
    assert_eq!(act(&mut terminal, &agree, &one), Err(ErrorCode::TwoPersonRule));
    assert_eq!(
        act(&mut terminal, &TerminalCommand::ReinviteTerminal {}, &one),
        Err(ErrorCode::TerminalState),
        "no way around"
    );
    act(&mut terminal, &agree, &other).unwrap();
    assert_eq!(terminal.state, TerminalState::Invited);
    act(&mut terminal, &TerminalCommand::ReinviteTerminal {}, &one).unwrap();
    act(&mut terminal, &enrol(), &itself).unwrap();
    assert_eq!(terminal.certificate_until, Some(time(730)));
    assert_eq!(act(&mut terminal, &TerminalCommand::ReinviteTerminal {}, &one), Err(ErrorCode::TerminalState));

    let mut by_operator = Terminal::unknown(OWN);
    act(&mut by_operator, &invite(), &Actor::Operator { name: "root".into() }).unwrap();
    assert_eq!(by_operator.state, TerminalState::Invited);
}

#[test]
fn nobody_else_does_any_of_it() {
    let commands = [
        invite(),
        TerminalCommand::AuthoriseTerminal {},
        TerminalCommand::ReinviteTerminal {},
        shift("012", "窓口 1番"),
        TerminalCommand::RevokeTerminal {},
    ];
    let own_desk = staff("H9001", Role::HeadOffice, OWN);
    for state in [TerminalState::Unknown, TerminalState::Requested, TerminalState::Invited, TerminalState::Enrolled] {
        let terminal = Terminal { state, branch: Some("011".parse().unwrap()), ..Terminal::unknown(OWN) };
        for command in &commands {
            for role in [Role::Teller, Role::SalesRep, Role::Supervisor, Role::Auditor] {
                let refused = decide(&terminal, command, &staff("X1001", role, DESK)).unwrap_err();
                assert_eq!(refused.code, ErrorCode::ActorNotPermitted, "{role:?} {command:?}");
            }
            let by_itself = decide(&terminal, command, &Actor::Terminal { terminal: OWN }).unwrap_err();
            assert_eq!(by_itself.code, ErrorCode::ActorNotPermitted);
        }
        for command in [&shift("012", "x"), &TerminalCommand::RevokeTerminal {}] {
            let refused = decide(&terminal, command, &own_desk).unwrap_err();
            assert_eq!(refused.code, ErrorCode::ActorNotPermitted, "at the very terminal: {command:?}");
        }
        let renew = TerminalCommand::RenewTerminal { certificate_sha256: "00".into(), not_after: time(9) };
        for stranger in [Actor::Terminal { terminal: DESK }, own_desk.clone(), Actor::Operator { name: "root".into() }]
        {
            for command in [&enrol(), &renew] {
                assert_eq!(decide(&terminal, command, &stranger).unwrap_err().code, ErrorCode::ActorNotPermitted);
            }
        }
    }
}

#[test]
fn it_moves_while_it_is_enrolled_and_never_comes_back_from_being_revoked() {
    let office = staff("H9001", Role::HeadOffice, DESK);
    let mut terminal = Terminal::unknown(OWN);
    act(&mut terminal, &invite(), &Actor::Operator { name: "root".into() }).unwrap();
    assert_eq!(act(&mut terminal, &shift("012", "窓口 2番"), &office), Err(ErrorCode::TerminalState));
    let itself = Actor::Terminal { terminal: OWN };
    act(&mut terminal, &enrol(), &itself).unwrap();
    assert_eq!(
        act(&mut terminal, &shift("011", "窓口 1番"), &office),
        Err(ErrorCode::TerminalState),
        "nothing changes"
    );
    act(&mut terminal, &shift("012", "窓口 2番"), &office).unwrap();
    assert_eq!((terminal.branch.as_ref().unwrap().as_str(), terminal.label.as_str()), ("012", "窓口 2番"));
    act(&mut terminal, &TerminalCommand::RevokeTerminal {}, &office).unwrap();
    assert_eq!(terminal.state, TerminalState::Revoked);
    let renew = TerminalCommand::RenewTerminal { certificate_sha256: "00".into(), not_after: time(9) };
    for (command, actor) in [
        (invite(), &office),
        (TerminalCommand::AuthoriseTerminal {}, &office),
        (TerminalCommand::ReinviteTerminal {}, &office),
        (shift("011", "x"), &office),
        (TerminalCommand::RevokeTerminal {}, &office),
        (renew, &itself),
    ] {
        assert_eq!(act(&mut terminal, &command, actor), Err(ErrorCode::TerminalState), "{command:?}");
    }
    assert_eq!(act(&mut terminal, &enrol(), &itself), Err(ErrorCode::InvitationDenied));
}

#[test]
fn the_last_third_of_its_life_is_the_time_to_renew() {
    let due = |day| renewal_due(time(0), time(729), time(day));
    assert_eq!([due(0), due(485), due(486), due(730)], [false, false, true, true]);
}
