use chrono::{DateTime, NaiveDate, Utc};
use domain::branch::{BranchChange, BranchEvent, Leaving};
use domain::id::{BranchCode, CommandId, CustomerId, PolicyChangeId, SessionId, StaffId, TerminalId};
use domain::institution::{InstitutionEvent, Missing};
use domain::personal::StaffDetails;
use domain::policy::{PolicyEvent, Unit};
use domain::staff::{StaffChange, StaffEvent};
use domain::terminal::TerminalEvent;
use domain::{Actor, Event, PersonalData, Policy, Role, Subject};
use roaring::RoaringBitmap;
use serde_json::json;
use uuid::Uuid;
use wire::{Base64, Entry};

use super::*;
use crate::cases::words::screen;
use crate::replica::Opened;

/// What each row says: `of`, before (`?` where this desk can't say), after.
fn rows(told: &Told) -> Vec<(String, String, String)> {
    let named = |row: &ChangeView| match row.of.as_str() {
        "" => row.what.clone(),
        of => format!("{} {of}", row.what),
    };
    let before = |row: &ChangeView| row.before.clone().unwrap_or_else(|| "?".to_owned());
    told.rows().iter().map(|row| (named(row), before(row), row.after.clone())).collect()
}

fn check(told: &Told, expected: &[(&str, &str, &str)]) {
    let owned = |(what, before, after): &(&str, &str, &str)| (what.to_string(), before.to_string(), after.to_string());
    assert_eq!(rows(told), expected.iter().map(owned).collect::<Vec<_>>());
    // The screen has a word for each.
    let words = screen::table("../../desk/features/log/changes.ts", "words: Record");
    for ChangeView { what, .. } in told.rows() {
        let bare = what.strip_prefix("asked_").or(what.strip_prefix("dropped_")).unwrap_or(&what);
        assert!(bare == "setting" || words.contains_key(bare), "{what}");
    }
}

fn label(code: &BranchCode) -> String {
    format!("店{code}({code})")
}

