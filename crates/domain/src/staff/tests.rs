//! The rules about staff, and every way around them that one person alone could think of.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::*;
use crate::actor::Actor;
use crate::error::ErrorCode;
use crate::event::Event;
use crate::personal::{PersonalData, StaffDetails};

fn start() -> DateTime<Utc> {
    "2026-11-24T01:00:00Z".parse().unwrap()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn who(id: &str, role: Role, branch: &str) -> Actor {
    let (terminal, session) = (TerminalId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)));
    let (staff, branch) = (id.parse().unwrap(), branch.parse().unwrap());
    Actor::Staff { staff, role, branch, terminal, session, deputy: false }
}

fn head(id: &str) -> Actor {
    who(id, Role::HeadOffice, "000")
}

fn operator() -> Actor {
    Actor::Operator { name: "root".into() }
}

/// A person with a history.
struct Person {
    staff: Staff,
    now: DateTime<Utc>,
}

impl Person {
    fn nobody() -> Self {
        Self { staff: Staff::unknown("T1001".parse().unwrap()), now: start() }
    }

    /// Added by the operator, so with a password of the own.
    fn of(role: Role) -> Self {
        let mut person = Self::nobody();
        person.act(&operator(), &StaffCommand::AddStaff { role, branch: "011".parse().unwrap() }).unwrap();
        person
    }

    fn try_(&self, actor: &Actor, command: &StaffCommand) -> Result<Vec<StaffEvent>, ErrorCode> {
        let name = PersonalData::Staff(StaffDetails { name: "見本 花子".into() });
        let personal = matches!(command, StaffCommand::AddStaff { .. }).then_some(&name);
        decide(&self.staff, command, personal, actor, self.now).map_err(|refusal| refusal.code)
    }

    fn act(&mut self, actor: &Actor, command: &StaffCommand) -> Result<Vec<StaffEvent>, ErrorCode> {
        let events = self.try_(actor, command)?;
        let name = PersonalData::Staff(StaffDetails { name: "見本 花子".into() });
        let personal = matches!(command, StaffCommand::AddStaff { .. }).then_some(&name);
        for event in &events {
            apply(&mut self.staff, event, personal, actor, self.now);
        }
        Ok(events)
    }

    fn sign_in(&mut self, at: &str, over_lock: bool) -> Result<Vec<StaffEvent>, ErrorCode> {
        let own = who("T1001", self.staff.role.unwrap(), self.staff.branch.as_ref().unwrap().as_str());
        let (terminal, session) = (TerminalId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)));
        self.act(&own, &StaffCommand::SignIn { terminal, session, over_lock, at: Some(at.parse().unwrap()) })
    }
}

fn change(role: Role) -> StaffCommand {
    StaffCommand::ChangeStaff { role, branch: "011".parse().unwrap() }
}

fn deputy(branch: &str, from: &str, until: &str) -> StaffCommand {
    StaffCommand::NameDeputy { branch: branch.parse().unwrap(), from: day(from), until: day(until) }
}

#[test]
fn head_office_administers_and_nobody_else_and_never_itself() {
    let commands = [
        change(Role::SalesRep),
        StaffCommand::LockStaff {},
        StaffCommand::ResetPassword {},
        StaffCommand::EndEmployment {},
        deputy("011", "2026-11-24", "2026-11-30"),
    ];
    for command in &commands {
        for role in [Role::Teller, Role::SalesRep, Role::Supervisor, Role::Auditor] {
            let refused = Person::of(Role::Teller).try_(&who("X0001", role, "011"), command);
            assert_eq!(refused, Err(ErrorCode::RoleNotPermitted), "{role:?} {command:?}");
        }
        assert!(Person::of(Role::Teller).try_(&head("H9001"), command).is_ok(), "{command:?}");
        assert_eq!(Person::of(Role::Teller).try_(&head("T1001"), command), Err(ErrorCode::OwnAccount), "{command:?}");
    }
    // Signing others in or out, or changing their password, is nobody's.
    for command in [StaffCommand::SignOut { session: SessionId(Uuid::nil()) }, StaffCommand::ChangePassword {}] {
        let refused = Person::of(Role::Teller).try_(&head("H9001"), &command);
        assert_eq!(refused, Err(ErrorCode::ActorNotPermitted));
    }
}

