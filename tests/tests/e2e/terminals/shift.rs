//! A PC that works for another branch from now on: the old branch's copy goes, the new one's comes, and nothing that was made
//! there is lost without somebody saying so.

use desk::secrets::Secrets;
use desk::view::OutboxState;
use desk::{Desk, Over};
use domain::ErrorCode;
use e2e::centre::PASSWORD;
use e2e::line::Line;

use super::*;

async fn over(desk: &Desk) {
    let mut over = desk.over();
    let moved = over.wait_for(|over| *over == Over::Moved);
    tokio::time::timeout(PATIENCE, moved).await.expect("never moved").unwrap();
}

async fn opened_again(office: &Office) -> Desk {
    let profile = desk::profile::Profile { dir: office.dir.path().to_owned(), training: true };
    let desk = Desk::open_with(profile, &Secrets::Files(office.dir.path().join("secrets"))).await.unwrap();
    until("everything here", || async {
        let status = desk.status().await.unwrap();
        status.online && status.progress.is_none()
    })
    .await;
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_of_the_old_branch_goes_and_the_new_one_comes() {
    let (mut centre, office, head) = world().await;
    let there = {
        let at = centre.at().terminal.trim_start_matches("https://").parse().unwrap();
        centre.stop();
        let invitation = centre.invite("012", "窓口 1番");
        centre.config.listen.terminal = at;
        centre.start();
        Office::enrol(&centre, &invitation).await
    };
    office.sign_in("T1001").await;
    let here = office.record_customer("1111111", "此処商店", "ココショウテン").await;
    there.sign_in("T3001").await;
    let theirs = there.record_customer("2222222", "其処商店", "ソコショウテン").await;
    let id = office.identity.terminal.to_string();
    until("on-line", || async { head.desk.status().await.unwrap().online }).await;
    head.sign_in("H9001").await;
    let field = head.desk.move_terminal(&id, "999x", "窓口 2番").await.unwrap_err().view();
    assert_eq!((field.code, field.args["field"].as_str()), (ErrorCode::BranchCodeMalformed, "branch"));
    head.desk.move_terminal(&id, "012", "窓口 2番").await.unwrap();
    over(&office.desk).await;
    assert_eq!(office.desk.customer(&here).await.unwrap_err().code(), ErrorCode::TerminalMoved);

    let desk = opened_again(&office).await;
    let status = desk.status().await.unwrap();
    assert_eq!((status.branch_code.as_str(), status.terminal_label.as_str()), ("012", "窓口 2番"));
    assert_eq!(desk.sign_in("T1001", PASSWORD).await.unwrap_err().code(), ErrorCode::BranchNotPermitted);
    desk.sign_in("T3001", PASSWORD).await.unwrap();
    until("their customer", || async { desk.customer(&theirs).await.is_ok() }).await;
    assert_eq!(desk.customer(&here).await.unwrap_err().code(), ErrorCode::CustomerUnknown);
    assert!(desk.search("ココ").await.unwrap().hits.is_empty());
    // It works there.
    let customer = e2e::office::record(&desk, "3333333", "彼処商店", "カシコショウテン").await;
    until("seen by the branch", || async { there.desk.customer(&customer).await.is_ok() }).await;
    for desk in [&desk, &there.desk, &head.desk] {
        desk.close().await;
    }
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

/// What waits is sent first, as its author's; a draft is lost only when somebody says so.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_sent_and_a_draft_is_asked_about() {
    let (mut centre, office, head) = world().await;
    let line = Line::to(&centre.at().terminal).await;
    let mut office = office;
    office.identity.terminal_url = line.url();
    let office = office.reopen().await;
    until("on-line", || async { office.desk.status().await.unwrap().online }).await;
    office.sign_in("T1001").await;
    let customer = office.record_customer("1111111", "此処商店", "ココショウテン").await;
    let draft = office.new_contract(&customer, "4000000002", "DRAFT001").await;
    office.desk.save_draft(draft).await.unwrap();
    let form = office.new_contract(&customer, "4000000001", "WAITS001").await;
    line.cut();
    until("off-line", || async { !office.desk.status().await.unwrap().online }).await;
    assert_eq!(office.desk.submit_application(form.clone()).await.unwrap().state, OutboxState::Waiting);
    head.desk.move_terminal(&office.identity.terminal.to_string(), "012", "窓口 2番").await.unwrap();
    line.mend();
    let args = || async {
        office.desk.sync_now();
        let stopped = office.desk.status().await.unwrap().stopped;
        stopped.filter(|stopped| stopped.code == ErrorCode::TerminalMoved).map(|stopped| stopped.args)
    };
    until("asked", || async { args().await.is_some_and(|args| args.get("waiting").is_some_and(|n| n == "0")) }).await;
    let args = args().await.unwrap();
    assert_eq!((args["branch"].as_str(), args["refused"].as_str()), ("012", "0"));
    assert_ne!(args["drafts"], "0", "a form is there, and nobody said that it may go");
    until("it arrived", || async { head.desk.application(&form.application_id).await.is_ok() }).await;
    assert_eq!(*office.desk.over().borrow(), Over::Ending);
    office.desk.leave_behind().unwrap();
    over(&office.desk).await;
    let desk = opened_again(&office).await;
    assert_eq!(desk.status().await.unwrap().branch_code, "012");
    desk.close().await;
    head.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}
