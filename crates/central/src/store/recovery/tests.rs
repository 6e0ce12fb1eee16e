//! What desks send back: the truth is taken whoever tells it in pieces, and no lie is; what came back stands as it stood.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use domain::customer::{CertificateState, Customer, CustomerCommand, IncidentCause, StopScope};
use domain::id::{CertificateId, IncidentId, TerminalId};
use domain::institution::InstitutionEvent;
use domain::{Actor, ErrorCode};
use uuid::Uuid;
use wire::api::feed::FeedLeaf;
use wire::api::recovery::{HeldLeaf, SendBack, SentBack};

use super::Report;
use crate::store::{read, span};
use crate::testing::{
    BRANCH, Kind, TERMINAL, World, act, customer, holder, on_both, operator, staff, supervisor, teller,
};

const SERIALS: [&str; 2] = ["0111223344556677889900112233", "0122334455667788990011223344"];

fn stop(user: &str, n: u128) -> CustomerCommand {
    CustomerCommand::SuspendCertificates {
        incident: IncidentId(Uuid::from_u128(n)),
        cause: IncidentCause::Stolen,
        scope: StopScope::User { user: user.parse().unwrap() },
    }
}

/// A centre with two customers, its backup, and what came after: the first got a certificate and lost it, the second's
/// slip was printed once more.
struct Story {
    before: World,
    after: World,
    size: u64,
    rights: [CertificateId; 2],
}

async fn issued(world: &World, n: u128, right: CertificateId) {
    let (serial, key) = (SERIALS[n as usize - 1], n.to_string().repeat(64));
    world.intend(right, serial, &key).await;
    world.writer.act(world.fetch(n, right, serial, &key)).await.unwrap();
    world.writer.act(act(holder(), n, CustomerCommand::ConfirmCertificate { certificate: right }, None)).await.unwrap();
}

async fn story(kind: Kind) -> Story {
    let before = World::on(kind).await;
    let rights = [before.right(1, "ADMIN001").await, before.right(2, "ADMIN002").await];
    let backup = before.backup().await;
    let size = *before.writer.size().borrow();
    issued(&before, 1, rights[0]).await;
    before.writer.act(before.sealed(teller(), 1, stop("ADMIN001", 1), None, None)).await.unwrap();
    before.clock.advance(chrono::Duration::hours(1));
    before.writer.act(before.print(2, rights[1])).await.unwrap();
    // Refused, and an entry all the same.
    let approve = CustomerCommand::PrintSlip { certificate: rights[0] };
    before.writer.act(before.sealed(supervisor(), 1, approve, None, None)).await.unwrap_err();
    before.clock.advance(chrono::Duration::hours(1));
    let after = before.restored(&backup, before.dir.path()).await.unwrap();
    Story { before, after, size, rights }
}

impl Story {
    async fn send(&self, piece: SendBack) -> Result<SentBack, ErrorCode> {
        send(&self.after, TERMINAL, Some(BRANCH), piece).await
    }

    async fn held(&self) -> SendBack {
        self.before.held(1, self.size).await
    }

    async fn recover(&self, reason: Option<&str>) -> Result<(), ErrorCode> {
        let actor = if reason.is_some() { operator() } else { Actor::System { job: "recovery".into() } };
        self.after.writer.recover(actor, reason.map(Into::into)).await.map_err(|refusal| refusal.code)
    }
}

async fn send(
    world: &World,
    terminal: TerminalId,
    branch: Option<&str>,
    piece: SendBack,
) -> Result<SentBack, ErrorCode> {
    let branch = branch.map(|b| b.parse().unwrap());
    world.writer.report(Report { terminal, branch, piece }).await.map_err(|refusal| refusal.code)
}

async fn state(world: &World, n: u128) -> Customer {
    read::customer(&world.readers, customer(n)).await.unwrap().unwrap()
}

/// Everything but the version and what a recovery adds.
fn same(mut customer: Customer) -> Customer {
    customer.version = 0;
    customer
}

