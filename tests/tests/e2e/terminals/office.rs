//! Head office invites by two persons, and sees when each terminal was heard.

use desk::enrol::first;
use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::view::{EnrolForm, TerminalView};
use desk::{Desk, DeskError};
use domain::ErrorCode;
use domain::terminal::TerminalState;
use e2e::centre::PASSWORD;

use super::*;

async fn one(desk: &Desk, label: &str) -> Option<TerminalView> {
    desk.terminals().await.unwrap().into_iter().find(|one| one.label == label)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_asks_another_agrees_and_the_invitation_is_shown_once() {
    let (mut centre, office, head) = world().await;
    let code = |error: DeskError| error.code();
    office.sign_in("S2001").await;
    let refused = office.desk.request_terminal(BRANCH, "窓口 2番").await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ActorNotPermitted);
    let field = head.desk.request_terminal("1234", "窓口 2番").await.unwrap_err().view();
    assert_eq!((field.code, field.args["field"].as_str()), (ErrorCode::BranchCodeMalformed, "branch"));
    head.desk.request_terminal(BRANCH, "窓口 2番").await.unwrap();
    let asked = one(&head.desk, "窓口 2番").await.unwrap();
    assert_eq!((asked.state, asked.may_authorise), (TerminalState::Requested, false));
    let id = asked.terminal_id;
    assert_eq!(head.desk.invite_terminal(&id, false).await.map(drop).map_err(code), Err(ErrorCode::TwoPersonRule));
    assert_eq!(head.desk.invite_terminal(&id, true).await.map(drop).map_err(code), Err(ErrorCode::TerminalState));
    head.sign_in("A9101").await;
    assert_eq!(head.desk.invite_terminal(&id, false).await.map(drop).map_err(code), Err(ErrorCode::ActorNotPermitted));
    head.sign_in("H9002").await;
    let asked = one(&head.desk, "窓口 2番").await.unwrap();
    assert!(asked.may_authorise && asked.requested_by.contains("H9001"), "{asked:?}");
    let lost = head.desk.invite_terminal(&id, false).await.unwrap();
    assert!(lost.pages.len() == 1 && lost.pages[0].starts_with("<svg"));
    assert_eq!(lost.centre, centre.at().enrol);
    assert!(one(&head.desk, "窓口 2番").await.unwrap().invited_until.is_some());
    // The paper is lost: another one ends it.
    let again = head.desk.invite_terminal(&id, true).await.unwrap();
    let paper = first::read_paper(&again.line).unwrap();
    assert_eq!(
        (paper.invitation.as_str(), paper.fingerprint.as_str()),
        (again.invitation.as_str(), again.hex.as_str())
    );

    let dir = tempfile::tempdir().unwrap();
    let profile = Profile { dir: dir.path().to_owned(), training: true };
    let secrets = Secrets::Files(dir.path().join("secrets"));
    let form = |invitation: &str| EnrolForm {
        centre: paper.centre.clone(),
        fingerprint: again.words.join(" "),
        compared: None,
        invitation: invitation.to_owned(),
    };
    let old = first::enrol(&profile, &secrets, &form(&lost.invitation)).await.unwrap_err();
    assert_eq!(old.code(), ErrorCode::InvitationDenied);
    first::enrol(&profile, &secrets, &form(&again.invitation)).await.unwrap();
    let desk = Desk::open_with(profile, &secrets).await.unwrap();
    until("on-line", || async { desk.status().await.unwrap().online }).await;
    desk.sign_in("T1001", PASSWORD).await.unwrap();

    // What it tells of itself is with head office, and is no entry.
    until("heard", || async {
        let known = one(&head.desk, "窓口 2番").await.unwrap();
        known.heard_at.is_some() && known.version == env!("CARGO_PKG_VERSION") && known.certificate_until.is_some()
    })
    .await;
    office.sign_in("S2001").await;
    assert_eq!(office.desk.terminals().await.map(drop).map_err(code), Err(ErrorCode::RoleNotPermitted));
    desk.close().await;
    office.desk.close().await;
    head.desk.close().await;
    centre.stop();
    let written: Vec<(String, String)> =
        e2e::table::rows(&centre.config, "SELECT terminal_id, version FROM terminal_contact").await;
    assert!(written.contains(&(id, env!("CARGO_PKG_VERSION").into())), "kept over the end of the service: {written:?}");
    assert_eq!(centre.check().findings, []);
}
