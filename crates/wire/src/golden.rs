//! The stored forms are frozen: these files must open, and be written the same, for ever.
#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::DateTime;
use domain::branch::{BranchChange, BranchCommand, BranchEvent, Leaving};
use domain::customer::{
    CustomerCommand, CustomerEvent, HoldReason, IdentityDocument, NewUser, PaperChecks, Request, UserRole,
};
use domain::event::{AccessEvent, ViewKind};
use domain::id::{ApplicationId, BranchCode, CommandId, CustomerId, IncidentId, PolicyChangeId, SessionId, TerminalId};
use domain::institution::{InstitutionEvent, Missing};
use domain::personal::ApplicationDetails;
use domain::policy::PolicyEvent;
use domain::staff::{StaffChange, StaffCommand, StaffEvent};
use domain::terminal::TerminalCommand;
use domain::{Actor, Event, PersonalData, Role, Subject};
use uuid::Uuid;

use crate::{Attachment, Base64, Body, Entry, Envelope, Recovered};

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn request() -> Request {
    Request::NewContract {
        contract: "1000000001".parse().unwrap(),
        users: vec![NewUser {
            user: "MIHON001".parse().unwrap(),
            role: UserRole::Administrator,
            device_label: "経理課 1号機".into(),
        }],
    }
}

fn checks() -> PaperChecks {
    PaperChecks { seal: true, identity: Some(IdentityDocument::CompanyRegister), environment: true, terms: true }
}

fn attachment() -> Attachment {
    let details = ApplicationDetails { applicant: "見本 太郎".into(), note: "<b>".into(), customer: None };
    Attachment::new([5; 16], PersonalData::Application(details))
}

pub(crate) fn envelope() -> Envelope {
    Envelope {
        v: 1,
        institution: "mihon".parse().unwrap(),
        id: CommandId(id(1)),
        terminal: TerminalId(id(2)),
        session: SessionId(id(3)),
        staff: "T1001".parse().unwrap(),
        expected_version: Some(4),
        made_at: DateTime::from_timestamp_millis(1_795_000_000_123).unwrap(),
        offline: false,
        last_checkpoint: Some("madoguchi/mihon\n1\n…\n".into()),
        attachment: Some(Attachment::hash(&attachment().to_bytes().unwrap())),
        body: Body::Customer {
            customer: CustomerId(id(6)),
            command: CustomerCommand::SubmitApplication {
                application: ApplicationId(id(7)),
                request: request(),
                checks: checks(),
                received_on: "2026-11-24".parse().unwrap(),
            },
        },
    }
}

pub(crate) fn entry() -> Entry {
    let bytes = envelope().to_bytes().unwrap();
    Entry {
        v: 1,
        institution: "mihon".parse().unwrap(),
        epoch: 0,
        id: CommandId(id(1)),
        at: DateTime::from_timestamp_millis(1_795_000_000_456).unwrap(),
        subject: Subject::Customer(CustomerId(id(6))),
        branch: Some("011".parse().unwrap()),
        version: 5,
        actor: Actor::Staff {
            staff: "T1001".parse().unwrap(),
            role: Role::Teller,
            branch: "011".parse().unwrap(),
            terminal: TerminalId(id(2)),
            session: SessionId(id(3)),
            deputy: false,
        },
        envelope: Some(Base64(bytes)),
        signature: Some(Base64(vec![8; 70])),
        attachment: Some(Attachment::hash(&attachment().to_bytes().unwrap())),
        events: vec![Event::Customer(CustomerEvent::ApplicationSubmitted {
            application: ApplicationId(id(7)),
            receipt: "011-261124-70000".parse().unwrap(),
            request: request(),
            checks: checks(),
            received_on: "2026-11-24".parse().unwrap(),
        })],
        salt: Base64(vec![9; 16]),
        recovered: None,
    }
}

/// A look for whom a stop would hit, at another branch than the one it is recorded for.
pub(crate) fn sought() -> Entry {
    let event = AccessEvent::StopTargetSought { sought: "ADMIN001".into(), customer: Some(CustomerId(id(6))) };
    Entry {
        subject: Subject::Terminal(TerminalId(id(2))),
        version: 0,
        envelope: None,
        signature: None,
        attachment: None,
        events: vec![Event::Access(event)],
        ..entry()
    }
}

/// The act of [`entry`] as it came back after a restore.
fn recovered() -> Entry {
    let at = DateTime::from_timestamp_millis(1_795_100_000_789).unwrap();
    let before = Recovered { epoch: 0, index: 41, at: entry().at };
    Entry { v: 2, epoch: 1, at, version: 7, recovered: Some(before), ..entry() }
}