async fn what_came_back_stands_as_it_stood(kind: Kind) {
    let story = story(kind).await;
    assert_eq!(story.recover(None).await, Err(ErrorCode::Recovering), "nobody has reported");
    // Piece by piece, and each piece twice.
    let whole = story.held().await;
    assert_eq!(whole.leaves.len(), 5);
    for (n, leaf) in whole.leaves.iter().enumerate() {
        let piece = SendBack { from: story.size + n as u64, leaves: vec![leaf.clone()], ..whole.clone() };
        let sent = story.send(piece.clone()).await.unwrap();
        assert_eq!(sent, SentBack { next: story.size + n as u64 + 1, done: n == 4 });
        assert_eq!(story.send(piece).await.unwrap(), sent, "sent again");
    }
    story.recover(None).await.unwrap();
    assert!(!story.after.writer.recovering());
    assert_eq!(story.after.check().await.findings, []);
    assert_eq!(same(state(&story.after, 1).await), same(state(&story.before, 1).await));
    let found = state(&story.after, 1).await.certificates[0].clone();
    assert_eq!(found.state, CertificateState::Suspended, "stopped after the backup, and stopped");
    // The reader tables, too: what OCSP and the pickup page ask.
    let stopped =
        "SELECT COUNT(*) FROM certificate WHERE state = 'suspended' AND stop_reason = 6 AND serial IS NOT NULL";
    assert_eq!(story.after.count(stopped).await, 1);
    // The second one's codes are gone, both of them, and it is to be printed again.
    let second = state(&story.after, 2).await.certificates[0].clone();
    assert_eq!((second.state, second.slips), (CertificateState::Authorised, 0));
    let codes = "SELECT COUNT(*) FROM pickup_code";
    assert_eq!(story.after.count(codes).await, 1, "only the one that was fetched with");
    story.after.writer.act(story.after.print(2, story.rights[1])).await.unwrap();
    assert_eq!(story.recover(None).await, Err(ErrorCode::EpochEnded), "once");
    let restarted = story.after.restart(async |_| {}).await.unwrap();
    assert!(!restarted.writer.recovering());
    assert_eq!(restarted.check().await.findings, []);
}

async fn an_act_sent_again_after_the_recovery_gets_the_answer_of_its_entry(kind: Kind) {
    let before = World::on(kind).await;
    before.right(1, "ADMIN001").await;
    let (backup, size) = (before.backup().await, *before.writer.size().borrow());
    let stop = before.sealed(teller(), 1, stop("ADMIN001", 1), None, None);
    let first = before.writer.act(stop.clone()).await.unwrap();
    let after = before.restored(&backup, before.dir.path()).await.unwrap();
    send(&after, TERMINAL, Some(BRANCH), before.held(1, size).await).await.unwrap();
    after.writer.recover(Actor::System { job: "recovery".into() }, None).await.unwrap();
    let entries = *after.writer.size().borrow();
    let again = after.writer.act(stop.clone()).await.unwrap();
    assert_eq!((again.index, again.at), (size + 1, first.at));
    assert_eq!(*after.writer.size().borrow(), entries, "not a second act");
    // The same id with other bytes is still refused.
    let mut other = stop;
    other.sealed.as_mut().unwrap().request_sha256 = "00".repeat(32);
    assert_eq!(after.writer.act(other).await.unwrap_err().code, ErrorCode::CommandIdReused);
    assert_eq!(after.check().await.findings, []);
}

async fn a_stop_of_meanwhile_holds_for_what_comes_back(kind: Kind) {
    let story = story(kind).await;
    // The certificate that came after the backup is not known here: what is known is the right.
    let stop = story.after.sealed(teller(), 1, stop("ADMIN001", 9), None, None);
    story.after.writer.act(stop).await.unwrap();
    // Nothing to stop, as far as anybody knows: not refused for good.
    let vain = story.after.sealed(teller(), 1, self::stop("ADMIN001", 10), None, None);
    assert_eq!(story.after.writer.act(vain.clone()).await.unwrap_err().code, ErrorCode::Recovering);
    let mut whole = story.held().await;
    // Without the stop of then: only the certificate itself comes back.
    let cut = story.before.everything().await;
    drop(cut);
    whole.leaves.truncate(5);
    story.send(whole).await.unwrap();
    story.recover(None).await.unwrap();
    let found = state(&story.after, 1).await.certificates[0].clone();
    assert_eq!(found.state, CertificateState::Suspended);
    assert_eq!(story.after.check().await.findings, []);
    // Asked again, now that everything is known, it is decided.
    assert_eq!(story.after.writer.act(vain).await.unwrap_err().code, ErrorCode::StoppedAlready);
}

