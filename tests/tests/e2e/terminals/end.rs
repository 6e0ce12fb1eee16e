//! A stolen PC: cut off, it keeps nothing; what it held back is looked at by a supervisor; and nobody but the centre can say so.

use desk::secrets::Secrets;
use desk::view::{OutboxState, Status};
use desk::{Desk, Over};
use domain::ErrorCode;
use domain::customer::{CertificateState, IncidentCause};
use e2e::line::Line;
use e2e::terminal::Terminal;

use super::*;

fn secrets(office: &Office) -> Secrets {
    Secrets::Files(office.dir.path().join("secrets"))
}

fn held(office: &Office) -> Vec<&'static str> {
    ["replica-key", "terminal-key"].into_iter().filter(|name| secrets(office).get(name).unwrap().is_some()).collect()
}

async fn over(desk: &Desk, expected: Over) {
    let mut over = desk.over();
    tokio::time::timeout(PATIENCE, over.wait_for(|over| *over == expected)).await.expect("never over").unwrap();
}

fn stopped(status: &Status) -> Option<ErrorCode> {
    status.stopped.as_ref().map(|stopped| stopped.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_desk_deletes_its_keys_within_a_second_and_says_so() {
    let (mut centre, office, head) = world().await;
    office.sign_in("T1001").await;
    let customer = office.record_customer("1234567", "見本", "ミホン").await;
    assert_eq!(held(&office).len(), 2);
    let begun = std::time::Instant::now();
    head.desk.revoke_terminal(&office.identity.terminal.to_string()).await.unwrap();
    over(&office.desk, Over::Revoked).await;
    let taken = begun.elapsed();
    assert!(taken < Duration::from_secs(3), "{taken:?}");
    assert_eq!(held(&office), Vec::<&str>::new());
    assert!(!office.dir.path().join("replica.sqlite").exists());
    let status = office.desk.status().await.unwrap();
    assert_eq!(stopped(&status), Some(ErrorCode::TerminalRevoked));
    assert_eq!(office.desk.customer(&customer).await.unwrap_err().code(), ErrorCode::TerminalRevoked);
    // Nor after a restart.
    let profile = desk::profile::Profile { dir: office.dir.path().to_owned(), training: true };
    let again = Desk::open_with(profile.clone(), &secrets(&office)).await.err().unwrap();
    assert_eq!(again.code(), ErrorCode::TerminalRevoked);
    desk::cut_off::start_over(&profile, &secrets(&office)).unwrap();
    let fresh = Desk::open_with(profile, &secrets(&office)).await.err().unwrap();
    assert_eq!(fresh.code(), ErrorCode::NotEnrolled);
    head.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

/// An application and a stop that were queued before: neither counts before a supervisor has asked.
#[tokio::test(flavor = "multi_thread")]
async fn what_waited_there_is_held_a_stop_too() {
    let (mut centre, office, head) = world().await;
    let line = Line::to(&centre.at().terminal).await;
    let mut office = office;
    office.identity.terminal_url = line.url();
    let office = office.reopen().await;
    until("on-line", || async { office.desk.status().await.unwrap().online }).await;
    let (user, code) = office.issue(1).await;
    let root = e2e::office::root_pem(&centre);
    let page = e2e::customer::Customer::new(&centre.at().portal, &root);
    let (key, csr) = e2e::customer::fresh_key();
    let fetched = page.fetch(&user, &code, &csr).await.unwrap();
    page.confirm(&fetched, &key).await.unwrap();
    office.sign_in("T1001").await;
    let hit = office.desk.search(&user).await.unwrap().hits.remove(0);
    let contract = office.desk.customer(&hit.customer_id).await.unwrap().contracts[0].number.clone();
    let form = office.new_contract(&hit.customer_id, "4000000009", "LATER001").await;
    line.cut();
    until("off-line", || async { !office.desk.status().await.unwrap().online }).await;
    let stop = office.desk.suspend(&hit.customer_id, IncidentCause::Lost, &contract, Some(&user)).await.unwrap();
    assert_eq!(stop.state, OutboxState::Waiting);
    assert_eq!(office.desk.submit_application(form).await.unwrap().state, OutboxState::Waiting);
    head.desk.revoke_terminal(&office.identity.terminal.to_string()).await.unwrap();
    line.mend();
    office.desk.sync_now();
    over(&office.desk, Over::Revoked).await;
    assert_eq!(office.desk.status().await.unwrap().stopped.unwrap().args["unsent"], "0");
    assert_eq!(held(&office), Vec::<&str>::new());

    head.sign_in("H9001").await;
    until("held", || async { head.desk.held_acts().await.unwrap().len() == 2 }).await;
    let acts = head.desk.held_acts().await.unwrap();
    assert!(
        acts.iter().all(|act| act.reason == ErrorCode::HeldTerminalRevoked && act.by.contains("T1001")),
        "{acts:?}"
    );
    let state = || async {
        let customer = head.desk.customer(&hit.customer_id).await.unwrap();
        let of = customer.certificates.into_iter().find(|one| one.user_id == user).unwrap();
        of.state
    };
    assert_eq!(state().await, CertificateState::Active, "nobody stops anybody with a PC that was cut off");
    let stop = acts.iter().find(|act| act.cause == Some(IncidentCause::Lost)).unwrap();
    assert_eq!((stop.kind, stop.users[0].user_id.as_str()), (None, user.as_str()));
    let done = head.desk.accept_held(&hit.customer_id, &stop.act, &stop.customer_version).await.unwrap();
    assert_eq!(done.state, OutboxState::Confirmed, "{:?}", done.error);
    assert_eq!(state().await, CertificateState::Suspended);
    head.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

/// What says that it was made after the revocation is not taken, whoever signed it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_made_afterwards_is_taken() {
    let (mut centre, office, head) = world().await;
    let terminal = Terminal::new(office.identity.clone(), &secrets(&office));
    office.desk.close().await;
    let teller = terminal.sign_in("T1001").await;
    head.desk.revoke_terminal(&terminal.id().to_string()).await.unwrap();
    let customer = domain::id::CustomerId(uuid::Uuid::new_v4());
    // Later than the revocation; or on-line, and at a time when nobody was signed in.
    let later = centre.clock.now() + chrono::Duration::minutes(10);
    for (made_at, offline) in [(later, true), (later, false), (chrono::DateTime::UNIX_EPOCH, false)] {
        let code = terminal.claim(&teller, customer, made_at, offline).await.unwrap_err();
        assert_eq!(code, ErrorCode::TerminalRevoked, "{made_at} {offline}");
    }
    assert_eq!(terminal.denied().await, ErrorCode::TerminalRevoked);
    head.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

/// Somebody on the line who says "revoked" is another centre to this desk: it deletes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_answer_deletes_nothing() {
    let (mut centre, office, head) = world().await;
    head.desk.close().await;
    // Another centre, of the same words: it enrols a terminal of the same id by being told so, and has revoked it.
    let mut forger = Centre::new(|_| {});
    let [stolen, other] = [(BRANCH, "窓口 1番"), ("000", "本部 1番")].map(|(b, l)| forger.invite(b, l));
    forger.start();
    let theirs = Office::enrol(&forger, &other).await;
    let dupe = Office::enrol(&forger, &stolen).await;
    theirs.sign_in("H9001").await;
    until("known there", || async { theirs.desk.terminals().await.unwrap().len() == 2 }).await;
    theirs.desk.revoke_terminal(&dupe.identity.terminal.to_string()).await.unwrap();
    over(&dupe.desk, Over::Revoked).await;

    let target = std::sync::Arc::new(std::sync::Mutex::new(centre.at().terminal.clone()));
    let aim = std::sync::Arc::clone(&target);
    let line = Line::toward(move || Some(aim.lock().unwrap().trim_start_matches("https://").to_owned())).await;
    let mut office = office;
    office.identity.terminal_url = line.url();
    let office = office.reopen().await;
    until("on-line", || async { office.desk.status().await.unwrap().online }).await;
    let insisted = async || {
        for _ in 0..10 {
            office.desk.sync_now();
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    line.cut();
    until("off-line", || async { !office.desk.status().await.unwrap().online }).await;
    forger.at().terminal.clone_into(&mut target.lock().unwrap());
    line.mend();
    insisted().await;
    // And one that speaks no TLS of ours at all, or plain words.
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("https://{}", plain.local_addr().unwrap()).clone_into(&mut target.lock().unwrap());
    let words = r#"{"code":"terminal_revoked","args":{},"request_id":"-"}"#;
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        while let Ok((mut stream, _)) = plain.accept().await {
            let head = format!(
                "HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                words.len()
            );
            let _ = stream.write_all(format!("{head}{words}").as_bytes()).await;
        }
    });
    insisted().await;
    assert!(!office.desk.status().await.unwrap().online);
    assert_eq!(*office.desk.over().borrow(), Over::No);
    assert_eq!(held(&office).len(), 2);
    centre.at().terminal.clone_into(&mut target.lock().unwrap());
    until("on-line again", || async {
        office.desk.sync_now();
        office.desk.status().await.unwrap().online
    })
    .await;
    office.sign_in("T1001").await;
    theirs.desk.close().await;
    office.desk.close().await;
    forger.stop();
    centre.stop();
}

/// Not known is not revoked: a centre whose log begins before the enrolment must not cost a branch its copy.
#[tokio::test(flavor = "multi_thread")]
async fn a_centre_that_does_not_know_the_terminal_deletes_nothing() {
    let (mut centre, office, head) = world().await;
    head.desk.close().await;
    let at = centre.at().terminal.trim_start_matches("https://").parse().unwrap();
    centre.stop();
    for end in ["sqlite", "sqlite-wal", "sqlite-shm"] {
        let _ = std::fs::remove_file(centre.data().join(format!("central.{end}")));
    }
    // The same keys, and a log that begins anew: the service's own program does not do that.
    assert!(e2e::served::operator(&centre, &["init"]).unwrap_err().contains("restore"));
    std::fs::remove_file(centre.key_file("opened")).unwrap();
    e2e::served::operator(&centre, &["init"]).unwrap();
    centre.config.listen.terminal = at;
    centre.start();
    until("stopped", || async {
        office.desk.sync_now();
        stopped(&office.desk.status().await.unwrap()) == Some(ErrorCode::TerminalDenied)
    })
    .await;
    assert_eq!(*office.desk.over().borrow(), Over::No);
    assert_eq!(held(&office).len(), 2);
    assert!(office.dir.path().join("replica.sqlite").exists());
    office.desk.close().await;
    centre.stop();
}
