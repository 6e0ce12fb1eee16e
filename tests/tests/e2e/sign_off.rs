//! 日次検印 from the desk to the centre and back: who may, which day, whose own exceptional work it is; and the 発行管理簿 of it.

use central::clock::Clock;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use desk::secrets::Secrets;
use desk::view::{PolicyForm, PolicyPartView, SignOffForm, SignOffState, SignOffView};
use domain::branch::{BranchCommand, BusinessDays, DayException};
use domain::customer::IncidentCause;
use domain::personal::Comment;
use domain::{ErrorCode, PersonalData, Policy};
use e2e::centre::{BRANCH, Centre, Kind, PASSWORD};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, root_pem, text};
use e2e::terminal::Terminal;
use wire::Body;
use wire::api::session::SignedIn;

use crate::moved::{agree, open_branches, until};

e2e::on_both!(a_day_is_signed_off_by_somebody_who_did_nothing_exceptional_on_it);
e2e::on_both!(a_change_of_the_closing_hour_leaves_nothing_unsigned);

fn business_day_before(day: NaiveDate) -> NaiveDate {
    BusinessDays::always(Policy::default()).before(day)
}

/// Ten o'clock of the last business day that is over.
fn morning() -> (NaiveDate, DateTime<Utc>) {
    let day = business_day_before(domain::calendar::jst_day(Utc::now()));
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
        ((business_day_before(day), size, view.root.as_str()), ErrorCode::DayBeforeFirst),
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

/// Head office lets business close at another hour from a day on.
async fn closes_at(head: &Office, hour: &str, from: NaiveDate) {
    let part = PolicyPartView { key: "business_until_hour".into(), before: Vec::new(), after: vec![hour.into()] };
    head.sign_in("H9001").await;
    head.desk.propose_policy(&PolicyForm { parts: vec![part], effective_on: from.to_string() }).await.unwrap();
    head.sign_in("H9002").await;
    let change = head.desk.policy().await.unwrap().changes.remove(0).change_id;
    head.desk.confirm_policy(&change).await.unwrap();
}

/// The supervisor's view of a day, with everything that the log has.
async fn shown(office: &Office, day: NaiveDate) -> SignOffView {
    let terminal = Terminal::new(office.identity.clone(), &Secrets::Files(office.dir.path().join("secrets")));
    let (on, all) = (day.to_string(), terminal.size().await);
    let seen = async || office.desk.sign_off_day(BRANCH, &on).await;
    // What has come is still being taken in, or is on its way.
    until("everything of the day", async || {
        seen().await.is_ok_and(|view| view.state == SignOffState::Signed || view.size.parse::<u64>().unwrap() >= all)
    })
    .await;
    seen().await.unwrap()
}

/// Monday is signed off at 17:05, business closes at 18 from Tuesday on, and on Monday at 17:30 somebody stops a certificate: that is
/// in Tuesday, which is signed off when it closes at 18, and not in Monday, which nobody signs again.
async fn a_change_of_the_closing_hour_leaves_nothing_unsigned(kind: Kind) {
    let (tuesday, _) = morning();
    let monday = business_day_before(tuesday);
    let of = |day: NaiveDate, time: &str| -> DateTime<Utc> { format!("{day}T{time}:00+09:00").parse().unwrap() };
    let instant = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let clock = Clock::at(of(monday, "10:00"));
    let set = |to: DateTime<Utc>| clock.advance(to - clock.now());
    let mut centre = Centre::with_clock(clock.clone(), |config| kind.choose(config));
    let invitations = [centre.invite(BRANCH, "窓口 1番"), centre.invite("000", "本部")];
    centre.start();
    let (office, head) = (Office::enrol(&centre, &invitations[0]).await, Office::enrol(&centre, &invitations[1]).await);
    let desk = &office.desk;
    let (user, _) = office.issue(1).await;
    let customer = desk.search(&user).await.unwrap().hits.remove(0).customer_id;

    set(of(monday, "17:05"));
    office.sign_in("S2002").await;
    let before = shown(&office, monday).await;
    desk.sign_off(&form(&before, "")).await.unwrap();
    closes_at(&head, "18", tuesday).await;
    set(of(monday, "17:30"));
    office.sign_in("T1001").await;
    desk.suspend(&customer, IncidentCause::Lost, "", Some(&user)).await.unwrap();

    set(of(tuesday, "17:30"));
    office.sign_in("S2002").await;
    let view = shown(&office, tuesday).await;
    assert_eq!(instant(&view.from), of(monday, "17:00"), "where Monday ended when it was signed off");
    assert_eq!((instant(&view.until), view.state), (of(tuesday, "18:00"), SignOffState::Open));
    set(of(tuesday, "18:00"));
    // A desk learns the centre's time by asking it.
    office.sign_in("S2002").await;
    let view = shown(&office, tuesday).await;
    let kinds: Vec<_> = view.exceptions.iter().flat_map(|one| one.kinds.clone()).collect();
    assert_eq!(kinds, [DayException::EmergencyStop, DayException::OutsideHours]);
    desk.sign_off(&form(&view, "電話の記録と照合しました")).await.unwrap();
    let done = shown(&office, tuesday).await.done.unwrap();
    assert_eq!((done.entries, done.exceptions), (view.entries, 1), "the centre counts the same");

    // In force from today on, confirmed after today's closing: it is too late for today.
    closes_at(&head, "20", tuesday).await;
    let known = async || head.desk.sign_off_days(Some(BRANCH), None).await.unwrap();
    until("the sign-off", async || known().await.days.iter().all(|line| line.state != SignOffState::Missing)).await;
    assert_eq!(known().await.days.iter().filter(|line| line.state == SignOffState::Signed).count(), 2);
    until("the change", async || {
        let next = domain::calendar::business_days_after(tuesday, 1, &[]).to_string();
        let next = desk.sign_off_day(BRANCH, &next).await.unwrap();
        assert_eq!(instant(&next.from), of(tuesday, "18:00"));
        (instant(&next.until) + Duration::hours(9)).format("%H").to_string() == "20"
    })
    .await;

    // Printed again, a day covers what was signed.
    for (day, hours, stop) in [(monday, (17, 17), false), (tuesday, (17, 18), true)] {
        let paper = desk.day_ledger_pdf(BRANCH, &day.to_string()).await.unwrap();
        let written: String = text(&paper.bytes).chars().filter(|c| !c.is_whitespace()).collect();
        assert!(written.contains(&format!("{}時から", hours.0)), "{written}");
        assert!(written.contains(&format!("{}時まで", hours.1)), "{written}");
        assert_eq!(written.contains("◆緊急停止"), stop, "{written}");
    }
    let signed = desk.sign_off_day(BRANCH, &monday.to_string()).await.unwrap();
    assert_eq!((signed.entries, signed.from, signed.until), (before.entries, before.from, before.until));
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_is_no_more_has_no_further_days() {
    let (tuesday, _) = morning();
    let monday = business_day_before(tuesday);
    let of = |day: NaiveDate, time: &str| -> DateTime<Utc> { format!("{day}T{time}:00+09:00").parse().unwrap() };
    let clock = Clock::at(of(monday, "10:00"));
    let mut centre = Centre::with_clock(clock.clone(), |_| {});
    let seats = [(BRANCH, "窓口 1番"), ("000", "本部"), ("000", "事務部")];
    let invitations = seats.map(|(branch, label)| centre.invite(branch, label));
    centre.start();
    let (office, head) = (Office::enrol(&centre, &invitations[0]).await, Office::enrol(&centre, &invitations[1]).await);
    office.issue(1).await;
    let terminal = crate::staff::terminal(&centre, &invitations[2], "second").await;
    head.sign_in("H9001").await;
    open_branches(&head, &terminal).await;
    head.desk.merge_branch(BRANCH, "012", &monday.to_string()).await.unwrap();
    agree(&terminal, BRANCH, 1).await;
    let merged = async || head.desk.branches().await.unwrap().iter().any(|one| one.code == BRANCH && one.merged);
    until("the merger", merged).await;
    until("the customer", async || {
        head.desk.search("USER00001").await.unwrap().hits.iter().any(|hit| hit.branch_code == "012")
    })
    .await;
    let days = async || {
        head.sign_in("H9001").await;
        head.desk.sign_off_days(Some(BRANCH), None).await.unwrap().days
    };
    let before = days().await;
    assert_eq!(before.first().unwrap().day, monday.to_string());
    clock.advance(Duration::days(21));
    let after = days().await;
    let told = |days: &[desk::view::SignOffLine]| days.iter().map(|line| line.day.clone()).collect::<Vec<_>>();
    assert_eq!(told(&after), told(&before), "what happened there still waits for its sign-off, and nothing else");
}