async fn a_certificate_that_comes_back_after_a_stop_is_not_good(kind: Kind) {
    let before = World::on(kind).await;
    let right = before.right(1, "ADMIN001").await;
    let (backup, size) = (before.backup().await, *before.writer.size().borrow());
    issued(&before, 1, right).await;
    before.clock.advance(chrono::Duration::hours(1));
    let after = before.restored(&backup, before.dir.path()).await.unwrap();
    after.writer.act(after.sealed(teller(), 1, stop("ADMIN001", 9), None, None)).await.unwrap();
    send(&after, TERMINAL, Some(BRANCH), before.held(1, size).await).await.unwrap();
    after.writer.recover(Actor::System { job: "recovery".into() }, None).await.unwrap();
    assert_eq!(state(&after, 1).await.certificates[0].state, CertificateState::Suspended);
    let serial = crate::store::standing::SerialOctets::of(&SERIALS[0].parse().unwrap()).unwrap();
    let (standing, _) = after.writer.standings().standing(&after.readers, &serial).await.unwrap();
    assert!(matches!(standing, crate::store::standing::Standing::Stopped(_)), "{standing:?}");
    assert_eq!(after.writer.standings().list().0.len(), 1, "on the list as well");
    assert_eq!(after.check().await.findings, []);
}

async fn no_lie_is_taken(kind: Kind) {
    let story = story(kind).await;
    let whole = story.held().await;
    let lied = |change: &dyn Fn(&mut SendBack)| {
        let mut lie = whole.clone();
        change(&mut lie);
        lie
    };
    let flip = |leaf: &mut HeldLeaf, at: usize| {
        let HeldLeaf::Entry { e, .. } = leaf else { panic!("an entry") };
        // A salt: the entry can still be read.
        let text = String::from_utf8(e.0.clone()).unwrap();
        let place = text.rfind("\"salt\":\"").unwrap() + 8 + at;
        e.0[place] = if e.0[place] == b'A' { b'B' } else { b'A' };
    };
    let foreign = story.before.restored(&story.before.backup().await, story.before.dir.path()).await.unwrap();
    let size = *foreign.writer.size().borrow();
    let other_note = read::checkpoint_at(&foreign.readers, size).await.unwrap().unwrap();
    let lies: Vec<(&str, ErrorCode, SendBack)> = vec![
        ("a flipped byte", ErrorCode::LogMismatch, lied(&|lie| flip(&mut lie.leaves[1], 2))),
        (
            "a forged leaf",
            ErrorCode::LogMismatch,
            lied(&|lie| lie.leaves[4] = HeldLeaf::Hash { h: vec![7; 32].into() }),
        ),
        (
            "a short leaf",
            ErrorCode::RequestMalformed,
            lied(&|lie| lie.leaves[4] = HeldLeaf::Hash { h: vec![7; 31].into() }),
        ),
        ("a left out leaf", ErrorCode::RequestMalformed, {
            let mut lie = lied(&|lie| drop(lie.leaves.remove(2)));
            lie.leaves.push(HeldLeaf::Entry { e: b"{}".to_vec().into(), a: None });
            lie
        }),
        ("two leaves exchanged", ErrorCode::LogMismatch, lied(&|lie| lie.leaves.swap(0, 1))),
        ("one leaf more", ErrorCode::RequestMalformed, lied(&|lie| lie.leaves.push(lie.leaves[0].clone()))),
        ("a forged note", ErrorCode::LogMismatch, lied(&|lie| lie.note = lie.note.replace("mihon", "nihon"))),
        ("a note of another size", ErrorCode::LogMismatch, lied(&|lie| lie.size += 1)),
        ("a note of another epoch", ErrorCode::LogMismatch, lied(&|lie| lie.note.clone_from(&other_note))),
        ("no note", ErrorCode::LogMismatch, lied(&|lie| lie.note.clear())),
        ("of an epoch that was not before", ErrorCode::LogMismatch, lied(&|lie| lie.former = 1)),
        ("of an epoch that is not", ErrorCode::LogMismatch, lied(&|lie| lie.epoch = 9)),
        (
            "another's attachment",
            ErrorCode::AttachmentMismatch,
            lied(&|lie| {
                if let HeldLeaf::Entry { a, .. } = &mut lie.leaves[0] {
                    *a = Some(b"{}".to_vec().into());
                }
            }),
        ),
    ];
    for (what, code, lie) in lies {
        assert_eq!(story.send(lie).await, Err(code), "{what}");
        assert_eq!(story.after.count("SELECT COUNT(*) FROM recovered_entry").await, 0, "{what}");
    }
    // Entries that this terminal may not read, from whomever it has them.
    assert_eq!(send(&story.after, TERMINAL, Some("012"), whole.clone()).await, Err(ErrorCode::BranchNotPermitted));
    // A piece that leaves a hole is told where to go on.
    let mut ahead = whole.clone();
    ahead.from += 2;
    assert_eq!(story.send(ahead).await, Ok(SentBack { next: story.size, done: false }));
    assert_eq!(story.recover(None).await, Err(ErrorCode::Recovering));
    // And the truth still fits after all of it.
    assert!(story.send(whole).await.unwrap().done);
    story.recover(None).await.unwrap();
    assert_eq!(story.after.check().await.findings, []);
}

