use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::day::{DayException, Seen};
use super::super::{BranchCommand, BusinessDays, apply, decide as decide_on};
use super::*;
use crate::customer::{CustomerEvent, IncidentCause, StopScope};
use crate::event::{AccessEvent, Event};
use crate::id::{ApplicationId, CommandId, IncidentId, SessionId, TerminalId};
use crate::personal::Comment;
use crate::policy::Policy;
use crate::staff::StaffEvent;

/// A Tuesday; the Monday before it is 勤労感謝の日.
const DAY: &str = "2026-11-24";

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+09:00").parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn person(staff: &str, role: Role, branch: &str, session: u128) -> Actor {
    Actor::Staff {
        staff: staff.parse().unwrap(),
        role,
        branch: branch.parse().unwrap(),
        terminal: TerminalId(Uuid::nil()),
        session: SessionId(Uuid::from_u128(session)),
        deputy: false,
    }
}

fn supervisor(staff: &str) -> Actor {
    person(staff, Role::Supervisor, "011", 1)
}

fn comment(text: &str) -> PersonalData {
    PersonalData::Comment(Comment { text: text.into() })
}

fn stop() -> Event {
    let (incident, cause) = (IncidentId(Uuid::nil()), IncidentCause::Lost);
    let scope = StopScope::User { user: "MIHON001".parse().unwrap() };
    Event::Customer(CustomerEvent::IncidentReported { incident, cause, scope })
}

fn approval() -> Event {
    Event::Customer(CustomerEvent::ApplicationApproved { application: ApplicationId(Uuid::nil()) })
}

fn accepted() -> Event {
    Event::Customer(CustomerEvent::HeldActAccepted { act: CommandId(Uuid::nil()) })
}

fn refused() -> Event {
    let (command, command_kind) = (CommandId(Uuid::nil()), "approve_application".to_owned());
    Event::Access(AccessEvent::Refused { command, command_kind, code: ErrorCode::TwoPersonRule })
}

fn over_lock(session: u128) -> Event {
    let (terminal, session) = (TerminalId(Uuid::nil()), SessionId(Uuid::from_u128(session)));
    Event::Staff(StaffEvent::SignedIn { terminal, session, over_lock: true, deputy: None })
}

fn days() -> BusinessDays {
    BusinessDays::always(Policy::default())
}

/// What a day with these entries looks like.
fn facts(entries: &[(&str, Actor, Event, bool)]) -> DayFacts {
    let mut facts = DayFacts::default();
    (facts.first, facts.end, facts.head) = (Some(day("2026-11-20")), 40, true);
    for (time, actor, event, offline) in entries {
        let events = [event.clone()];
        let seen = Seen { at: at(&format!("{DAY}T{time}")), actor, events: &events, offline: *offline };
        facts.add(&seen, &days());
    }
    facts
}

/// What is asked for, by whom, and when.
struct Case<'a> {
    actor: Actor,
    day: &'a str,
    size: u64,
    now: &'a str,
    comment: Option<&'a str>,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self { actor: supervisor("S2001"), day: DAY, size: 40, now: "2026-11-24T17:00", comment: None }
    }
}

fn run(branch: &mut Branch, facts: &DayFacts, case: &Case<'_>) -> Result<BranchEvent, Refusal> {
    let personal = case.comment.map(comment);
    let mut facts = facts.clone();
    facts.span = days().span(day(case.day));
    let context = Context { actor: &case.actor, personal: personal.as_ref(), now: at(case.now), day: Some(&facts) };
    let command = BranchCommand::SignOffDay { day: day(case.day), size: case.size, root: "root".into() };
    let mut events = decide_on(branch, &command, &context)?;
    events.iter().for_each(|event| apply(branch, event, &case.actor, at(case.now)));
    Ok(events.remove(0))
}

fn refused_for(facts: &DayFacts, case: Case<'_>, code: ErrorCode) {
    let mut branch = Branch::unknown("011".parse().unwrap());
    let answer = run(&mut branch, facts, &case).map_err(|refusal| refusal.code);
    assert_eq!(answer, Err(code), "{:?} {} {}", case.actor.staff(), case.day, case.now);
    assert!(branch.signed_off.is_empty());
}

