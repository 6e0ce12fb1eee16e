//! Head office administers staff: two persons for what lets somebody approve, halves of passwords that nobody keeps, locks that
//! hold at once, and deputies between two days. Through real desks and a real centre, on both databases.

use chrono::Duration;
use desk::Desk;
use desk::view::{DeskState, LogFilter, StaffAct, StaffResult, StaffState, TemporaryPart};
use domain::customer::{CustomerCommand, Request};
use domain::id::{ApplicationId, CustomerId};
use domain::staff::StaffCommand;
use domain::{Actor, ErrorCode, Event, Role, calendar};
use e2e::centre::{BRANCH, Centre, Kind, PASSWORD};
use e2e::office::{Office, root_pem};
use e2e::on_both;
use e2e::terminal::{Terminal, checked, paper, somebody};
use wire::api::feed::FeedLeaf;
use wire::api::session::SignedIn;
use wire::{Body, Entry};

const NEW: &str = "umi no mieru ekimae";

pub(crate) async fn terminal(centre: &Centre, invitation: &str, name: &str) -> Terminal {
    let secrets = desk::secrets::Secrets::Files(centre.dir.path().join(name));
    let identity = desk::enrol::enrol(&centre.at().enrol, &root_pem(centre), invitation, &secrets).await.unwrap();
    Terminal::new(identity, &secrets)
}

/// A desk at head office, one at a branch, and a bare terminal at each.
struct World {
    centre: Centre,
    head: Office,
    branch: Office,
    head_terminal: Terminal,
    terminal: Terminal,
}

impl World {
    async fn new(kind: Kind) -> Self {
        let mut centre = Centre::new(|config| kind.choose(config));
        let seats = [("000", "事務部"), (BRANCH, "窓口 1番"), ("000", "事務部 2"), (BRANCH, "窓口 2番")];
        let seats = seats.map(|(branch, label)| centre.invite(branch, label));
        centre.start();
        let head = Office::enrol(&centre, &seats[0]).await;
        let branch = Office::enrol(&centre, &seats[1]).await;
        let head_terminal = terminal(&centre, &seats[2], "head").await;
        let terminal = terminal(&centre, &seats[3], "branch").await;
        Self { centre, head, branch, head_terminal, terminal }
    }

    async fn row(&self, staff: &str) -> Option<desk::view::StaffRow> {
        self.head.desk.staff().await.unwrap().rows.into_iter().find(|row| row.staff_id == staff)
    }

    /// By whoever works at head office's desk.
    async fn act(&self, staff: &str, act: StaffAct) -> Result<StaffResult, ErrorCode> {
        let version = self.row(staff).await.map(|row| row.version);
        self.head.desk.administer_staff(staff, version.as_deref(), act).await.map_err(|error| error.code())
    }

    async fn entries(&self) -> Vec<Entry> {
        let leaves = self.head_terminal.feed(0, 10_000).await.leaves;
        let entry = |leaf| match leaf {
            FeedLeaf::Entry { e, .. } => Entry::from_bytes(&e.0).unwrap(),
            FeedLeaf::Hash { .. } => panic!("head office reads everything"),
        };
        leaves.into_iter().map(entry).collect()
    }
}