async fn what_nobody_holds_is_given_up_by_a_person_only(kind: Kind) {
    let story = story(kind).await;
    let mut whole = story.held().await;
    // The confirmation of the first certificate is held as a bare hash.
    let HeldLeaf::Entry { e, .. } = &whole.leaves[1] else { panic!("an entry") };
    whole.leaves[1] = HeldLeaf::Hash { h: tlog::leaf_hash(&e.0).0.to_vec().into() };
    assert!(story.send(whole).await.unwrap().done);
    assert_eq!(story.recover(None).await, Err(ErrorCode::Recovering));
    assert_eq!(story.recover(Some(" ")).await, Err(ErrorCode::TextMissing));
    assert!(story.after.writer.recovering());
    let size = *story.after.writer.size().borrow();
    story.recover(Some("本店の火災")).await.unwrap();
    assert_eq!(story.after.check().await.findings, []);
    // What came after the hole on the same customer is not put on top of it: the stop would speak of a certificate in use.
    let first = state(&story.after, 1).await;
    assert_eq!(first.certificates[0].state, CertificateState::Signed, "never confirmed here, and so on hold");
    // The entry that ends it names the hole, and what stood on top of it.
    let end = *story.after.writer.size().borrow();
    let leaves = span::leaves(&story.after.readers, size, end, None).await.unwrap();
    let entries = leaves.iter().map(|leaf| match leaf {
        FeedLeaf::Entry { e, .. } => wire::Entry::from_bytes(&e.0).unwrap(),
        FeedLeaf::Hash { .. } => panic!("everything was asked for"),
    });
    let given_up: Vec<(u64, u64)> = entries
        .flat_map(|entry| entry.events)
        .filter_map(|event| match event {
            domain::Event::Institution(InstitutionEvent::RecoveryEnded { missing, .. }) => Some(missing),
            _ => None,
        })
        .flatten()
        .map(|missing| (missing.from - story.size, missing.to - story.size))
        .collect();
    assert_eq!(given_up, [(1, 3)]);
    assert!(*story.after.writer.size().borrow() > size);
    // Another's slip was not touched by that.
    assert_eq!(state(&story.after, 2).await.certificates[0].slips, 0, "came back, and its code is lost");
}