#[test]
fn passwords_tried_until_the_sign_in_was_locked_are_an_exception() {
    let until = at("2026-11-24T10:15");
    let locked = Event::Staff(StaffEvent::LockedOut { terminal: TerminalId(Uuid::nil()), until });
    let terminal = Actor::Terminal { terminal: TerminalId(Uuid::nil()) };
    let found = facts(&[("10:00", terminal, locked, false)]);
    assert_eq!((found.exceptions, found.barred.len()), (1, 0));
    refused_for(&found, Case::default(), ErrorCode::DayCommentMissing);
}

#[test]
fn who_may() {
    let quiet = facts(&[]);
    for (role, branch, code) in [
        (Role::Teller, "011", ErrorCode::RoleNotPermitted),
        (Role::SalesRep, "011", ErrorCode::RoleNotPermitted),
        (Role::Auditor, "000", ErrorCode::RoleNotPermitted),
        (Role::Supervisor, "012", ErrorCode::BranchNotPermitted),
    ] {
        refused_for(&quiet, Case { actor: person("X1001", role, branch, 1), ..Case::default() }, code);
    }
    for actor in [
        Actor::System { job: "night".into() },
        Actor::Operator { name: "root".into() },
        Actor::Terminal { terminal: TerminalId(Uuid::nil()) },
    ] {
        refused_for(&quiet, Case { actor, ..Case::default() }, ErrorCode::ActorNotPermitted);
    }
    let head = || person("H9001", Role::HeadOffice, "000", 1);
    refused_for(&quiet, Case { actor: head(), ..Case::default() }, ErrorCode::DayCommentMissing);
    let mut branch = Branch::unknown("011".parse().unwrap());
    run(&mut branch, &quiet, &Case { actor: head(), comment: Some("役席が休暇のため"), ..Case::default() }).unwrap();
}

#[test]
fn which_day() {
    let quiet = facts(&[]);
    for (day, now, code) in [
        // Tomorrow, and today while business goes on.
        ("2026-11-25", "2026-11-24T18:00", ErrorCode::DayNotOver),
        (DAY, "2026-11-24T16:59", ErrorCode::DayNotOver),
        // A holiday, a Saturday.
        ("2026-11-23", "2026-11-24T18:00", ErrorCode::DayNotBusiness),
        ("2026-11-21", "2026-11-24T18:00", ErrorCode::DayNotBusiness),
        ("2026-11-19", "2026-11-24T18:00", ErrorCode::DayBeforeFirst),
    ] {
        refused_for(&quiet, Case { day, now, ..Case::default() }, code);
    }
    let (mut untold, mut unheard) = (quiet.clone(), quiet.clone());
    (untold.first, unheard.head) = (None, false);
    refused_for(&untold, Case::default(), ErrorCode::DayBeforeFirst);
    refused_for(&unheard, Case::default(), ErrorCode::DayHeadUnknown);
    refused_for(&quiet, Case { size: 39, ..Case::default() }, ErrorCode::DayChanged);
    let mut branch = Branch::unknown("011".parse().unwrap());
    let event = run(&mut branch, &quiet, &Case::default()).unwrap();
    let expected =
        BranchEvent::DaySignedOff { day: day(DAY), size: 40, root: "root".into(), entries: 0, exceptions: 0 };
    assert_eq!(event, expected);
    // Once: whoever comes second is told by whom and when.
    let second = Case { actor: supervisor("S2002"), now: "2026-11-25T09:00", ..Case::default() };
    let refusal = run(&mut branch, &quiet, &second).unwrap_err();
    let named = |name: &str| refusal.args.get(name).cloned().unwrap();
    assert_eq!((refusal.code, named("by").as_str()), (ErrorCode::DaySignedOff, "S2001"));
    assert_eq!(named("at").parse::<DateTime<Utc>>().unwrap(), at("2026-11-24T17:00"));
    // It says nothing of other days, and does not open the branch.
    run(&mut branch, &quiet, &Case { day: "2026-11-20", ..Case::default() }).unwrap();
    assert_eq!(branch.signed_off.len(), 2);
    assert_eq!(branch.may_receive().unwrap_err().code, ErrorCode::BranchUnknown);
}

