//! 日次検印 from the desk to the centre and back: who may, which day, whose own exceptional work it is; and the 発行管理簿 of it.

use central::clock::Clock;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use desk::secrets::Secrets;
use desk::view::{SignOffForm, SignOffState, SignOffView};
use domain::branch::{BranchCommand, DayException, business_day_before};
use domain::customer::IncidentCause;
use domain::personal::Comment;
use domain::{ErrorCode, PersonalData, Policy};
use e2e::centre::{BRANCH, Centre, Kind, PASSWORD};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, root_pem, text};
use e2e::terminal::Terminal;
use wire::Body;
use wire::api::session::SignedIn;

use crate::moved::until;

e2e::on_both!(a_day_is_signed_off_by_somebody_who_did_nothing_exceptional_on_it);

/// Ten o'clock of the last business day that is over.
fn morning() -> (NaiveDate, DateTime<Utc>) {
    let day = business_day_before(domain::calendar::jst_day(Utc::now()), &Policy::default());
    (day, format!("{day}T10:00:00+09:00").parse().unwrap())
}

/// The centre's answer to a sign-off that no desk has looked at before.
async fn straight(
    terminal: &Terminal,
    by: &SignedIn,
    (day, size, root): (NaiveDate, u64, &str),
    comment: Option<&str>,
) -> Result<(), ErrorCode> {
    let command = BranchCommand::SignOffDay { day, size, root: root.into() };
    let body = Body::Branch { branch: BRANCH.parse().unwrap(), command };
    let beside = comment.map(|text| PersonalData::Comment(Comment { text: text.into() }));
    let request = terminal.seal_body(by, body, beside, false);
    terminal.send(by, &request).await.map(drop).map_err(|answer| answer.code)
}

fn form(view: &SignOffView, comment: &str) -> SignOffForm {
    SignOffForm {
        branch: view.branch.clone(),
        day: view.day.clone(),
        size: view.size.clone(),
        root: view.root.clone(),
        comment: comment.into(),
    }
}

/// A customer with a certificate, one stop without a word to anybody, and an approval over the teller's screen.
async fn work(centre: &Centre, office: &Office) -> String {
    let portal = Customer::new(&centre.at().portal, &root_pem(centre));
    let (user, code) = office.issue(1).await;
    let (key, csr) = fresh_key();
    let fetched = portal.fetch(&user, &code, &csr).await.unwrap();
    portal.confirm(&fetched, &key).await.unwrap();
    let desk = &office.desk;
    office.sign_in("T1001").await;
    let customer = office.record_customer("7654321", "見本運送株式会社", "ミホンウンソウ").await;
    let form = office.new_contract(&customer, "6000000001", "ADMIN0001").await;
    let application = form.application_id.clone();
    office.submit(form).await;
    let view = desk.application(&application).await.unwrap();
    desk.approve_over_lock(&application, &view.customer_version, "S2001", PASSWORD).await.unwrap();
    let right = desk.application(&application).await.unwrap().certificates.remove(0);
    desk.suspend(&customer, IncidentCause::Lost, "6000000001", Some(&right.user_id)).await.unwrap();
    user
}