/// The institution's own words around a restore.
fn institution(event: InstitutionEvent) -> Entry {
    Entry {
        epoch: 1,
        subject: Subject::Institution("mihon".parse().unwrap()),
        branch: None,
        version: 2,
        actor: Actor::Operator { name: "root".into() },
        envelope: None,
        signature: None,
        attachment: None,
        events: vec![Event::Institution(event)],
        ..entry()
    }
}

/// A change of the policy with a setting that this version does not know: it is read, and written the same.
fn policy_proposed() -> Entry {
    let settings = [("grace_days".to_owned(), 60.into()), ("of_tomorrow".to_owned(), serde_json::json!(["a", 1]))];
    let event = PolicyEvent::PolicyChangeProposed {
        change: PolicyChangeId(id(11)),
        settings: settings.into_iter().collect(),
        effective_on: "2026-12-01".parse().unwrap(),
    };
    let (subject, branch) = (Subject::Policy("mihon".parse().unwrap()), None);
    Entry { subject, branch, attachment: None, events: vec![Event::Policy(event)], ..entry() }
}

/// A branch that will be merged into another.
fn branch_merged() -> Entry {
    let event = BranchEvent::BranchMerged { into: "012".parse().unwrap(), on: "2026-12-01".parse().unwrap() };
    let (subject, branch) = (Subject::Branch("011".parse().unwrap()), None);
    Entry { subject, branch, attachment: None, events: vec![Event::Branch(event)], ..entry() }
}

/// Whose customers are to go where, with every step of such a request.
fn branch_change() -> Entry {
    let into = || "012".parse().unwrap();
    let customers = vec![Leaving { customer: CustomerId(id(6)), cif: "1234567".parse().unwrap() }];
    let on = "2026-12-01".parse().unwrap();
    let events = [
        BranchEvent::BranchChangeProposed {
            number: 1,
            change: BranchChange::MoveCustomers { into: into(), customers },
        },
        BranchEvent::BranchChangeConfirmed { number: 1 },
        BranchEvent::CustomersMoved { number: 1, moved: 0, stayed: vec![CustomerId(id(6))] },
        BranchEvent::BranchChangeProposed { number: 2, change: BranchChange::Merge { into: into(), on } },
        BranchEvent::BranchChangeDismissed { number: 2 },
        BranchEvent::BranchChangeProposed { number: 3, change: BranchChange::WithdrawMerger {} },
    ];
    let branch: BranchCode = "011".parse().unwrap();
    let events = events.into_iter().map(Event::Branch).collect();
    Entry { subject: Subject::Branch(branch.clone()), branch: Some(branch), attachment: None, events, ..entry() }
}

/// Head office has the customers of a file taken over.
fn import_ordered() -> Entry {
    let event = BranchEvent::ImportOrdered { sha256: "ab".repeat(32), rows: 100_000 };
    let branch: BranchCode = "000".parse().unwrap();
    let events = vec![Event::Branch(event)];
    Entry { subject: Subject::Branch(branch.clone()), branch: Some(branch), attachment: None, events, ..entry() }
}

/// Somebody of head office asks for customers to go.
pub(crate) fn moves_customers() -> Envelope {
    let customers = vec![Leaving { customer: CustomerId(id(6)), cif: "1234567".parse().unwrap() }];
    let command = BranchCommand::MoveCustomers { into: "012".parse().unwrap(), customers };
    let body = Body::Branch { branch: "011".parse().unwrap(), command };
    Envelope { expected_version: None, attachment: None, body, ..envelope() }
}

/// A supervisor has looked at what happened on a business day.
fn day_signed_off() -> Entry {
    let (day, root) = ("2026-11-24".parse().unwrap(), "3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=".to_owned());
    let event = BranchEvent::DaySignedOff { day, size: 40, root, entries: 31, exceptions: 2 };
    let subject = Subject::Branch("011".parse().unwrap());
    Entry { subject, events: vec![Event::Branch(event)], ..entry() }
}

/// The envelope it comes in.
fn signs_off() -> Envelope {
    let (day, root) = ("2026-11-24".parse().unwrap(), "3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=".to_owned());
    let command = BranchCommand::SignOffDay { day, size: 40, root };
    Envelope { expected_version: None, body: Body::Branch { branch: "011".parse().unwrap(), command }, ..envelope() }
}