#[test]
fn what_lets_somebody_approve_takes_two() {
    let add = |role| StaffCommand::AddStaff { role, branch: "011".parse().unwrap() };
    let mut locked = Person::of(Role::Supervisor);
    locked.act(&head("H9001"), &StaffCommand::LockStaff {}).unwrap();
    let cases = [
        (Person::nobody(), add(Role::Supervisor)),
        (Person::nobody(), add(Role::HeadOffice)),
        (Person::of(Role::Teller), change(Role::Supervisor)),
        (Person::of(Role::SalesRep), change(Role::HeadOffice)),
        (
            Person::of(Role::Supervisor),
            StaffCommand::ChangeStaff { role: Role::Supervisor, branch: "012".parse().unwrap() },
        ),
        (Person::of(Role::Teller), deputy("011", "2026-11-24", "2026-11-30")),
        (Person::of(Role::Supervisor), StaffCommand::ResetPassword {}),
        (locked, StaffCommand::UnlockStaff {}),
    ];
    for (mut person, command) in cases {
        let before = person.staff.clone();
        let events = person.act(&head("H9001"), &command).unwrap();
        assert!(matches!(events.as_slice(), [StaffEvent::StaffProposed { number: 1, .. }]), "{command:?}: {events:?}");
        let same = |a: &Staff, b: &Staff| {
            (a.role, a.approves(start()), a.may_work(start())) == (b.role, b.approves(start()), b.may_work(start()))
        };
        assert!(same(&before, &person.staff), "nothing has happened yet: {command:?}");
        let confirm = StaffCommand::ConfirmProposal { number: 1 };
        assert_eq!(person.act(&head("H9001"), &confirm), Err(ErrorCode::TwoPersonRule), "{command:?}");
        assert_eq!(person.act(&head("T1001"), &confirm), Err(ErrorCode::OwnAccount), "{command:?}");
        assert_eq!(person.act(&operator(), &confirm), Err(ErrorCode::ActorNotPermitted), "{command:?}");
        let other = StaffCommand::ConfirmProposal { number: 2 };
        assert_eq!(person.act(&head("H9002"), &other), Err(ErrorCode::ProposalUnknown), "{command:?}");
        let events = person.act(&head("H9002"), &confirm).unwrap();
        assert!(
            matches!(events.as_slice(), [StaffEvent::ProposalConfirmed { number: 1 }, _]),
            "{command:?}: {events:?}"
        );
        assert_eq!(person.act(&head("H9002"), &confirm), Err(ErrorCode::ProposalUnknown), "once");
        assert!(person.staff.approves(start()), "{command:?}");
    }
}

#[test]
fn what_takes_something_away_takes_one_and_works_at_once() {
    let mut person = Person::of(Role::Supervisor);
    person.act(&head("H9001"), &change(Role::Teller)).unwrap();
    assert_eq!(person.staff.role, Some(Role::Teller));
    let mut person = Person::of(Role::Supervisor);
    let events = person.act(&head("H9001"), &StaffCommand::LockStaff {}).unwrap();
    assert_eq!(events.first().map(StaffEvent::ends), Some(Ends::Every));
    assert!(!person.staff.may_work(start()));
    assert_eq!(person.sign_in("011", false), Err(ErrorCode::AccountLocked));
    assert_eq!(person.try_(&head("H9001"), &StaffCommand::LockStaff {}), Err(ErrorCode::StaffState));
    person.act(&head("H9001"), &StaffCommand::EndEmployment {}).unwrap();
    for command in [StaffCommand::UnlockStaff {}, StaffCommand::ResetPassword {}, change(Role::Teller)] {
        assert_eq!(person.try_(&head("H9001"), &command), Err(ErrorCode::StaffState), "for good: {command:?}");
        assert_eq!(person.try_(&operator(), &command), Err(ErrorCode::StaffState), "for good: {command:?}");
    }
    assert_eq!(person.sign_in("011", false), Err(ErrorCode::StaffState));
}