async fn a_terminal_that_never_reports_is_waited_for_until_it_is_cut_off(kind: Kind) {
    let story = story(kind).await;
    let silent = TerminalId(Uuid::from_u128(77));
    // Enrolled before the backup in another world; here by hand, past the gate.
    let status = |world: &World| {
        let place = world.place.clone();
        let epochs = world.writer.epochs();
        async move {
            let mut db = place.reader().await.unwrap();
            super::status(&mut db, epochs.recovery().unwrap()).await.unwrap()
        }
    };
    let waiting = status(&story.after).await;
    assert_eq!((waiting.seen, waiting.unheard.len(), waiting.complete()), (story.size, 1, false));
    assert!(send(&story.after, silent, None, story.held().await).await.unwrap().done, "a head office desk has it all");
    let waiting = status(&story.after).await;
    assert_eq!((waiting.missing.len(), waiting.unheard.len()), (0, 1), "the branch's own desk has not been heard");
    assert_eq!(story.recover(None).await, Err(ErrorCode::Recovering));
    let revoke = domain::terminal::TerminalCommand::RevokeTerminal {};
    let revoke = crate::store::act::Command::Terminal(TERMINAL, revoke);
    story.after.command(operator(), revoke).await.unwrap();
    story.recover(None).await.unwrap();
    assert_eq!(story.after.check().await.findings, []);
}

async fn a_desk_that_has_seen_nothing_more_says_so_and_late_ones_change_nothing(kind: Kind) {
    let story = story(kind).await;
    let nothing =
        SendBack { epoch: 1, former: 0, size: story.size, note: String::new(), from: story.size, leaves: Vec::new() };
    let done = SentBack { next: story.size, done: true };
    assert_eq!(story.send(nothing.clone()).await, Ok(done));
    assert_eq!(story.send(nothing).await, Ok(done));
    story.recover(None).await.unwrap();
    let size = *story.after.writer.size().borrow();
    let whole = story.held().await;
    assert!(story.send(whole).await.unwrap().done, "it need not send it for ever");
    assert_eq!(*story.after.writer.size().borrow(), size);
    assert_eq!(story.after.count("SELECT COUNT(*) FROM recovered_entry").await, 0);
    let _ = staff("S2001", domain::Role::Supervisor, BRANCH);
}

async fn twice_restored_it_comes_back_from_the_last_epoch(kind: Kind) {
    let story = story(kind).await;
    story.send(story.held().await).await.unwrap();
    story.recover(None).await.unwrap();
    // The same old backup is put back once more; the desks have been in epoch 1 meanwhile.
    let backup = story.before.dir.path().join("old.backup");
    let old = std::fs::read_dir(story.before.dir.path()).unwrap().map(|f| f.unwrap().path());
    std::fs::rename(old.into_iter().find(|p| p.extension().is_some_and(|e| e == "backup")).unwrap(), &backup).unwrap();
    let third = story.before.restored(&backup, story.before.dir.path()).await.unwrap();
    assert_eq!(third.writer.epochs().current(), 2);
    let held = story.after.held(2, story.size).await;
    assert_eq!(held.former, 1);
    assert!(send(&third, TERMINAL, Some(BRANCH), held).await.unwrap().done);
    third.writer.recover(Actor::System { job: "recovery".into() }, None).await.unwrap();
    assert_eq!(third.check().await.findings, []);
    assert_eq!(same(state(&third, 1).await), same(state(&story.before, 1).await), "with the times of then");
    // No place is there twice, whatever the epoch.
    let doubles = "SELECT COUNT(*) FROM entry WHERE id IN (SELECT id FROM entry GROUP BY id HAVING COUNT(*) > 1)";
    assert_eq!(third.count(doubles).await, 0);
}

on_both!(
    what_came_back_stands_as_it_stood,
    an_act_sent_again_after_the_recovery_gets_the_answer_of_its_entry,
    a_stop_of_meanwhile_holds_for_what_comes_back,
    a_certificate_that_comes_back_after_a_stop_is_not_good,
    no_lie_is_taken,
    what_nobody_holds_is_given_up_by_a_person_only,
    a_terminal_that_never_reports_is_waited_for_until_it_is_cut_off,
    a_desk_that_has_seen_nothing_more_says_so_and_late_ones_change_nothing,
    twice_restored_it_comes_back_from_the_last_epoch
);