/// A customer that went over to another branch.
fn customer_moved() -> Entry {
    let (from, branch): (BranchCode, BranchCode) = ("011".parse().unwrap(), "012".parse().unwrap());
    let event = CustomerEvent::CustomerMoved { from, branch: branch.clone(), cif: "1234567".parse().unwrap() };
    let actor = Actor::System { job: "merge".into() };
    Entry {
        branch: Some(branch),
        actor,
        envelope: None,
        signature: None,
        attachment: None,
        events: vec![Event::Customer(event)],
        ..entry()
    }
}

fn epoch_opened() -> Entry {
    let root = "3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=".to_owned();
    let backup_at = DateTime::from_timestamp_millis(1_795_000_000_000).unwrap();
    institution(InstitutionEvent::EpochOpened { epoch: 1, former: 0, size: 40, root, backup_at })
}

fn recovery_ended() -> Entry {
    institution(InstitutionEvent::RecoveryEnded {
        epoch: 1,
        seen: 50,
        recovered: 8,
        missing: vec![Missing { from: 48, to: 50 }],
        unheard: vec![TerminalId(id(2))],
        reason: Some("本店の火災".into()),
    })
}

/// Head office cuts a terminal off.
pub(crate) fn cut_off() -> Envelope {
    let body = Body::Terminal { terminal: TerminalId(id(4)), command: TerminalCommand::RevokeTerminal {} };
    Envelope { expected_version: None, attachment: None, body, ..envelope() }
}

/// An application that was made off-line and waits for a supervisor; and a stop that is looked at more closely.
fn held() -> Entry {
    let Body::Customer { command, .. } = envelope().body else { unreachable!() };
    let (reason, made_at) = (HoldReason::StaffLocked, envelope().made_at);
    let events = [
        CustomerEvent::ActHeld { act: CommandId(id(1)), reason, made_at, command: Box::new(command) },
        CustomerEvent::HeldActAccepted { act: CommandId(id(1)) },
        CustomerEvent::HeldActDismissed { act: CommandId(id(1)) },
        CustomerEvent::StopToReview { incident: IncidentId(id(5)), reason: HoldReason::StaffChanged },
    ];
    Entry { events: events.into_iter().map(Event::Customer).collect(), ..entry() }
}

/// Head office asks for a supervisor.
pub(crate) fn administers() -> Envelope {
    let command = StaffCommand::AddStaff { role: Role::Supervisor, branch: "011".parse().unwrap() };
    let body = Body::Staff { staff: "S2101".parse().unwrap(), command };
    Envelope { expected_version: None, attachment: None, body, ..envelope() }
}

/// Everything that is said of staff, by somebody who stands in for a supervisor (which nobody of them could).
fn of_staff() -> Entry {
    let branch = || "011".parse().unwrap();
    let (from, until) = ("2026-11-24".parse().unwrap(), "2026-11-30".parse().unwrap());
    let (terminal, session) = (TerminalId(id(2)), SessionId(id(3)));
    let events = [
        StaffEvent::StaffProposed { number: 1, change: StaffChange::Add { role: Role::Supervisor, branch: branch() } },
        StaffEvent::StaffProposed {
            number: 2,
            change: StaffChange::Change { role: Role::HeadOffice, branch: branch() },
        },
        StaffEvent::StaffProposed { number: 3, change: StaffChange::Unlock {} },
        StaffEvent::StaffProposed { number: 4, change: StaffChange::ResetPassword {} },
        StaffEvent::StaffProposed { number: 5, change: StaffChange::Deputy { branch: branch(), from, until } },
        StaffEvent::ProposalConfirmed { number: 1 },
        StaffEvent::ProposalDismissed { number: 2 },
        StaffEvent::StaffLocked {},
        StaffEvent::StaffUnlocked {},
        StaffEvent::PasswordReset {},
        StaffEvent::PasswordChanged { terminal, session },
        StaffEvent::DeputyNamed { branch: branch(), from, until },
        StaffEvent::DeputyEnded { branch: branch() },
        StaffEvent::SignedIn { terminal, session, over_lock: false, deputy: Some(branch()) },
        StaffEvent::StaffLeft {},
    ];
    let Actor::Staff { staff, role, branch, terminal, session, .. } = entry().actor else { unreachable!() };
    Entry {
        subject: Subject::Staff("S2101".parse().unwrap()),
        branch: None,
        actor: Actor::Staff { staff, role, branch, terminal, session, deputy: true },
        events: events.into_iter().map(Event::Staff).collect(),
        ..entry()
    }
}