#[test]
fn exceptions_are_named_and_bar_their_author() {
    let teller = || person("T1001", Role::Teller, "011", 7);
    for (entry, found, bars) in [
        (("10:00", supervisor("S2001"), approval(), false), None, false),
        (("10:00", supervisor("S2001"), stop(), false), Some(DayException::EmergencyStop), true),
        (("10:00", supervisor("S2001"), accepted(), false), Some(DayException::HeldAccepted), true),
        (("10:00", supervisor("S2001"), approval(), true), Some(DayException::Offline), true),
        (("10:00", supervisor("S2001"), refused(), false), Some(DayException::Refused), false),
        (("07:59", supervisor("S2001"), approval(), false), Some(DayException::OutsideHours), false),
        (("08:00", supervisor("S2001"), approval(), false), None, false),
        (("17:00", supervisor("S2001"), approval(), false), Some(DayException::OutsideHours), false),
        (("10:00", teller(), stop(), false), Some(DayException::EmergencyStop), false),
        // The customer's own acts and the centre's jobs are nobody's exception, whenever they happen.
        (("03:00", Actor::System { job: "night".into() }, approval(), false), None, false),
    ] {
        let seen = facts(&[entry]);
        assert_eq!((seen.entries, seen.exceptions), (1, u32::from(found.is_some())), "{found:?}");
        let own = seen.barred.get(&"S2001".parse().unwrap()).copied();
        assert_eq!(own, found.filter(|_| bars), "{found:?}");
        let comment = found.map(|_| "確認しました");
        let case = || Case { comment, ..Case::default() };
        match bars {
            true => refused_for(&seen, case(), ErrorCode::DayOwnWork),
            false => drop(run(&mut Branch::unknown("011".parse().unwrap()), &seen, &case()).unwrap()),
        }
        if found.is_some() {
            let other = || Case { actor: supervisor("S2002"), ..Case::default() };
            refused_for(&seen, other(), ErrorCode::DayCommentMissing);
            refused_for(&seen, Case { comment: Some(" "), ..other() }, ErrorCode::TextMissing);
            run(&mut Branch::unknown("011".parse().unwrap()), &seen, &Case { comment: Some("確認"), ..other() })
                .unwrap();
        }
    }
}

#[test]
fn an_approval_over_the_lock_is_told_by_its_session() {
    let here = person("S2001", Role::Supervisor, "011", 5);
    let again = person("S2001", Role::Supervisor, "011", 6);
    let entries = [("10:00", here.clone(), over_lock(5), false), ("10:01", here, approval(), false)];
    let seen = facts(&entries);
    assert_eq!((seen.entries, seen.exceptions), (2, 1), "the sign-in itself is none");
    refused_for(&seen, Case { comment: Some("確認"), ..Case::default() }, ErrorCode::DayOwnWork);
    // A session of its own is none, whenever the other one was.
    let seen = facts(&[("10:00", again.clone(), over_lock(5), false), ("10:02", again, approval(), false)]);
    assert_eq!(seen.exceptions, 0);
}

#[test]
fn nothing_else_travels_beside_it() {
    let (branch, quiet) = (Branch::unknown("011".parse().unwrap()), facts(&[]));
    let (actor, personal) =
        (supervisor("S2001"), PersonalData::Staff(crate::personal::StaffDetails { name: "x".into() }));
    let command = BranchCommand::SignOffDay { day: day(DAY), size: 40, root: String::new() };
    let (now, day) = (at("2026-11-24T17:00"), Some(&quiet));
    let context = Context { actor: &actor, personal: Some(&personal), now, day };
    assert_eq!(decide_on(&branch, &command, &context).unwrap_err().code, ErrorCode::AttachmentMismatch);
    let context = Context { personal: None, day: None, ..context };
    assert_eq!(decide_on(&branch, &command, &context).unwrap_err().code, ErrorCode::DayChanged);
}
