//! What is made off-line, judged when it arrives.
use super::*;
use crate::id::{CommandId, IncidentId};
use crate::staff::{Staff, StaffEvent};

fn hours(n: i64) -> Duration {
    Duration::hours(n)
}

fn terminal(n: u128) -> TerminalId {
    TerminalId(Uuid::from_u128(n))
}

fn session(n: u128) -> SessionId {
    SessionId(Uuid::from_u128(n))
}

fn by() -> Actor {
    Actor::Operator { name: "root".into() }
}

/// T1001, who signed in at terminal 1 (session 1) at nine.
fn known(nine: DateTime<Utc>) -> Staff {
    let mut staff = Staff::unknown("T1001".parse().unwrap());
    let branch = || "011".parse().unwrap();
    crate::staff::apply(
        &mut staff,
        &StaffEvent::StaffAdded { role: Role::Teller, branch: branch() },
        None,
        &by(),
        nine - hours(99),
    );
    sign_in(&mut staff, 1, nine);
    staff
}

fn sign_in(staff: &mut Staff, n: u128, at: DateTime<Utc>) {
    let event = StaffEvent::SignedIn { terminal: terminal(n), session: session(n), over_lock: false, deputy: None };
    crate::staff::apply(staff, &event, None, &by(), at);
}

fn stop() -> CustomerCommand {
    CustomerCommand::SuspendCertificates {
        incident: IncidentId(Uuid::from_u128(1)),
        cause: IncidentCause::Stolen,
        scope: StopScope::User { user: "ADMIN001".parse().unwrap() },
    }
}

fn judged(staff: &Staff, made_at: DateTime<Utc>, offline: bool) -> Result<Option<HoldReason>, ErrorCode> {
    let claim = Claim { terminal: terminal(1), session: session(1), made_at, offline };
    standing(staff, &claim, &stop(), &Policy::default(), made_at).map(|s| s.hold).map_err(|refusal| refusal.code)
}

#[test]
fn the_standing_at_the_sign_in_counts_and_what_changed_since() {
    let nine = start();
    let mut staff = known(nine);
    assert_eq!(judged(&staff, nine + hours(11), true), Ok(None));
    assert_eq!(judged(&staff, nine + hours(13), true), Ok(Some(HoldReason::Late)), "by its own claim");
    assert_eq!(judged(&staff, nine - hours(99), true), Ok(None), "a clock that is behind holds nothing up");
    let Standing { role, branch, .. } = {
        let claim = Claim { terminal: terminal(1), session: session(1), made_at: nine, offline: true };
        standing(&staff, &claim, &stop(), &Policy::default(), nine).unwrap()
    };
    assert_eq!((role, branch.as_str()), (Role::Teller, "011"));
    let changed = StaffEvent::StaffChanged { role: Role::Auditor, branch: "000".parse().unwrap(), from: None };
    crate::staff::apply(&mut staff, &changed, None, &by(), nine + hours(1));
    assert_eq!(judged(&staff, nine + hours(2), true), Ok(Some(HoldReason::StaffChanged)));
    let locked = StaffEvent::LockedOut { terminal: terminal(2), until: nine + hours(3) };
    crate::staff::apply(&mut staff, &locked, None, &by(), nine + hours(2));
    assert_eq!(judged(&staff, nine + hours(1), true), Ok(Some(HoldReason::StaffLocked)), "though it was made before");
}

#[test]
fn a_lock_of_before_the_sign_in_holds_nothing() {
    let nine = start();
    let mut staff = known(nine - hours(48));
    let locked = StaffEvent::LockedOut { terminal: terminal(2), until: nine - hours(1) };
    crate::staff::apply(&mut staff, &locked, None, &by(), nine - hours(2));
    staff.sign_ins.clear();
    sign_in(&mut staff, 1, nine);
    assert_eq!(judged(&staff, nine + hours(1), true), Ok(None));
}

#[test]
fn without_a_sign_in_at_that_terminal_there_is_nothing() {
    let (nine, denied) = (start(), ErrorCode::SessionMissing);
    let staff = known(nine);
    let asked = |terminal, session, command: &CustomerCommand| {
        let claim = Claim { terminal, session, made_at: nine, offline: true };
        standing(&staff, &claim, command, &Policy::default(), nine).map(|_| ()).map_err(|refusal| refusal.code)
    };
    assert_eq!(asked(terminal(1), session(1), &stop()), Ok(()));
    assert_eq!(asked(terminal(2), session(1), &stop()), Err(denied), "another PC");
    assert_eq!(asked(terminal(1), session(2), &stop()), Err(denied), "no such session");
    assert_eq!(asked(terminal(1), session(1), &approve()), Err(denied), "never to approve");
    let mut over = Staff::unknown("S2001".parse().unwrap());
    let added = StaffEvent::StaffAdded { role: Role::Supervisor, branch: "011".parse().unwrap() };
    crate::staff::apply(&mut over, &added, None, &by(), nine);
    let event = StaffEvent::SignedIn { terminal: terminal(1), session: session(1), over_lock: true, deputy: None };
    crate::staff::apply(&mut over, &event, None, &by(), nine);
    assert_eq!(judged(&over, nine, true), Err(denied), "a session for one approval");
}