/// Somebody who works at another branch from now on.
fn left_branch() -> Entry {
    let (branch, from) = ("012".parse().unwrap(), Some("011".parse().unwrap()));
    let event = StaffEvent::StaffChanged { role: Role::Teller, branch, from };
    Entry {
        subject: Subject::Staff("T1001".parse().unwrap()),
        branch: Some("012".parse().unwrap()),
        events: vec![Event::Staff(event)],
        ..entry()
    }
}

/// An auditor opened a customer.
fn viewed() -> Entry {
    let customers = vec![CustomerId(id(6))];
    Entry {
        events: vec![Event::Access(AccessEvent::Viewed { what: ViewKind::Customer, customers, count: 1 })],
        ..sought()
    }
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)).unwrap()
}

/// Compares with the file; `UPDATE_GOLDEN=1` makes a missing one, never changes one.
fn golden(name: &str, bytes: &[u8]) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    if !path.exists() && std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    assert_eq!(String::from_utf8_lossy(&std::fs::read(path).unwrap()), String::from_utf8_lossy(bytes), "{name}");
}

#[test]
fn stored_forms_are_written_and_read_as_ever() {
    golden("attachment-v1.json", &attachment().to_bytes().unwrap());
    golden("envelope-v1.json", &envelope().to_bytes().unwrap());
    golden("entry-v1.json", &entry().to_bytes().unwrap());
    golden("entry-stop-target-v1.json", &sought().to_bytes().unwrap());
    for (name, entry) in [
        ("entry-recovered-v2.json", recovered()),
        ("entry-epoch-opened-v1.json", epoch_opened()),
        ("entry-recovery-ended-v1.json", recovery_ended()),
        ("entry-staff-v1.json", of_staff()),
        ("entry-staff-changed-v1.json", left_branch()),
        ("entry-viewed-v1.json", viewed()),
        ("entry-policy-proposed-v1.json", policy_proposed()),
        ("entry-branch-merged-v1.json", branch_merged()),
        ("entry-branch-change-v1.json", branch_change()),
        ("entry-import-ordered-v1.json", import_ordered()),
        ("entry-customer-moved-v1.json", customer_moved()),
        ("entry-day-signed-off-v1.json", day_signed_off()),
    ] {
        golden(name, &entry.to_bytes().unwrap());
        assert_eq!(Entry::from_bytes(&file(name)).unwrap(), entry);
    }
    golden("envelope-terminal-v1.json", &cut_off().to_bytes().unwrap());
    golden("envelope-staff-v1.json", &administers().to_bytes().unwrap());
    golden("envelope-move-customers-v1.json", &moves_customers().to_bytes().unwrap());
    assert_eq!(Envelope::from_bytes(&file("envelope-move-customers-v1.json")).unwrap(), moves_customers());
    golden("envelope-day-signed-off-v1.json", &signs_off().to_bytes().unwrap());
    assert_eq!(Envelope::from_bytes(&file("envelope-day-signed-off-v1.json")).unwrap(), signs_off());
    assert_eq!(Envelope::from_bytes(&file("envelope-staff-v1.json")).unwrap(), administers());
    golden("entry-held-v1.json", &held().to_bytes().unwrap());
    assert_eq!(Entry::from_bytes(&file("entry-stop-target-v1.json")).unwrap(), sought());
    assert_eq!(Envelope::from_bytes(&file("envelope-terminal-v1.json")).unwrap(), cut_off());
    assert_eq!(Entry::from_bytes(&file("entry-held-v1.json")).unwrap(), held());
    assert_eq!(Attachment::from_bytes(&file("attachment-v1.json")).unwrap(), attachment());
    assert_eq!(Envelope::from_bytes(&file("envelope-v1.json")).unwrap(), envelope());
    assert_eq!(Entry::from_bytes(&file("entry-v1.json")).unwrap(), entry());
}

#[test]
fn a_later_version_is_refused_clearly() {
    let text = String::from_utf8(entry().to_bytes().unwrap()).unwrap().replacen("\"v\":1", "\"v\":3", 1);
    assert!(matches!(Entry::from_bytes(text.as_bytes()), Err(crate::WireError::TooNew { version: 3, .. })));
}

#[test]
fn a_version_is_what_it_says() {
    for (entry, version) in [(entry(), 2), (recovered(), 1)] {
        let bytes = Entry { v: version, ..entry }.to_bytes().unwrap();
        assert!(matches!(Entry::from_bytes(&bytes), Err(crate::WireError::Malformed { .. })), "{version}");
    }
    assert_eq!(recovered().happened_at(), entry().at, "what is applied is the time it happened at");
}