async fn until(desk: &Desk, state: DeskState) {
    let begun = std::time::Instant::now();
    while desk.status().await.unwrap().state != state {
        assert!(begun.elapsed().as_secs() < 10, "never {state:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

fn add(role: Role) -> StaffAct {
    StaffAct::Add { name: "見本 新子".into(), role, branch_code: BRANCH.into() }
}

async fn two_persons_make_a_supervisor_and_neither_knows_the_password(kind: Kind) {
    let world = World::new(kind).await;
    world.head.sign_in("H9001").await;
    let first = world.act("S2101", add(Role::Supervisor)).await.unwrap();
    let first_half = first.temporary.clone().unwrap();
    assert_eq!(first_half.part, TemporaryPart::First);
    assert_eq!(world.row("S2101").await.unwrap().state, StaffState::Proposed);
    let denied = |result: Result<SignedIn, wire::api::ErrorAnswer>| result.unwrap_err().code;
    assert_eq!(denied(world.terminal.try_sign_in("S2101", &first_half.text, false).await), ErrorCode::SignInDenied);
    assert_eq!(world.act("S2101", StaffAct::Confirm { number: 1 }).await, Err(ErrorCode::TwoPersonRule));

    world.head.sign_in("H9002").await;
    let second = world.act("S2101", StaffAct::Confirm { number: 1 }).await.unwrap().temporary.unwrap();
    assert_eq!(second.part, TemporaryPart::Second);
    for half in [&first_half.text, &second.text] {
        assert_eq!(
            denied(world.terminal.try_sign_in("S2101", half, false).await),
            ErrorCode::SignInDenied,
            "half of it"
        );
    }
    let temporary = domain::password::joined(&first_half.text, &second.text);

    // At the branch: nothing is possible but changing it.
    let status = world.branch.desk.sign_in("S2101", &temporary).await.unwrap();
    assert_eq!(status.state, DeskState::PasswordChange);
    assert_eq!(world.branch.desk.search("ミホン").await.unwrap_err().code(), ErrorCode::PasswordChangeNeeded);
    let bare = world.terminal.sign_in_by("S2101", &temporary).await;
    let customer = CustomerId(uuid::Uuid::now_v7());
    let record = || CustomerCommand::RecordCustomer { branch: BRANCH.parse().unwrap(), cif: "1".parse().unwrap() };
    let request = world.terminal.seal(&bare, customer, record(), Some(somebody()), None);
    let refused = world.terminal.send(&bare, &request).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::PasswordChangeNeeded);
    // Made "off-line" it goes back to no sign-in.
    let body = Body::Customer { customer, command: record() };
    let request = world.terminal.seal_body(&bare, body, Some(somebody()), true);
    assert_eq!(world.terminal.send(&bare, &request).await.unwrap_err().code, ErrorCode::SessionMissing);
    for (old, new, code) in [
        (temporary.as_str(), "password2026", ErrorCode::PasswordCommon),
        (temporary.as_str(), "s2101-no-himitsu", ErrorCode::PasswordCommon),
        (temporary.as_str(), "mijikai", ErrorCode::PasswordTooShort),
        (temporary.as_str(), temporary.as_str(), ErrorCode::PasswordSame),
        ("no such password", NEW, ErrorCode::PasswordWrong),
    ] {
        assert_eq!(world.terminal.change_password(&bare, old, new).await.unwrap_err().code, code, "{old} {new}");
        assert_eq!(world.branch.desk.change_password(old, new).await.unwrap_err().code(), code, "{old} {new}");
    }
    let status = world.branch.desk.change_password(&temporary, NEW).await.unwrap();
    assert_eq!(status.state, DeskState::Open);
    // The other session ended with it, the temporary password too.
    let request = world.terminal.seal(&bare, customer, record(), Some(somebody()), None);
    assert_eq!(world.terminal.send(&bare, &request).await.unwrap_err().code, ErrorCode::SessionMissing);
    assert_eq!(denied(world.terminal.try_sign_in("S2101", &temporary, false).await), ErrorCode::SignInDenied);
    let own = world.terminal.sign_in_by("S2101", NEW).await;
    let request = world.terminal.seal(&own, customer, record(), Some(somebody()), None);
    world.terminal.send(&own, &request).await.unwrap();

    // The one who proposed it and the one who agreed are both in the log; the passwords are nowhere.
    let entries = world.entries().await;
    let about: Vec<_> =
        entries.iter().filter(|entry| entry.subject == domain::Subject::Staff("S2101".parse().unwrap())).collect();
    let words: Vec<Vec<String>> = about.iter().map(|entry| entry.events.iter().map(Event::word).collect()).collect();
    assert_eq!(words[0], ["staff_proposed"]);
    assert_eq!(words[1], ["proposal_confirmed", "staff_added"]);
    let by = |entry: &Entry| entry.actor.staff().map(ToString::to_string);
    assert_eq!((by(about[0]), by(about[1])), (Some("H9001".into()), Some("H9002".into())));
    for entry in &entries {
        let text = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
        for secret in [&first_half.text, &second.text, &NEW.to_owned()] {
            assert!(!text.contains(secret.as_str()), "{text}");
            let envelope = entry.envelope.as_ref().map(|e| String::from_utf8(e.0.clone()).unwrap()).unwrap_or_default();
            assert!(!envelope.contains(secret.as_str()));
        }
    }
    let World { mut centre, .. } = world;
    centre.stop();
    if kind == Kind::Sqlite {
        for file in
            std::fs::read_dir(centre.data()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file())
        {
            let bytes = std::fs::read(&file).unwrap();
            for secret in [&first_half.text, &second.text, &NEW.to_owned()] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{} is in {}", secret, file.display());
            }
        }
    }
    assert_eq!(centre.check().findings, []);
}

async fn a_lock_holds_at_once_and_everywhere(kind: Kind) {
    let world = World::new(kind).await;
    world.branch.sign_in("T1001").await;
    let bare = world.terminal.sign_in("T1001").await;
    world.head.sign_in("H9001").await;
    assert_eq!(world.act("H9001", StaffAct::Lock).await, Err(ErrorCode::OwnAccount));
    world.act("T1001", StaffAct::Lock).await.unwrap();
    assert_eq!(world.row("T1001").await.unwrap().state, StaffState::Locked);
    let (status, code) = world.terminal.ask("DELETE", "session", &bare.token, None).await;
    assert_eq!((status, code), (401, Some(ErrorCode::SessionMissing)));
    let locked = world.terminal.try_sign_in("T1001", PASSWORD, false).await.unwrap_err();
    assert_eq!(locked.code, ErrorCode::AccountLocked);
    assert_eq!(
        world.terminal.try_sign_in("T1001", "a wrong one", false).await.unwrap_err().code,
        ErrorCode::SignInDenied
    );
    // The branch's desk hears of it, signs out, and lets nobody in without the centre.
    until(&world.branch.desk, DeskState::SignedOut).await;
    let World { mut centre, head, branch, head_terminal, mut terminal } = world;
    centre.stop();
    let alone = branch.desk.sign_in("T1001", PASSWORD).await.unwrap_err();
    assert_eq!(alone.code(), ErrorCode::OfflineSignInOver);
    let at = centre.start().terminal.clone();
    terminal.moved(&at);
    let mut head_terminal = head_terminal.another();
    head_terminal.moved(&at);
    // What is given back is the old password, for a teller by one person.
    let head_one = head_terminal.sign_in("H9001").await;
    head_terminal.administer(&head_one, "T1001", StaffCommand::UnlockStaff {}, None).await.unwrap();
    terminal.sign_in("T1001").await;
    // Of a supervisor it takes two; and a reset ends what was known of the old password.
    head_terminal.administer(&head_one, "S2001", StaffCommand::LockStaff {}, None).await.unwrap();
    head_terminal.administer(&head_one, "S2001", StaffCommand::UnlockStaff {}, None).await.unwrap();
    assert_eq!(terminal.try_sign_in("S2001", PASSWORD, false).await.unwrap_err().code, ErrorCode::AccountLocked);
    let confirm = StaffCommand::ConfirmProposal { number: 1 };
    let same = head_terminal.administer(&head_one, "S2001", confirm.clone(), None).await.unwrap_err();
    assert_eq!(same.code, ErrorCode::TwoPersonRule);
    let head_two = head_terminal.sign_in("H9002").await;
    head_terminal.administer(&head_two, "S2001", confirm, None).await.unwrap();
    terminal.sign_in("S2001").await;
    // The end of an employment is for good.
    head_terminal.administer(&head_one, "T1001", StaffCommand::EndEmployment {}, None).await.unwrap();
    assert_eq!(terminal.try_sign_in("T1001", PASSWORD, false).await.unwrap_err().code, ErrorCode::SignInDenied);
    let add = StaffCommand::AddStaff { role: Role::Teller, branch: BRANCH.parse().unwrap() };
    let again = head_terminal.administer(&head_one, "T1001", add, Some("0000-0000")).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::StaffExists);
    drop((head, branch));
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

/// The desks of the branch that somebody leaves hear of it: the session there ends, and nobody gets in by the old sign-in.
async fn whoever_goes_to_another_branch_is_gone_from_the_old_one(kind: Kind) {
    let world = World::new(kind).await;
    world.branch.sign_in("T1001").await;
    let bare = world.terminal.sign_in("T1001").await;
    world.head.sign_in("H9001").await;
    let change = StaffAct::Change { role: Role::Teller, branch_code: "012".into() };
    world.act("T1001", change).await.unwrap();
    let (status, code) = world.terminal.ask("DELETE", "session", &bare.token, None).await;
    assert_eq!((status, code), (401, Some(ErrorCode::SessionMissing)));
    until(&world.branch.desk, DeskState::SignedOut).await;
    // Whoever works there now reads who went where, and head office reads it there too.
    world.branch.sign_in("S2001").await;
    let lines = world.branch.desk.log_page(LogFilter::default(), None, 0, 100).await.unwrap().lines;
    let line = lines.iter().find(|line| line.events.iter().any(|event| event == "staff_changed")).unwrap();
    assert_eq!(line.detail.get("staff_branch").map(String::as_str), Some("012"));
    world.branch.sign_in("H9002").await;
    let there = world.branch.desk.staff().await.unwrap().rows;
    let row = there.iter().find(|row| row.staff_id == "T1001").unwrap();
    assert_eq!(row.branch_code, "012");
    let World { mut centre, head, branch, .. } = world;
    centre.stop();
    let alone = branch.desk.sign_in("T1001", PASSWORD).await.unwrap_err();
    assert_eq!(alone.code(), ErrorCode::OfflineSignInOver);
    drop((head, branch));
    assert_eq!(centre.check().findings, []);
}

/// A password that head office gives is one that was drawn, never one that somebody chose; and a lost answer is asked for again.
async fn what_travels_beside_the_envelope_is_looked_at(kind: Kind) {
    let world = World::new(kind).await;
    let (terminal, head) = (&world.head_terminal, world.head_terminal.sign_in("H9001").await);
    let add = || StaffCommand::AddStaff { role: Role::Teller, branch: BRANCH.parse().unwrap() };
    for password in [None, Some("watashi no kimeta mono"), Some("")] {
        let refused = terminal.administer(&head, "T1201", add(), password).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::PasswordMissing, "{password:?}");
    }
    let lock = terminal.administer(&head, "T1001", StaffCommand::LockStaff {}, Some("0000-0000")).await.unwrap_err();
    assert_eq!(lock.code, ErrorCode::PasswordMissing);
    let body = Body::Staff { staff: "T1201".parse().unwrap(), command: add() };
    let name = domain::personal::StaffDetails { name: "見本 次郎".into() };
    let mut request = terminal.seal_body(&head, body, Some(domain::PersonalData::Staff(name)), false);
    let passwords = |new: &str| Some(wire::api::command::Passwords { new: new.into(), old: None });
    request.password = passwords("0000-0000");
    let first = terminal.send(&head, &request).await.unwrap();
    assert_eq!(terminal.send(&head, &request).await.unwrap(), first, "the first answer");
    request.password = passwords("1111-1111");
    assert_eq!(terminal.send(&head, &request).await.unwrap_err().code, ErrorCode::CommandIdReused);
    // The own password, changed twice by one envelope whose answer was lost: done once, and told so.
    let bare = world.terminal.sign_in_by("T1201", "0000-0000").await;
    let body = Body::Staff { staff: bare.staff.clone(), command: StaffCommand::ChangePassword {} };
    let mut request = world.terminal.seal_body(&bare, body, None, false);
    request.password = Some(wire::api::command::Passwords { new: NEW.into(), old: Some("0000-0000".into()) });
    let first = world.terminal.send(&bare, &request).await.unwrap();
    assert_eq!(world.terminal.send(&bare, &request).await.unwrap(), first);
    // Nobody changes another's, whatever the envelope says.
    let body = Body::Staff { staff: "T1201".parse().unwrap(), command: StaffCommand::ChangePassword {} };
    let mut request = terminal.seal_body(&head, body, None, false);
    request.password = Some(wire::api::command::Passwords { new: "yama no mieru machi".into(), old: Some(NEW.into()) });
    assert_eq!(terminal.send(&head, &request).await.unwrap_err().code, ErrorCode::ActorNotPermitted);
}