async fn a_day_is_signed_off_by_somebody_who_did_nothing_exceptional_on_it(kind: Kind) {
    let (day, ten) = morning();
    let mut centre = Centre::with_clock(Clock::at(ten), |config| kind.choose(config));
    let invitations =
        [centre.invite(BRANCH, "窓口 1番"), centre.invite("012", "窓口 2番"), centre.invite("000", "本部")];
    centre.start();
    let office = Office::enrol(&centre, &invitations[0]).await;
    let other = Office::enrol(&centre, &invitations[1]).await;
    let head = Office::enrol(&centre, &invitations[2]).await;
    let terminal =
        |office: &Office| Terminal::new(office.identity.clone(), &Secrets::Files(office.dir.path().join("secrets")));
    let user = work(&centre, &office).await;
    let (desk, on) = (&office.desk, day.to_string());

    // While business goes on the day is looked at, and not signed off.
    office.sign_in("S2002").await;
    let days = desk.sign_off_days(None, None).await.unwrap();
    assert_eq!((days.branch.as_str(), days.missing, days.days.len()), (BRANCH, 0, 1));
    assert_eq!(days.days[0].state, SignOffState::Open);
    // What happened may still be on its way.
    let all = terminal(&office).size().await;
    let seen = async || desk.sign_off_day(BRANCH, &on).await.unwrap();
    until("everything of the day", async || seen().await.size.parse::<u64>().unwrap() >= all).await;
    let view = seen().await;
    assert_eq!(view.refusal.as_ref().map(|refusal| refusal.code), Some(ErrorCode::DayNotOver));
    let early = desk.sign_off(&form(&view, "確認")).await.unwrap_err();
    assert_eq!(early.code(), ErrorCode::DayNotOver);

    centre.clock.advance(Duration::hours(7));
    // The centre decides, whatever a desk says.
    let (here, there) = (terminal(&office), terminal(&other));
    let size: u64 = view.size.parse().unwrap();
    let seen = (day, size, view.root.as_str());
    for (staff, code) in [
        ("T1001", ErrorCode::RoleNotPermitted),
        ("R1101", ErrorCode::RoleNotPermitted),
        ("A9101", ErrorCode::RoleNotPermitted),
        // Approved over the lock.
        ("S2001", ErrorCode::DayOwnWork),
        ("S2002", ErrorCode::DayCommentMissing),
    ] {
        let by = here.sign_in(staff).await;
        let comment = (staff != "S2002").then_some("確認しました");
        assert_eq!(straight(&here, &by, seen, comment).await, Err(code), "{staff}");
    }
    let (by, elsewhere) = (here.sign_in("S2002").await, there.sign_in("S3001").await);
    assert_eq!(straight(&there, &elsewhere, seen, Some("確認")).await, Err(ErrorCode::BranchNotPermitted));
    let next = domain::calendar::business_days_after(day, 1, &[]);
    for (asked, code) in [
        ((next, size, view.root.as_str()), ErrorCode::DayNotOver),
        ((business_day_before(day, &Policy::default()), size, view.root.as_str()), ErrorCode::DayBeforeFirst),
        ((day, size, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), ErrorCode::DayHeadUnknown),
        ((day, size + 500, view.root.as_str()), ErrorCode::DayHeadUnknown),
    ] {
        assert_eq!(straight(&here, &by, asked, Some("確認")).await, Err(code), "{asked:?}");
    }

    // The desk says the same before anybody writes a word.
    office.sign_in("S2001").await;
    let view = desk.sign_off_day(BRANCH, &on).await.unwrap();
    assert_eq!(view.state, SignOffState::Missing);
    assert_eq!(view.refusal.map(|refusal| refusal.code), Some(ErrorCode::DayOwnWork));
    office.sign_in("S2002").await;
    let days = desk.sign_off_days(None, None).await.unwrap();
    assert_eq!(days.missing, 1);
    let view = desk.sign_off_day(BRANCH, &on).await.unwrap();
    let kinds: Vec<_> = view.exceptions.iter().map(|one| one.kinds.clone()).collect();
    assert_eq!(kinds, [vec![DayException::OverLock], vec![DayException::EmergencyStop]]);
    assert!(view.comment_needed && view.refusal.is_none());
    let silent = desk.sign_off(&form(&view, " ")).await.unwrap_err();
    assert_eq!(silent.code(), ErrorCode::DayCommentMissing);
    let words = "緊急停止は電話の記録と、役席操作は申込書と照合しました";
    desk.sign_off(&form(&view, words)).await.unwrap();
    let signed = desk.sign_off_day(BRANCH, &on).await.unwrap();
    let done = signed.done.unwrap();
    assert_eq!((signed.state, done.comment.as_deref()), (SignOffState::Signed, Some(words)));
    assert!(done.by.contains("S2002"), "{}", done.by);
    // What the centre counted is what the desk showed.
    assert_eq!((done.entries, done.exceptions), (view.entries, 2));
    assert_eq!((&signed.size, &signed.root), (&view.size, &view.root), "as of what was looked at");
    let twice = desk.sign_off(&form(&view, words)).await.unwrap_err();
    assert_eq!(twice.code(), ErrorCode::DaySignedOff);
    assert_eq!(straight(&here, &by, seen, Some("確認")).await, Err(ErrorCode::DaySignedOff));

    // On paper: every act, the exceptions marked, the head, the name.
    let paper = desk.day_ledger_pdf(BRANCH, &on).await.unwrap();
    let written: String = text(&paper.bytes).chars().filter(|c| !c.is_whitespace()).collect();
    for word in ["発行管理簿", &user, "見本運送株式会社", "◆緊急停止", "◆ロック画面での", "S2002", &view.size]
    {
        assert!(written.contains(word), "{word}: {written}");
    }
    assert!(view.words.iter().take(4).all(|word| written.contains(word.as_str())));

    // Head office sees it; the other branch does not, and its copy has nothing of it.
    head.sign_in("H9001").await;
    let days = head.desk.sign_off_days(Some(BRANCH), None).await.unwrap();
    assert_eq!(days.branches.len(), 3);
    let line = days.days.iter().find(|line| line.day == on).unwrap();
    assert_eq!((line.state, days.missing), (SignOffState::Signed, 0));
    let empty = head.desk.sign_off_day("012", &on).await.unwrap();
    assert!(empty.comment_needed && empty.refusal.is_none(), "head office signs for a branch, and says why");
    other.sign_in("S3001").await;
    assert_eq!(other.desk.sign_off_days(Some(BRANCH), None).await.unwrap_err().code(), ErrorCode::BranchNotPermitted);
    assert_eq!(other.desk.sign_off_day(BRANCH, &on).await.unwrap_err().code(), ErrorCode::BranchNotPermitted);
    centre.stop();
    assert_eq!(centre.check().findings, []);
}