fn code(text: &str) -> BranchCode {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// On the nth day of November 2026, at noon in Japan.
fn noon(n: u32) -> DateTime<Utc> {
    format!("2026-11-{n:02}T03:00:00Z").parse().unwrap()
}

fn by(staff: &str) -> Actor {
    Actor::Staff {
        staff: staff.parse().unwrap(),
        role: Role::HeadOffice,
        branch: code("000"),
        terminal: TerminalId(Uuid::nil()),
        session: SessionId(Uuid::nil()),
        deputy: false,
    }
}

/// Entries about one subject, one a day.
struct Log {
    subject: Subject,
    version: u64,
    entries: Vec<Opened>,
}

impl Log {
    fn of(subject: Subject) -> Self {
        Self { subject, version: 0, entries: Vec::new() }
    }

    fn staff() -> Self {
        Self::of(Subject::Staff(person()))
    }

    /// Entries that this copy does not hold.
    fn unheard(&mut self, events: u64) {
        self.version += events;
    }

    fn add(&mut self, actor: Actor, events: Vec<Event>) {
        self.version += events.len() as u64;
        let n = u32::try_from(self.entries.len()).unwrap() + 1;
        let entry = Entry {
            v: 1,
            institution: "test".parse().unwrap(),
            epoch: 0,
            id: CommandId(Uuid::from_u128(u128::from(n))),
            at: noon(n),
            subject: self.subject.clone(),
            branch: None,
            version: self.version,
            actor,
            envelope: None,
            signature: None,
            attachment: None,
            events,
            salt: Base64(Vec::new()),
            recovered: None,
        };
        let named = PersonalData::Staff(StaffDetails { name: "信金 花子".into() });
        let personal = matches!(self.subject, Subject::Staff(_)).then_some(named);
        self.entries.push(Opened { index: u64::from(n), entry, personal });
    }

    fn on_staff(&mut self, by_whom: &str, events: &[StaffEvent]) -> Told {
        self.add(by(by_whom), events.iter().cloned().map(Event::Staff).collect());
        staff(&person(), &self.entries, &RoaringBitmap::new(), &label)
    }

    fn on_terminal(&mut self, event: TerminalEvent) -> Told {
        self.add(by("H9001"), vec![Event::Terminal(event)]);
        terminal(TerminalId(Uuid::nil()), &self.entries, &label)
    }

    fn on_policy(&mut self, by_whom: &str, events: &[PolicyEvent]) -> Told {
        self.add(by(by_whom), events.iter().cloned().map(Event::Policy).collect());
        policy(&self.entries)
    }

    fn on_branch(&mut self, events: &[BranchEvent]) -> Told {
        self.add(by("H9001"), events.iter().cloned().map(Event::Branch).collect());
        branch(&code("001"), &self.entries, &label)
    }
}

fn person() -> StaffId {
    "T1001".parse().unwrap()
}

#[test]
fn staff_with_the_former_role_and_what_was_asked_for() {
    let mut log = Log::staff();
    let added = StaffEvent::StaffAdded { role: Role::Teller, branch: code("001") };
    check(
        &log.on_staff("H9001", &[added]),
        &[
            ("password", "", "temporary 2026-11-01T03:00:00+00:00"),
            ("role", "", "teller"),
            ("staff_branch", "", "店001(001)"),
            ("staff_name", "", "信金 花子"),
            ("staff_state", "", "temporary"),
        ],
    );
    let (terminal, session) = (TerminalId(Uuid::nil()), SessionId(Uuid::nil()));
    check(
        &log.on_staff("T1001", &[StaffEvent::PasswordChanged { terminal, session }]),
        &[
            ("password", "temporary 2026-11-01T03:00:00+00:00", "own 2026-11-02T03:00:00+00:00"),
            ("staff_state", "temporary", "working"),
        ],
    );
    // One asks, and another agrees.
    let change = StaffChange::Change { role: Role::Supervisor, branch: code("001") };
    check(
        &log.on_staff("H9001", &[StaffEvent::StaffProposed { number: 1, change }]),
        &[("asked_role", "teller", "supervisor"), ("proposal change", "", "submitted")],
    );
    let changed = StaffEvent::StaffChanged { role: Role::Supervisor, branch: code("001"), from: None };
    check(
        &log.on_staff("H9002", &[StaffEvent::ProposalConfirmed { number: 1 }, changed]),
        &[("proposal change", "submitted", "approved"), ("role", "teller", "supervisor")],
    );
    // What is dropped stays as it is.
    let (from, until) = (day("2026-12-01"), day("2026-12-10"));
    let change = StaffChange::Deputy { branch: code("002"), from, until };
    check(
        &log.on_staff("H9001", &[StaffEvent::StaffProposed { number: 2, change }]),
        &[("asked_deputy 店002(002)", "", "2026-12-01 2026-12-10"), ("proposal deputy", "", "submitted")],
    );
    check(
        &log.on_staff("H9001", &[StaffEvent::ProposalDismissed { number: 2 }]),
        &[("dropped_deputy 店002(002)", "2026-12-01 2026-12-10", ""), ("proposal deputy", "submitted", "withdrawn")],
    );
    let named = StaffEvent::DeputyNamed { branch: code("002"), from, until };
    check(&log.on_staff("H9002", &[named]), &[("deputy 店002(002)", "", "2026-12-01 2026-12-10")]);
    check(
        &log.on_staff("H9001", &[StaffEvent::DeputyEnded { branch: code("002") }]),
        &[("deputy 店002(002)", "2026-12-01 2026-12-10", "")],
    );
    check(&log.on_staff("H9001", &[StaffEvent::StaffLocked {}]), &[("staff_state", "working", "locked")]);
    check(&log.on_staff("H9001", &[StaffEvent::StaffUnlocked {}]), &[("staff_state", "locked", "working")]);
    check(&log.on_staff("H9001", &[StaffEvent::StaffLeft {}]), &[("staff_state", "working", "left")]);
}

#[test]
fn sign_ins_that_are_not_read_are_no_gap() {
    let mut log = Log::staff();
    log.on_staff("H9001", &[StaffEvent::StaffAdded { role: Role::Teller, branch: code("001") }]);
    log.unheard(3);
    let changed = StaffEvent::StaffChanged { role: Role::SalesRep, branch: code("001"), from: None };
    log.add(by("H9001"), vec![Event::Staff(changed)]);
    log.entries.last_mut().unwrap().index = 9;
    let told = |sign_ins: &[u32]| staff(&person(), &log.entries, &sign_ins.iter().copied().collect(), &label);
    check(&told(&[4, 5, 6]), &[("role", "teller", "sales_rep")]);
    // Two of them are: the third event was something else, elsewhere.
    let told = rows(&told(&[4, 5]));
    assert!(told.contains(&("role".into(), "?".into(), "sales_rep".into())), "{told:?}");
}

/// Somebody who comes from another branch, whose desk has the entries of before.
#[test]
fn of_staff_of_another_branch_nothing_is_invented() {
    let mut log = Log::staff();
    log.unheard(4);
    check(&log.on_staff("H9001", &[StaffEvent::StaffLocked {}]), &[("staff_state", "?", "locked")]);
    check(&log.on_staff("H9001", &[StaffEvent::StaffUnlocked {}]), &[("staff_state", "locked", "working")]);
    log.unheard(1);
    let moved = StaffEvent::StaffChanged { role: Role::Teller, branch: code("001"), from: Some(code("002")) };
    check(&log.on_staff("H9001", &[moved]), &[("role", "?", "teller"), ("staff_branch", "店002(002)", "店001(001)")]);
    // From then on everything is heard here.
    let changed = StaffEvent::StaffChanged { role: Role::SalesRep, branch: code("001"), from: None };
    check(&log.on_staff("H9001", &[changed]), &[("role", "teller", "sales_rep")]);
    // Gone, had another role there, and back.
    let left = StaffEvent::StaffChanged { role: Role::SalesRep, branch: code("002"), from: Some(code("001")) };
    check(&log.on_staff("H9001", &[left]), &[("staff_branch", "店001(001)", "店002(002)")]);
    log.unheard(1);
    let back = StaffEvent::StaffChanged { role: Role::SalesRep, branch: code("001"), from: Some(code("002")) };
    check(&log.on_staff("H9001", &[back]), &[("role", "?", "sales_rep"), ("staff_branch", "店002(002)", "店001(001)")]);
}

#[test]
fn a_terminal_from_where_and_to_where() {
    let mut log = Log::of(Subject::Terminal(TerminalId(Uuid::nil())));
    let (branch, place) = (code("001"), "窓口 1番".to_owned());
    check(
        &log.on_terminal(TerminalEvent::TerminalRequested { branch: branch.clone(), label: place.clone() }),
        &[
            ("terminal_branch", "", "店001(001)"),
            ("terminal_label", "", "窓口 1番"),
            ("terminal_state", "", "requested"),
        ],
    );
    check(
        &log.on_terminal(TerminalEvent::TerminalInvited { branch, label: place }),
        &[("terminal_state", "requested", "invited")],
    );
    let sha = String::new;
    let enrolled =
        TerminalEvent::TerminalEnrolled { public_key: sha(), certificate_sha256: sha(), not_after: Some(noon(20)) };
    check(
        &log.on_terminal(enrolled),
        &[("terminal_state", "invited", "enrolled"), ("terminal_until", "", "2026-11-20T03:00:00+00:00")],
    );
    let renewed = TerminalEvent::TerminalRenewed { certificate_sha256: sha(), not_after: noon(30) };
    check(&log.on_terminal(renewed), &[("terminal_until", "2026-11-20T03:00:00+00:00", "2026-11-30T03:00:00+00:00")]);
    let moved = |from: &str, to: &str, label: &str| TerminalEvent::TerminalMoved {
        from: code(from),
        branch: code(to),
        label: label.into(),
    };
    check(&log.on_terminal(moved("001", "001", "窓口 2番")), &[("terminal_label", "窓口 1番", "窓口 2番")]);
    // It went to another branch, which is not heard here, and came back.
    log.unheard(1);
    check(
        &log.on_terminal(moved("002", "001", "窓口 2番")),
        &[("terminal_branch", "店002(002)", "店001(001)"), ("terminal_label", "?", "窓口 2番")],
    );
    check(&log.on_terminal(TerminalEvent::TerminalRevoked {}), &[("terminal_state", "?", "revoked")]);
}

#[test]
fn the_policy_names_each_setting_before_and_after() {
    let mut log = Log::of(Subject::Policy("test".parse().unwrap()));
    let mut file = Policy { idle_lock_minutes: 6, ..Policy::default() }.settings();
    file.insert("unheard_of".into(), json!(3));
    let opened = PolicyEvent::PolicyOpened { settings: file };
    let told = log.on_policy("H9001", &[opened]);
    assert!(rows(&told).contains(&("setting idle_lock_minutes".into(), "?".into(), "6".into())), "{told:?}");
    let change = |n| PolicyChangeId(Uuid::from_u128(n));
    let proposed = |n, settings: serde_json::Value| PolicyEvent::PolicyChangeProposed {
        change: change(n),
        settings: serde_json::from_value(settings).unwrap(),
        effective_on: day("2026-12-01"),
    };
    let told = log.on_policy("H9001", &[proposed(1, json!({ "idle_lock_minutes": 7, "browsers": ["edge"] }))]);
    check(
        &told,
        &[
            ("asked_setting browsers", "edge chrome", "edge"),
            ("asked_setting idle_lock_minutes", "6", "7"),
            ("effective_on", "", "2026-12-01"),
            ("proposal policy", "", "proposed"),
        ],
    );
    let units: Vec<_> = told.rows().into_iter().map(|row| row.unit).collect();
    assert_eq!(units, [None, Some(Unit::Minutes), None, None]);
    check(
        &log.on_policy("H9002", &[PolicyEvent::PolicyChangeConfirmed { change: change(1) }]),
        &[
            ("effective_on", "", "2026-12-01"),
            ("proposal policy", "proposed", "confirmed"),
            ("setting browsers", "edge chrome", "edge"),
            ("setting idle_lock_minutes", "6", "7"),
        ],
    );
    // The next one goes on from there; what is unknown to this version has no before.
    check(
        &log.on_policy("H9001", &[proposed(2, json!({ "idle_lock_minutes": 9, "unheard_of": 4 }))]),
        &[
            ("asked_setting idle_lock_minutes", "7", "9"),
            ("asked_setting unheard_of", "?", "4"),
            ("effective_on", "", "2026-12-01"),
            ("proposal policy", "", "proposed"),
        ],
    );
    check(
        &log.on_policy("H9002", &[PolicyEvent::PolicyChangeWithdrawn { change: change(2) }]),
        &[
            ("dropped_setting idle_lock_minutes", "9", "7"),
            ("effective_on", "2026-12-01", ""),
            ("proposal policy", "proposed", "withdrawn"),
        ],
    );
}

#[test]
fn a_branch_with_the_target_and_the_day() {
    let mut log = Log::of(Subject::Branch(code("001")));
    let opened = BranchEvent::BranchOpened { name: "本町支店".into(), kana: "ﾎﾝﾁﾖｳ".into() };
    check(&log.on_branch(&[opened]), &[("branch_name", "", "本町支店"), ("kana", "", "ﾎﾝﾁﾖｳ")]);
    let renamed = BranchEvent::BranchRenamed { name: "本町出張所".into(), kana: "ﾎﾝﾁﾖｳ".into() };
    check(&log.on_branch(&[renamed]), &[("branch_name", "本町支店", "本町出張所")]);
    let (into, on) = (code("002"), day("2027-01-04"));
    let change = BranchChange::Merge { into: into.clone(), on };
    check(
        &log.on_branch(&[BranchEvent::BranchChangeProposed { number: 1, change }]),
        &[
            ("asked_merger_into", "", "店002(002)"),
            ("asked_merger_on", "", "2027-01-04"),
            ("proposal merge", "", "submitted"),
        ],
    );
    let merged = BranchEvent::BranchMerged { into: into.clone(), on };
    check(
        &log.on_branch(&[BranchEvent::BranchChangeConfirmed { number: 1 }, merged]),
        &[
            ("merger_into", "", "店002(002)"),
            ("merger_on", "", "2027-01-04"),
            ("proposal merge", "submitted", "approved"),
        ],
    );
    let change = BranchChange::WithdrawMerger {};
    check(
        &log.on_branch(&[BranchEvent::BranchChangeProposed { number: 2, change }]),
        &[
            ("asked_merger_into", "店002(002)", ""),
            ("asked_merger_on", "2027-01-04", ""),
            ("proposal withdraw_merger", "", "submitted"),
        ],
    );
    check(
        &log.on_branch(&[BranchEvent::BranchChangeDismissed { number: 2 }]),
        &[
            ("dropped_merger_into", "", "店002(002)"),
            ("dropped_merger_on", "", "2027-01-04"),
            ("proposal withdraw_merger", "submitted", "withdrawn"),
        ],
    );
    let leaving = |n: u128| Leaving { customer: CustomerId(Uuid::from_u128(n)), cif: "2000001".parse().unwrap() };
    let change = BranchChange::MoveCustomers { into, customers: vec![leaving(1), leaving(2)] };
    check(
        &log.on_branch(&[BranchEvent::BranchChangeProposed { number: 3, change }]),
        &[("asked_on_their_way 店002(002)", "", "2"), ("proposal move_customers", "", "submitted")],
    );
    check(
        &log.on_branch(&[BranchEvent::BranchChangeConfirmed { number: 3 }]),
        &[("on_their_way 店002(002)", "", "2"), ("proposal move_customers", "submitted", "approved")],
    );
    let carried = BranchEvent::CustomersMoved { number: 3, moved: 1, stayed: vec![leaving(2).customer] };
    check(
        &log.on_branch(&[carried]),
        &[("moved 店002(002)", "", "1"), ("on_their_way 店002(002)", "2", ""), ("stayed 店002(002)", "", "1")],
    );
    let signed =
        BranchEvent::DaySignedOff { day: day("2026-11-24"), size: 9, root: String::new(), entries: 12, exceptions: 1 };
    check(
        &log.on_branch(&[signed]),
        &[
            ("day_entries 2026-11-24", "", "12"),
            ("day_exceptions 2026-11-24", "", "1"),
            ("signed_off 2026-11-24", "", "signed"),
        ],
    );
}

/// A transfer is the branch's own business: another branch's desk sees the agreement to it, and not what was agreed to.
#[test]
fn of_another_branchs_transfer_only_the_agreement_is_known() {
    let mut log = Log::of(Subject::Branch(code("001")));
    log.on_branch(&[BranchEvent::BranchOpened { name: "本町支店".into(), kana: "ﾎﾝﾁﾖｳ".into() }]);
    log.unheard(1);
    check(
        &log.on_branch(&[BranchEvent::BranchChangeConfirmed { number: 1 }]),
        &[("proposal", "submitted", "approved")],
    );
}

#[test]
fn the_log_by_epoch() {
    let mut log = Log::of(Subject::Institution("test".parse().unwrap()));
    let mut told = |event| {
        log.add(Actor::Operator { name: "root".into() }, vec![Event::Institution(event)]);
        institution(&log.entries.last().unwrap().entry)
    };
    let root = String::new;
    check(
        &told(InstitutionEvent::EpochOpened { epoch: 3, former: 1, size: 40, root: root(), backup_at: noon(1) }),
        &[
            ("backup_at", "", "2026-11-01T03:00:00+00:00"),
            ("backup_entries", "", "40"),
            ("epoch", "1", "3"),
            ("recovery", "", "under_way"),
        ],
    );
    let ended = InstitutionEvent::RecoveryEnded {
        epoch: 3,
        seen: 44,
        recovered: 3,
        missing: vec![Missing { from: 41, to: 42 }],
        unheard: vec![TerminalId(Uuid::nil())],
        reason: Some("端末の故障".into()),
    };
    check(
        &told(ended),
        &[
            ("given_up_because", "", "端末の故障"),
            ("lost", "", "1"),
            ("recovered", "", "3"),
            ("recovery", "under_way", "given_up"),
            ("unheard", "", "1"),
        ],
    );
}
