//! 移管 in the real window, without a mouse: one person of head office says whose customers go and sees what goes with them; another
//! one agrees; what became of it is said.

use desk::secrets::Secrets;
use e2e::centre::{BRANCH, Centre};
use e2e::office::Office;
use e2e::terminal::Terminal;
use thirtyfour::prelude::*;

use crate::moved::{open_branches, until};
use crate::window::shown;
use crate::window_enrol::{enrolled, signed_in, start_desk};

#[tokio::test(flavor = "multi_thread")]
async fn customers_move_by_the_word_of_two() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut centre = Centre::new(|_| {});
    let seats = [("000", "本部 1番"), ("000", "本部 2番"), (BRANCH, "窓口 1番")].map(|(b, l)| centre.invite(b, l));
    centre.start();
    let [window, head, branch] = &seats;
    let (head, branch) = (Office::enrol(&centre, head).await, Office::enrol(&centre, branch).await);
    head.sign_in("H9001").await;
    let terminal = Terminal::new(head.identity.clone(), &Secrets::Files(head.dir.path().join("secrets")));
    open_branches(&head, &terminal).await;
    for n in 1..=3 {
        branch.issue(n).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_desk(&folder.path().join("profile"));
    let desk = shown(port, "branches").await;
    desk.find("enrol").await;
    enrolled(&desk, &centre, window).await;

    // The first person: two customers, one of them with another number there.
    signed_in(&desk, "h9001").await;
    desk.enter("nav-admin").await;
    desk.enter("admin-branches").await;
    desk.find(&format!("branch-{BRANCH}")).await;
    for (field, text) in [("move-branch", BRANCH), ("move-into", "012"), ("move-cif-0", "2000001")] {
        desk.tab_to(field).await;
        desk.keys(text).await;
    }
    desk.enter("move-add").await;
    desk.find("move-cif-1").await;
    assert_eq!(desk.focused().await, "move-cif-1", "the new line has the focus");
    desk.keys("2000007").await;
    desk.tab_to("move-new-cif-1").await;
    desk.keys("2000092").await;
    desk.press(Key::Enter).await;
    desk.find("error").await;
    desk.shot("01-no-such-customer").await;
    desk.tab_to("move-cif-1").await;
    desk.retype("2000002").await;
    desk.press(Key::Enter).await;
    desk.find("taken-along").await;
    let counts = desk.text("taken-along").await;
    assert!(counts.contains("お客様 2件、利用者ID 2件、証明書(発行済を含む) 2件"), "{counts}");
    let leaving = desk.text("leaving").await;
    assert!(leaving.contains("見本商店1") && leaving.contains("2000092"), "{leaving}");
    desk.shot("02-outlook").await;
    desk.enter("move-send").await;
    desk.find(&format!("branch-own-{BRANCH}")).await;
    let confirms = desk.driver.find_all(By::Css(format!("[data-testid='branch-confirm-{BRANCH}']"))).await.unwrap();
    assert!(confirms.is_empty(), "nobody confirms the own request");
    desk.shot("03-waiting-own").await;

    // A merger asked for beside it is refused while this one waits; the second person sees the same, and agrees.
    desk.enter("sign-out").await;
    desk.find("sign-in").await;
    signed_in(&desk, "h9002").await;
    desk.enter("nav-admin").await;
    desk.enter("admin-branches").await;
    desk.enter(&format!("branch-confirm-{BRANCH}")).await;
    desk.find("taken-along").await;
    assert_eq!(desk.text("taken-along").await, counts);
    desk.shot("04-confirm").await;
    desk.enter("branch-proposal-yes").await;
    desk.find("branch-carried").await;
    let carried = desk.text("branch-carried").await;
    assert!(carried.contains("012 へ2件を移管"), "{carried}");
    desk.shot("05-carried-out").await;
    until("the copy at the old branch", async || branch.desk.search("USER00001").await.unwrap().hits.is_empty()).await;

    // 店舗統廃合 asks too.
    desk.enter(&format!("branch-act-{BRANCH}")).await;
    desk.find("taken-along").await;
    desk.tab_to("merge-into").await;
    desk.keys("012").await;
    desk.shot("06-merger").await;
    desk.enter("merge-yes").await;
    desk.find(&format!("branch-proposal-{BRANCH}")).await;
    let asked = desk.text("branch-proposals").await;
    assert!(asked.contains("西支店(012) へ統合"), "{asked}");
    let _ = desk.driver.quit().await;
    centre.stop();
}