/// T3001 of another branch stands in at 011 for a day.
async fn a_deputy_approves_between_two_days_and_the_log_says_so(kind: Kind) {
    let clock = central::clock::Clock::at("2026-11-24T01:00:00Z".parse().unwrap());
    let mut centre = Centre::with_clock(clock.clone(), |config| kind.choose(config));
    let seats = [("000", "事務部"), (BRANCH, "窓口 1番")].map(|(branch, label)| centre.invite(branch, label));
    centre.start();
    let head = terminal(&centre, &seats[0], "head").await;
    let here = terminal(&centre, &seats[1], "branch").await;
    let denied = here.try_sign_in("T3001", PASSWORD, false).await.unwrap_err();
    assert_eq!(denied.code, ErrorCode::BranchNotPermitted);
    let today = calendar::jst_day(clock.now());
    let name = StaffCommand::NameDeputy { branch: BRANCH.parse().unwrap(), from: today, until: today };
    let (one, two) = (head.sign_in("H9001").await, head.sign_in("H9002").await);
    head.administer(&one, "T3001", name, None).await.unwrap();
    assert_eq!(here.try_sign_in("T3001", PASSWORD, false).await.unwrap_err().code, ErrorCode::BranchNotPermitted);
    head.administer(&two, "T3001", StaffCommand::ConfirmProposal { number: 1 }, None).await.unwrap();
    let deputy = here.sign_in("T3001").await;
    assert_eq!(deputy.deputy, Some(BRANCH.parse().unwrap()));
    let teller = here.sign_in("T1001").await;
    let submit = async |teller: &SignedIn, by: &SignedIn, n: u32, offline: bool| {
        let (customer, application) = (CustomerId(uuid::Uuid::now_v7()), ApplicationId(uuid::Uuid::new_v4()));
        let cif = n.to_string().parse().unwrap();
        let record = CustomerCommand::RecordCustomer { branch: BRANCH.parse().unwrap(), cif };
        here.send(teller, &here.seal(teller, customer, record, Some(somebody()), None)).await.unwrap();
        let request = Request::NewContract {
            contract: format!("{:010}", 7_000_000 + n).parse().unwrap(),
            users: vec![domain::customer::NewUser {
                user: format!("DAIKO{n:03}").parse().unwrap(),
                role: domain::customer::UserRole::Administrator,
                device_label: "PC".into(),
            }],
        };
        let received_on = calendar::jst_day(clock.now());
        let command = CustomerCommand::SubmitApplication { application, request, checks: checked(), received_on };
        let sealed = here.seal_body(by, Body::Customer { customer, command }, Some(paper()), offline);
        let index = here.send(by, &sealed).await.unwrap().index;
        (customer, application, index)
    };
    let approve = async |by: &SignedIn, customer, application| {
        let command = CustomerCommand::ApproveApplication { application };
        here.send(by, &here.seal(by, customer, command, None, None)).await.map_err(|answer| answer.code)
    };
    let entry = async |index: u64| match here.feed(index, 1).await.leaves.remove(0) {
        FeedLeaf::Entry { e, .. } => Entry::from_bytes(&e.0).unwrap(),
        FeedLeaf::Hash { .. } => panic!("of this branch"),
    };
    let (customer, application, _) = submit(&teller, &teller, 1, false).await;
    let done = approve(&deputy, customer, application).await.unwrap();
    let Actor::Staff { staff, role, branch, deputy: stood_in, .. } = entry(done.index).await.actor else { panic!() };
    assert_eq!((staff.as_str(), role, branch.as_str(), stood_in), ("T3001", Role::Supervisor, BRANCH, true));
    // Never the own work.
    let (customer, application, _) = submit(&teller, &deputy, 2, false).await;
    assert_eq!(approve(&deputy, customer, application).await, Err(ErrorCode::TwoPersonRule));
    // Made off-line while it lasted, and sent after it: a supervisor looks at it first.
    let (.., index) = submit(&teller, &deputy, 3, true).await;
    assert_eq!(entry(index).await.events[0].word(), "application_submitted");
    clock.advance(Duration::days(1));
    let teller = here.sign_in("T1001").await;
    let (.., index) = submit(&teller, &deputy, 4, true).await;
    assert_eq!(entry(index).await.events[0].word(), "act_held");
    assert_eq!(here.try_sign_in("T3001", PASSWORD, false).await.unwrap_err().code, ErrorCode::BranchNotPermitted);
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

on_both!(
    two_persons_make_a_supervisor_and_neither_knows_the_password,
    a_lock_holds_at_once_and_everywhere,
    whoever_goes_to_another_branch_is_gone_from_the_old_one,
    what_travels_beside_the_envelope_is_looked_at,
    a_deputy_approves_between_two_days_and_the_log_says_so,
);