/// An act that was made on-line must have been made while the session lived: else anybody could go on for ever.
#[test]
fn what_was_made_on_line_must_fit_into_its_session() {
    let (nine, denied) = (start(), Err(ErrorCode::SessionMissing));
    let mut staff = known(nine);
    assert_eq!(judged(&staff, nine + hours(1), false), Ok(None), "its answer was lost");
    assert_eq!(judged(&staff, nine - hours(1), false), denied);
    assert_eq!(judged(&staff, nine + hours(13), false), denied);
    crate::staff::apply(&mut staff, &StaffEvent::SignedOut { session: session(1) }, None, &by(), nine + hours(2));
    assert_eq!(judged(&staff, nine + hours(1), false), Ok(None));
    assert_eq!(judged(&staff, nine + hours(3), false), denied, "after signing out");
    assert_eq!(judged(&staff, nine + hours(3), true), Ok(None), "signed in again without the centre");
    let locked = StaffEvent::LockedOut { terminal: terminal(1), until: nine + hours(9) };
    crate::staff::apply(&mut staff, &locked, None, &by(), nine + hours(1));
    assert_eq!(judged(&staff, nine + hours(2), false), denied, "after being locked");
}

#[test]
fn so_many_sign_ins_are_kept_and_no_more() {
    let nine = start();
    let mut staff = known(nine);
    for n in 0..20 {
        let event =
            StaffEvent::SignedIn { terminal: terminal(1), session: session(100 + n), over_lock: false, deputy: None };
        crate::staff::apply(&mut staff, &event, None, &by(), nine);
    }
    assert_eq!(staff.sign_ins.len(), 8);
    assert!(staff.sign_in(terminal(1), session(119)).is_some() && staff.sign_in(terminal(1), session(1)).is_none());
    for n in 2..200 {
        sign_in(&mut staff, n, nine);
    }
    assert_eq!(staff.sign_ins.len(), 64);
}

#[test]
fn only_registering_and_reporting_may_wait() {
    let may: Vec<&str> =
        [stop(), submit(), approve(), CustomerCommand::PrintSlip { certificate: CertificateId(Uuid::nil()) }]
            .iter()
            .filter(|command| may_wait(command))
            .map(CustomerCommand::kind)
            .collect();
    assert_eq!(may, ["suspend_certificates", "submit_application"]);
}

fn submit() -> CustomerCommand {
    CustomerCommand::SubmitApplication {
        application: application(),
        request: moving(&["ADMIN001"]),
        checks: checks(),
        received_on: crate::calendar::jst_day(start()),
    }
}

fn approve() -> CustomerCommand {
    CustomerCommand::ApproveApplication { application: application() }
}

fn application() -> ApplicationId {
    ApplicationId(Uuid::from_u128(77))
}

fn act() -> CommandId {
    CommandId(Uuid::from_u128(5))
}

fn why() -> Option<PersonalData> {
    Some(PersonalData::Comment(Comment { text: "本人は休暇中".into() }))
}

impl Desk {
    /// An act that arrives with its author's standing changed.
    fn hold(&mut self, actor: &Actor, command: CustomerCommand) -> Result<Vec<CustomerEvent>, ErrorCode> {
        let personal = matches!(command, CustomerCommand::SubmitApplication { .. }).then(application_details);
        let held = HeldCommand { act: act(), command, reason: HoldReason::StaffLocked, made_at: self.now - hours(3) };
        let context = Context { actor, policy: &self.policy, now: self.now };
        let events = hold(&self.customer, &held, personal.as_ref(), &context).map_err(|refusal| refusal.code)?;
        for event in &events {
            apply(&mut self.customer, event, personal.as_ref(), actor, self.now);
        }
        Ok(events)
    }
}

#[test]
fn a_held_application_counts_as_its_authors_once_a_supervisor_has_asked() {
    let mut desk = Desk::new();
    let events = desk.hold(&teller(), submit()).unwrap();
    assert!(matches!(events.as_slice(), [CustomerEvent::ActHeld { .. }]));
    assert!(desk.customer.applications.is_empty(), "it does not count");
    assert_eq!(desk.customer.held.len(), 1);

    let accept = || CustomerCommand::AcceptHeldAct { act: act() };
    assert_eq!(desk.code(&teller(), accept(), None), ErrorCode::RoleNotPermitted);
    let elsewhere = staff("S3001", Role::Supervisor, "012");
    assert_eq!(desk.code(&elsewhere, accept(), None), ErrorCode::BranchNotPermitted);
    let unknown = CustomerCommand::AcceptHeldAct { act: CommandId(Uuid::nil()) };
    assert_eq!(desk.code(&supervisor(), unknown, None), ErrorCode::HeldActUnknown);

    desk.act(&supervisor(), accept(), None).unwrap();
    let [one] = desk.customer.applications.as_slice() else { panic!("one application") };
    assert!(one.registered_by.iter().map(|id| id.as_str()).eq(["T1001"]), "{:?}", one.registered_by);
    assert_eq!(one.details.as_ref().unwrap().applicant, "見本 太郎");
    assert!(desk.customer.held.is_empty());
    assert_eq!(desk.code(&supervisor(), accept(), None), ErrorCode::HeldActUnknown, "once");
    // Whoever accepted it did not register it.
    desk.act(&supervisor(), approve(), None).unwrap();
}

