//! A customer goes over to another branch: the desks there get the whole history and verify it, the desks of the old branch keep
//! nothing but leaves.

use std::time::{Duration, Instant};

use desk::secrets::Secrets;
use desk::view::{CheckPhase, LogFilter, MoveForm, MoveLine};
use domain::ErrorCode;
use domain::branch::BranchCommand;
use domain::id::{BranchCode, CustomerId};
use e2e::centre::{BRANCH, Centre, Kind};
use e2e::office::Office;
use e2e::terminal::Terminal;
use wire::Body;
use wire::api::feed::{FeedAnswer, FeedLeaf};

use crate::faults::long;

e2e::on_both!(the_history_follows_and_the_copy_goes);

pub(crate) async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let (begun, patience) = (Instant::now(), Duration::from_secs(if long() { 900 } else { 30 }));
    while !done().await {
        assert!(begun.elapsed() < patience, "{what} never comes");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub(crate) fn form(from: &str, cif: &str, into: &str, new_cif: &str) -> MoveForm {
    let customers = vec![MoveLine { cif: cif.into(), new_cif: new_cif.into() }];
    MoveForm { branch: from.into(), into: into.into(), customers }
}

/// The second person agrees, at another terminal.
pub(crate) async fn agree(terminal: &Terminal, from: &str, number: u32) {
    let second = terminal.sign_in("H9002").await;
    let command = BranchCommand::ConfirmBranchChange { number };
    terminal.straight(&second, Body::Branch { branch: from.parse().unwrap(), command }).await.unwrap();
}

pub(crate) async fn open_branches(head: &Office, terminal: &Terminal) {
    let staff = terminal.sign_in("H9001").await;
    for (code, name) in [(BRANCH, "見本支店"), ("012", "西支店")] {
        let command = BranchCommand::OpenBranch { name: name.into(), kana: "ミホン".into() };
        let branch: BranchCode = code.parse().unwrap();
        terminal.straight(&staff, Body::Branch { branch, command }).await.unwrap();
    }
    until("the list of branches", async || head.desk.branches().await.unwrap().len() == 2).await;
}

/// How many of the entries that a desk holds name a customer.
async fn named(office: &Office, customer: &str) -> usize {
    let page = office.desk.log_page(LogFilter::default(), None, 0, 500).await.unwrap();
    page.lines.iter().filter(|line| line.customer_id.as_deref() == Some(customer)).count()
}

/// Customers that were moved, in a piece of the feed.
fn moves(feed: &FeedAnswer) -> usize {
    let moved = |leaf: &&FeedLeaf| match leaf {
        FeedLeaf::Entry { e, .. } => String::from_utf8_lossy(&e.0).contains("customer_moved"),
        FeedLeaf::Hash { .. } => false,
    };
    feed.leaves.iter().filter(moved).count()
}

async fn the_history_follows_and_the_copy_goes(kind: Kind) {
    let mut centre = Centre::new(|config| kind.choose(config));
    let invitations =
        [("000", "本部 1番"), (BRANCH, "窓口 1番"), ("012", "窓口 1番")].map(|(b, l)| centre.invite(b, l));
    centre.start();
    let [head, old, new] = &invitations;
    let head = Office::enrol(&centre, head).await;
    let old = Office::enrol(&centre, old).await;
    let new = Office::enrol(&centre, new).await;
    head.sign_in("H9001").await;
    let terminal = Terminal::new(head.identity.clone(), &Secrets::Files(head.dir.path().join("secrets")));
    open_branches(&head, &terminal).await;

    // A customer with a certificate's right, and another one that stays.
    let (user, _) = old.issue(1).await;
    let customer = old.desk.search(&user).await.unwrap().hits.remove(0).customer_id;
    old.issue(2).await;
    let before = named(&old, &customer).await;
    assert!(before >= 4, "{before}");
    new.sign_in("S3001").await;
    assert!(new.desk.search(&user).await.unwrap().hits.is_empty());
    until("the customer at head office", async || !head.desk.search(&user).await.unwrap().hits.is_empty()).await;

    // Nobody but head office moves it, to a branch that is there, and once.
    let id: CustomerId = customer.parse().unwrap();
    let there = Terminal::new(old.identity.clone(), &Secrets::Files(old.dir.path().join("secrets")));
    let supervisor = there.sign_in("S2001").await;
    let command = || domain::customer::CustomerCommand::MoveCustomer {
        branch: "012".parse().unwrap(),
        cif: "2000001".parse().unwrap(),
    };
    let refused = there.send(&supervisor, &there.seal(&supervisor, id, command(), None, None)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::RoleNotPermitted);
    let nowhere = head.desk.move_customers(&form(BRANCH, "2000001", "013", "")).await.unwrap_err();
    assert_eq!(nowhere.code(), ErrorCode::BranchUnknown);
    let same = head.desk.move_customers(&form(BRANCH, "2000001", BRANCH, "")).await.unwrap_err();
    assert_eq!(same.code(), ErrorCode::BranchSame);
    head.desk.move_customers(&form(BRANCH, "2000001", "012", "")).await.unwrap();
    agree(&terminal, BRANCH, 1).await;

    // The new branch has everything, the old one nothing but the entry of the move; head office has all of it as before.
    until("the history", async || !new.desk.search(&user).await.unwrap().hits.is_empty()).await;
    let view = new.desk.customer(&customer).await.unwrap();
    assert_eq!(view.certificates.len(), 1);
    assert_eq!(named(&new, &customer).await, before + 1, "the same entries, and the move");
    until("the end of the old copy", async || named(&old, &customer).await == 1).await;
    assert!(old.desk.search(&user).await.unwrap().hits.is_empty());
    assert_eq!(old.desk.customer(&customer).await.unwrap_err().code(), ErrorCode::CustomerUnknown);
    assert!(!old.desk.search("USER00002").await.unwrap().hits.is_empty(), "whoever stays stays");
    assert_eq!(named(&head, &customer).await, before + 1);
    // Who works there acts on it now, and who worked there before does not.
    let teller = there.sign_in("T1001").await;
    let hand_over = domain::customer::CustomerCommand::RecordHandover {
        certificate: view.certificates[0].certificate_id.parse().unwrap(),
        method: domain::customer::HandoverMethod::Window,
        handed_on: domain::calendar::jst_day(centre.clock.now()),
    };
    let recipient = domain::PersonalData::Handover(domain::personal::HandoverDetails { recipient: "見本".into() });
    let refused = there.send(&teller, &there.seal(&teller, id, hand_over, Some(recipient), None)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::BranchNotPermitted);

    // Each copy is what the tree signs, also when it is made again; and so after a restart.
    for office in [&old, &new, &head] {
        office.desk.check_replica().unwrap();
        until("the check", async || office.desk.sync_status().await.unwrap().check.phase == CheckPhase::Same).await;
    }
    assert!(!new.desk.search(&user).await.unwrap().hits.is_empty());
    let old = old.reopen().await;
    old.sign_in("T1001").await;
    assert!(old.desk.search(&user).await.unwrap().hits.is_empty());

    // It comes back: the old branch fetches what it had erased, and the other one erases.
    head.desk.move_customers(&form("012", "2000001", BRANCH, "2000009")).await.unwrap();
    agree(&terminal, "012", 1).await;
    until("the way back", async || !old.desk.search(&user).await.unwrap().hits.is_empty()).await;
    assert_eq!(named(&old, &customer).await, before + 2);
    until("the end of the other copy", async || named(&new, &customer).await <= 2).await;
    assert!(new.desk.search(&user).await.unwrap().hits.is_empty());

    // A merger on this day takes everybody over, but for one whose number is taken there.
    new.sign_in("T3001").await;
    new.record_customer("2000002", "西の見本", "ニシノミホン").await;
    let staff = terminal.sign_in("H9001").await;
    let today = domain::calendar::jst_day(centre.clock.now());
    let merge = BranchCommand::MergeBranch { into: "012".parse().unwrap(), on: today };
    let before = terminal.size().await;
    terminal.straight(&staff, Body::Branch { branch: BRANCH.parse().unwrap(), command: merge }).await.unwrap();
    agree(&terminal, BRANCH, 2).await;
    // At once, or at the next start if that comes first.
    centre.stop();
    centre.start();
    let mut terminal = terminal;
    terminal.moved(&centre.at().terminal);
    until("the merger", async || moves(&terminal.feed(before, 100).await) > 0).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let moved = moves(&terminal.feed(before, 100).await);
    assert_eq!(moved, 1, "one goes over; the number of the other one is taken there");
    centre.stop();
    let verdict = centre.check();
    assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);
    assert!(centre.rebuild().findings.is_empty());
}