/// A teller's password is given by one person. That person must not get at an account that approves by it.
#[test]
fn nobody_becomes_a_supervisor_whose_password_one_person_knows() {
    let mut person = Person::of(Role::Teller);
    person.act(&head("H9001"), &StaffCommand::ResetPassword {}).unwrap();
    assert_eq!(person.try_(&head("H9002"), &change(Role::Supervisor)), Err(ErrorCode::PasswordTemporary));
    person.sign_in("011", false).unwrap();
    person.act(&who("T1001", Role::Teller, "011"), &StaffCommand::ChangePassword {}).unwrap();
    assert_eq!(person.try_(&head("H9001"), &change(Role::Supervisor)), Err(ErrorCode::PasswordGivenLately), "proposed");
    person.act(&head("H9002"), &change(Role::Supervisor)).unwrap();
    let confirm = StaffCommand::ConfirmProposal { number: 1 };
    assert_eq!(person.try_(&head("H9001"), &confirm), Err(ErrorCode::PasswordGivenLately), "confirmed");
    assert!(person.try_(&head("H9003"), &confirm).is_ok());
    assert_eq!(person.try_(&head("H9001"), &StaffCommand::ResetPassword {}), Err(ErrorCode::ProposalOpen), "meanwhile");
    person.now += Duration::days(APART_DAYS);
    assert!(person.try_(&head("H9001"), &confirm).is_ok(), "its owner has worked with it since");
}

/// Two persons were asked about one; one person alone must not make somebody else of that number meanwhile.
#[test]
fn a_proposed_number_is_given_to_nobody_else_meanwhile() {
    let add = |role| StaffCommand::AddStaff { role, branch: "011".parse().unwrap() };
    let mut person = Person::nobody();
    person.act(&head("H9001"), &add(Role::Supervisor)).unwrap();
    for one in ["H9001", "H9002"] {
        assert_eq!(person.try_(&head(one), &add(Role::Teller)), Err(ErrorCode::ProposalOpen));
    }
    assert!(person.try_(&head("H9002"), &StaffCommand::ConfirmProposal { number: 1 }).is_ok());
    person.act(&head("H9002"), &StaffCommand::DismissProposal { number: 1 }).unwrap();
    person.act(&head("H9001"), &add(Role::Teller)).unwrap();
    assert_eq!(person.staff.role, Some(Role::Teller));
}

#[test]
fn a_temporary_password_opens_nothing_and_not_for_long() {
    let mut person = Person::nobody();
    person.act(&head("H9001"), &StaffCommand::AddStaff { role: Role::Teller, branch: "011".parse().unwrap() }).unwrap();
    assert!(person.staff.administered.temporary);
    person.sign_in("011", false).unwrap();
    assert!(person.staff.sign_ins.is_empty(), "nothing made off-line goes back to it");
    person.now += Duration::hours(i64::from(TEMPORARY_PASSWORD_HOURS));
    assert_eq!(person.sign_in("011", false), Err(ErrorCode::TemporaryPasswordOver));
    person.act(&head("H9001"), &StaffCommand::ResetPassword {}).unwrap();
    person.sign_in("011", false).unwrap();
    person.act(&who("T1001", Role::Teller, "011"), &StaffCommand::ChangePassword {}).unwrap();
    assert!(!person.staff.administered.temporary);
    assert_eq!(person.staff.sign_ins.len(), 1, "the session goes on");
}

#[test]
fn a_deputy_stands_in_between_two_days_and_where_it_was_said() {
    let mut person = Person::of(Role::Teller);
    for (branch, from, until) in
        [("011", "2026-11-23", "2026-11-30"), ("011", "2026-11-30", "2026-11-29"), ("011", "2026-11-30", "2027-03-02")]
    {
        assert_eq!(
            person.try_(&head("H9001"), &deputy(branch, from, until)),
            Err(ErrorCode::DateOutOfRange),
            "{from} {until}"
        );
    }
    person.act(&head("H9001"), &deputy("012", "2026-11-25", "2026-11-26")).unwrap();
    person.act(&head("H9002"), &StaffCommand::ConfirmProposal { number: 1 }).unwrap();
    let (here, there) = ("011".parse().unwrap(), "012".parse().unwrap());
    // Days of Japan: 2026-11-24T15:00Z is midnight there.
    for (at, expected) in [
        ("2026-11-24T14:59:59Z", false),
        ("2026-11-24T15:00:00Z", true),
        ("2026-11-26T14:59:59Z", true),
        ("2026-11-26T15:00:00Z", false),
    ] {
        person.now = at.parse().unwrap();
        assert_eq!(person.staff.deputy_at(&there, person.now), expected, "{at}");
        assert!(!person.staff.deputy_at(&here, person.now));
        assert_eq!(person.sign_in("012", true).is_ok(), expected, "over a lock, {at}");
        assert_eq!(person.sign_in("012", false).is_ok(), expected, "{at}");
        assert_eq!(person.sign_in("013", false), Err(ErrorCode::BranchNotPermitted));
        assert!(person.sign_in("011", false).is_ok());
    }
    person.now = "2026-11-25T00:00:00Z".parse().unwrap();
    assert_eq!(person.try_(&head("H9001"), &deputy("012", "2026-11-26", "2026-11-27")), Err(ErrorCode::StaffState));
    // A reset of the password of somebody who stands in takes two, too.
    let events = person.try_(&head("H9001"), &StaffCommand::ResetPassword {}).unwrap();
    assert!(matches!(events.as_slice(), [StaffEvent::StaffProposed { .. }]));
    // An auditor changes nothing, whatever was arranged before.
    let mut auditor = Person { staff: person.staff.clone(), now: person.now };
    auditor.act(&head("H9001"), &change(Role::Auditor)).unwrap();
    assert!(!auditor.staff.deputy_at(&there, auditor.now) && !auditor.staff.approves(auditor.now));
    person.act(&head("H9001"), &StaffCommand::EndDeputy { branch: "012".parse().unwrap() }).unwrap();
    assert!(!person.staff.deputy_at(&there, person.now));
}