#[test]
fn nobody_accepts_what_he_made_himself_and_a_dismissal_says_why() {
    let mut desk = Desk::new();
    let author = supervisor();
    desk.hold(&author, submit()).unwrap();
    let dismiss = || CustomerCommand::DismissHeldAct { act: act() };
    assert_eq!(desk.code(&author, CustomerCommand::AcceptHeldAct { act: act() }, None), ErrorCode::TwoPersonRule);
    assert_eq!(desk.code(&author, dismiss(), why()), ErrorCode::TwoPersonRule);
    let other = staff("S2002", Role::Supervisor, BRANCH);
    assert_eq!(desk.code(&other, dismiss(), None), ErrorCode::AttachmentMismatch);
    desk.act(&other, dismiss(), why()).unwrap();
    assert!(desk.customer.held.is_empty() && desk.customer.applications.is_empty());
    // The paper is still there: whoever it belongs to registers it again.
    desk.submit(&teller(), 77, moving(&["ADMIN001"])).unwrap();
}

#[test]
fn a_stop_is_in_force_at_once_and_says_why_to_look_closer() {
    let mut desk = Desk::new();
    let rights = desk.issue(1, &["ADMIN001"]);
    desk.hold(&teller(), stop()).unwrap();
    assert!(desk.customer.certificate(rights[0]).unwrap().held.is_some(), "in force");
    assert_eq!(desk.customer.incidents[0].review, Some(HoldReason::StaffLocked));
    assert!(desk.customer.held.is_empty());
    // What would be refused anyway is refused: no rule bends because an act was made off-line.
    assert_eq!(desk.hold(&teller(), stop()), Err(ErrorCode::IncidentState));
    assert_eq!(desk.hold(&teller(), approve()), Err(ErrorCode::RoleNotPermitted));
    let mut desk = Desk::new();
    desk.submit(&teller(), 77, moving(&["ADMIN001"])).unwrap();
    assert_eq!(desk.hold(&supervisor(), approve()), Err(ErrorCode::SessionMissing), "never an approval");
    assert_eq!(desk.hold(&supervisor(), submit()), Err(ErrorCode::ApplicationExists));
}

#[test]
fn an_accepted_stop_waits_no_longer_and_is_its_authors_too() {
    let mut desk = Desk::new();
    let rights = desk.issue(1, &["ADMIN001"]);
    let author = staff("S2002", Role::Supervisor, BRANCH);
    let (reason, made_at) = (HoldReason::TerminalRevoked, desk.now - hours(3));
    let held = HeldCommand { act: act(), command: stop(), reason, made_at };
    let context = Context { actor: &author, policy: &desk.policy, now: desk.now };
    for event in hold(&desk.customer, &held, None, &context).unwrap() {
        apply(&mut desk.customer, &event, None, &author, desk.now);
    }
    assert!(desk.customer.certificate(rights[0]).unwrap().held.is_none(), "a PC that was cut off stops nobody");
    assert_eq!(desk.customer.waiting_acts().count(), 1);
    let accept = || CustomerCommand::AcceptHeldAct { act: act() };
    desk.act(&supervisor(), accept(), None).unwrap();
    assert!(desk.customer.certificate(rights[0]).unwrap().held.is_some());
    assert_eq!(desk.customer.waiting_acts().count(), 0);
    let incident = desk.customer.incidents[0].id;
    assert_eq!(desk.customer.accepted_stop(incident).unwrap().made_at, made_at);
    let third = staff("S2003", Role::Supervisor, BRANCH);
    assert_eq!(desk.code(&third, accept(), None), ErrorCode::HeldActUnknown, "once");
    assert_eq!(desk.code(&third, CustomerCommand::DismissHeldAct { act: act() }, why()), ErrorCode::HeldActUnknown);
    let confirm = || CustomerCommand::ConfirmIncident { incident };
    for one in [&author, &supervisor()] {
        assert_eq!(desk.code(one, confirm(), None), ErrorCode::TwoPersonRule);
    }
    desk.act(&third, confirm(), None).unwrap();
    assert!(may_leave(&desk.customer, &BRANCH.parse().unwrap()).is_ok());
}
