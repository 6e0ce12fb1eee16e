//! The first start, step by step, with everything that may be wrong at each step.

use desk::enrol::first::{enrol, look};
use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::view::EnrolForm;
use desk::{Desk, DeskError};
use domain::ErrorCode;
use e2e::centre::PASSWORD;
use wire::fingerprint::Fingerprint;

use super::*;

struct Pc {
    _dir: tempfile::TempDir,
    profile: Profile,
    secrets: Secrets,
}

fn pc() -> Pc {
    let dir = tempfile::tempdir().unwrap();
    // As in training: keys in files. The real keyring is the window's test.
    let profile = Profile { dir: dir.path().to_owned(), training: true };
    let secrets = Secrets::Files(dir.path().join("secrets"));
    Pc { _dir: dir, profile, secrets }
}

fn form(centre: &str, fingerprint: &str, invitation: &str) -> EnrolForm {
    EnrolForm { centre: centre.into(), fingerprint: fingerprint.into(), compared: None, invitation: invitation.into() }
}

/// Code and field of a refusal.
fn told(error: &DeskError) -> (ErrorCode, String) {
    (error.code(), error.view().args.get("field").cloned().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_is_said_at_its_field_and_may_be_tried_again() {
    let mut centre = Centre::new(|_| {});
    let [invitation, other] = ["窓口 1番", "窓口 2番"].map(|label| centre.invite(BRANCH, label));
    centre.start();
    let root = Fingerprint::of(&std::fs::read(centre.key_file("root.cer")).unwrap());
    let words = root.words().join(" ");
    let at = centre.at().enrol.clone();
    let first = pc();
    let tried = async |form: EnrolForm| enrol(&first.profile, &first.secrets, &form).await.map_err(|e| told(&e));
    let field = |code, field: &str| Err((code, field.to_owned()));

    // The address: no address, nobody there, somebody else there.
    let empty = nobody();
    assert_eq!(tried(form("", &words, &invitation)).await, field(ErrorCode::TextMissing, "centre"));
    assert_eq!(tried(form("ftp://x", &words, &invitation)).await, field(ErrorCode::CentreAddressMalformed, "centre"));
    assert_eq!(tried(form(&empty, &words, &invitation)).await, field(ErrorCode::Offline, "centre"));
    let portal = centre.at().portal.replace("/pickup/", "");
    assert_eq!(tried(form(&portal, &words, &invitation)).await, field(ErrorCode::CentreNotThere, "centre"));

    // Who it is: shown before anything is sent, and nothing is sent to anybody else.
    let seen = look(&first.profile, &form(&at, "", "")).await.unwrap();
    assert_eq!((seen.words.join(" "), seen.fits, seen.centre.as_str()), (words.clone(), None, at.as_str()));
    let wrong = Fingerprint::of(b"another").words().join(" ");
    assert_eq!(look(&first.profile, &form(&at, &wrong, "")).await.unwrap().fits, Some(false));
    assert_eq!(look(&first.profile, &form(&at, &root.to_hex(), "")).await.unwrap().fits, Some(true));
    assert_eq!(tried(form(&at, &wrong, &invitation)).await, field(ErrorCode::FingerprintMismatch, "fingerprint"));
    assert_eq!(tried(form(&at, "", &invitation)).await, field(ErrorCode::FingerprintMissing, "fingerprint"));
    let typo = words.replacen(root.words()[0], root.words()[1], 1);
    assert_eq!(tried(form(&at, &typo, &invitation)).await, field(ErrorCode::FingerprintTypo, "fingerprint"));

    // The invitation: none, a wrong one; then the right one, after all of that, with the same key.
    assert_eq!(tried(form(&at, &words, " ")).await, field(ErrorCode::TextMissing, "invitation"));
    let bad = form(&at, &words, "AAAA-AAAA-AAAA-AAAA-AAAA");
    assert_eq!(tried(bad).await, field(ErrorCode::InvitationDenied, "invitation"));
    let key = first.secrets.get("terminal-key").unwrap().unwrap();
    let compared =
        EnrolForm { compared: Some(root.to_hex()), ..form(&at, "", &invitation.to_lowercase().replace('-', " ")) };
    tried(compared).await.unwrap();
    assert_eq!(first.secrets.get("terminal-key").unwrap().unwrap(), key, "one key through all tries");
    tried(form(&at, &words, &invitation)).await.unwrap();

    // Used by another PC; and another one's invitation on this one.
    let second = pc();
    let used = enrol(&second.profile, &second.secrets, &form(&at, &words, &invitation)).await.unwrap_err();
    assert_eq!(told(&used), (ErrorCode::InvitationDenied, "invitation".into()));
    enrol(&second.profile, &second.secrets, &form(&at, &words, &other)).await.unwrap();

    // It is a desk.
    let desk = open(&first).await;
    until("on-line", || async { desk.status().await.unwrap().online }).await;
    desk.sign_in("T1001", PASSWORD).await.unwrap();
    assert_eq!(desk.status().await.unwrap().terminal_label, "窓口 1番");
    desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

async fn open(pc: &Pc) -> Desk {
    Desk::open_with(pc.profile.clone(), &pc.secrets).await.unwrap()
}

fn nobody() -> String {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("https://{}", socket.local_addr().unwrap())
}