#[test]
fn a_deputy_acts_as_one_where_the_own_role_does_not_do() {
    use crate::authorisation::acting;
    use crate::customer::CustomerCommand as C;
    let application = crate::id::ApplicationId(Uuid::nil());
    let (approve, withdraw) = (C::ApproveApplication { application }, C::WithdrawApplication { application });
    let (here, there): (BranchCode, BranchCode) = ("011".parse().unwrap(), "012".parse().unwrap());
    for (role, at, deputy, command, expected) in [
        (Role::Teller, &here, true, &withdraw, (Role::Teller, &here, false)),
        (Role::Teller, &here, true, &approve, (Role::Supervisor, &here, true)),
        (Role::Teller, &here, false, &approve, (Role::Teller, &here, false)),
        (Role::Teller, &there, true, &withdraw, (Role::Supervisor, &there, true)),
        (Role::Supervisor, &there, true, &approve, (Role::Supervisor, &there, true)),
        (Role::Supervisor, &here, false, &approve, (Role::Supervisor, &here, false)),
        (Role::HeadOffice, &there, false, &approve, (Role::HeadOffice, &here, false)),
    ] {
        let (role_then, branch, stands_in) = acting((role, &here), (at, deputy), command);
        assert_eq!((role_then, &branch, stands_in), expected, "{role:?} at {at} {deputy} {command:?}");
    }
}

#[test]
fn whoever_goes_to_another_branch_leaves_one_and_its_terminals() {
    let mut person = Person::of(Role::Teller);
    let (old, new) = ("011".parse().unwrap(), "012".parse().unwrap());
    let same = person.act(&head("H9001"), &change(Role::SalesRep)).unwrap();
    assert_eq!((same[0].ends(), Event::Staff(same[0].clone()).leaves().cloned()), (Ends::Nothing, None));
    assert!(person.staff.works_at(&old, person.now) && person.staff.unknown_before().is_none());
    let command = StaffCommand::ChangeStaff { role: Role::SalesRep, branch: "012".parse().unwrap() };
    let moved = person.act(&head("H9001"), &command).unwrap();
    assert_eq!((moved[0].ends(), Event::Staff(moved[0].clone()).leaves()), (Ends::Every, Some(&old)));
    assert_eq!(person.staff.unknown_before(), Some(person.now), "a verifier at the old desk is worth nothing");
    assert!(person.staff.works_at(&new, person.now) && !person.staff.works_at(&old, person.now));
    // Written before this was known, it says nothing of a branch that was left.
    let former: StaffEvent =
        serde_json::from_str(r#"{"type":"staff_changed","role":"teller","branch":"011"}"#).unwrap();
    assert_eq!(former, StaffEvent::StaffChanged { role: Role::Teller, branch: "011".parse().unwrap(), from: None });
}

#[test]
fn the_state_of_whom_nobody_touched_is_written_as_before() {
    let mut person = Person::of(Role::Teller);
    person.sign_in("011", false).unwrap();
    let json = serde_json::to_string(&person.staff).unwrap();
    assert!(!json.contains("administered") && !json.contains("deputy"), "{json}");
    let old: StaffCommand = serde_json::from_str(
        r#"{"type":"sign_in","terminal":"00000000-0000-0000-0000-000000000001","session":"00000000-0000-0000-0000-000000000002","over_lock":false}"#,
    )
    .unwrap();
    assert_eq!(old.kind(), "sign_in");
}
