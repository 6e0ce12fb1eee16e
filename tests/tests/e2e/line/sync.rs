//! The first sync: it can be stopped and goes on where it stopped, whatever the line does; what is here can be used. And
//! the check, which makes everything anew.

use desk::Witness;
use desk::secrets::Secrets;
use desk::view::{CheckPhase, DeskState};
use e2e::terminal::Terminal;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_sync_is_stopped_and_cut_and_goes_on_where_it_was() {
    let mut centre = Centre::new(|_| {});
    let [first, second] = [1, 2].map(|n| centre.invite(BRANCH, &format!("窓口 {n}番")));
    centre.start();
    let maker = Office::enrol(&centre, &first).await;
    let terminal = Terminal::new(maker.identity.clone(), &Secrets::Files(maker.dir.path().join("secrets")));
    terminal.rights(320).await;

    let line = Line::to(&centre.at().terminal).await;
    line.cut();
    let mut office = Office::enrol(&centre, &second).await;
    office.desk.close().await;
    for file in
        ["replica.sqlite", "replica.sqlite-wal", "replica.sqlite-shm", "own.sqlite", "own.sqlite-wal", "own.sqlite-shm"]
    {
        let _ = std::fs::remove_file(office.dir.path().join(file));
    }
    office.identity.terminal_url = line.url();
    let office = office.reopen().await;
    let desk = &office.desk;
    assert_eq!(desk.status().await.unwrap().progress, None, "nothing is known yet");
    desk.sync_pause(true);
    line.mend();
    let paused = desk.status().await.unwrap();
    assert!(paused.progress.as_ref().is_some_and(|p| p.paused && p.stored == 0), "{paused:?}");
    assert_eq!(paused.state, DeskState::SignedOut, "what is here can be used, be it nothing");
    office.sign_in("T1001").await;
    assert_eq!(desk.sync_status().await.unwrap().size, 0, "stopped is stopped");

    // On, and cut again and again.
    desk.sync_pause(false);
    let all = maker.desk.clone();
    maker.sign_in("T1001").await;
    let mut seen = 0;
    loop {
        let (here, there) = (desk.sync_status().await.unwrap(), all.sync_status().await.unwrap());
        assert!(here.size >= seen, "it never goes back");
        if here.size > seen && here.size < there.size {
            line.cut();
            line.mend();
        }
        seen = here.size;
        if here.size == there.size && here.root == there.root && here.progress.is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(seen > 500, "{seen}");
    until("searchable", || async { !desk.search("B0079X03").await.unwrap().hits.is_empty() }).await;

    // Everything is read again and made anew, and comes out as it was; the desk works meanwhile.
    desk.check_replica().unwrap();
    until("checked", || async { desk.sync_status().await.unwrap().check.phase == CheckPhase::Same }).await;
    assert!(!desk.search("B0079X03").await.unwrap().hits.is_empty());
    maker.desk.close().await;
    desk.close().await;
    centre.stop();
}

/// Whatever index a desk stands at, the next answer goes on from there and is under a signed root; and it travels packed.
#[tokio::test(flavor = "multi_thread")]
async fn the_feed_is_taken_up_at_any_entry() {
    let world = world().await;
    let terminal =
        Terminal::new(world.office.identity.clone(), &Secrets::Files(world.office.dir.path().join("secrets")));
    terminal.rights(8).await;
    let verifier = tlog::CheckpointVerifier::parse(&world.office.identity.log_key).unwrap();
    let whole = terminal.feed(0, 10_000).await;
    let mut witness = Witness::new(verifier.clone(), tlog::Frontier::new());
    let leaves = witness.see(&whole).unwrap();
    assert_eq!((leaves.len() as u64, witness.size()), (whole.log_size, whole.log_size));
    let mut frontier = tlog::Frontier::new();
    for (from, leaf) in (0..).zip(&leaves) {
        let answer = terminal.feed(from, 1 + u32::try_from(from % 7).unwrap()).await;
        assert_eq!(answer.from, from);
        let seen = Witness::new(verifier.clone(), frontier.clone()).see(&answer).unwrap();
        assert_eq!(seen.first(), Some(leaf), "from {from}");
        // The same answer somewhere else is a lie.
        let mut elsewhere = frontier.clone();
        elsewhere.append(tlog::leaf_hash(b"another"));
        Witness::new(verifier.clone(), elsewhere).see(&answer).unwrap_err();
        frontier.append(*leaf);
    }
    let (encoding, octets) = terminal.feed_packed().await;
    assert_eq!(encoding, "zstd");
    assert!(octets * 2 < whole.to_bytes().len(), "{octets} of {}", whole.to_bytes().len());
    world.finish().await;
}

/// The centre's time is the time: a desk whose clock is off says so, and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_desk_whose_clock_is_off_says_so_and_goes_on() {
    for minutes in [-30, 30] {
        // The certificates of the centre are older than either clock.
        let clock = Clock::at(chrono::Utc::now() + chrono::Duration::minutes(minutes.min(0)));
        let world = world_at(clock.clone()).await;
        clock.advance(chrono::Duration::minutes(minutes.max(0)));
        let desk = &world.office.desk;
        until("said", || async {
            desk.sync_now();
            let off = i64::from(desk.status().await.unwrap().clock_offset_s);
            (off - minutes * 60).abs() < 120
        })
        .await;
        world.office.sign_in("T1001").await;
        let customer = world.office.record_customer("1234567", "見本", "ミホン").await;
        let form = world.office.new_contract(&customer, "4000000001", "CLOCK001").await;
        let application = form.application_id.clone();
        world.office.submit(form).await;
        let view = desk.application(&application).await.unwrap();
        let said = view.made_at.expect("the claim is worth a word");
        let apart = chrono::DateTime::parse_from_rfc3339(&view.submitted_at).unwrap()
            - chrono::DateTime::parse_from_rfc3339(&said).unwrap();
        assert!((apart.num_minutes() - minutes).abs() < 2 && !view.offline, "{apart}");
        world.finish().await;
    }
}
