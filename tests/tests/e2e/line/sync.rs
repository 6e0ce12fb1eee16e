//! The first sync: it can be stopped and goes on where it stopped, whatever the line does; what is here can be used. And
//! the check, which makes everything anew.

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
    for file in ["replica.sqlite", "replica.sqlite-wal", "replica.sqlite-shm"] {
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
    until("searchable", || async { !desk.search("B0079X03").await.unwrap().is_empty() }).await;

    // Everything is read again and made anew, and comes out as it was; the desk works meanwhile.
    desk.check_replica().unwrap();
    until("checked", || async { desk.sync_status().await.unwrap().check.phase == CheckPhase::Same }).await;
    assert!(!desk.search("B0079X03").await.unwrap().is_empty());
    maker.desk.close().await;
    desk.close().await;
    centre.stop();
}
