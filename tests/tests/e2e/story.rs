//! The main job, without the window: from a walk-in application to a certificate, and what must hold on the way.

use desk::view::{ApplicationList, LogFilter, OutboxState, RequestKind, RequestUser};
use domain::ErrorCode;
use domain::customer::{ApplicationState, CertificateState, HandoverMethod, LoginMethod};
use e2e::centre::{BRANCH, Centre, Kind};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{self, Office, fill, root_pem};
use e2e::on_both;
use rcgen::KeyPair;

use crate::judge;

async fn branch(kind: Kind) -> (Centre, Office, Customer) {
    let (centre, office) = office::branch(|config| kind.choose(config)).await;
    let customer = Customer::new(&centre.at().portal, &root_pem(&centre));
    (centre, office, customer)
}

async fn from_the_walk_in_to_the_certificate(kind: Kind) {
    let (mut centre, office, customer) = branch(kind).await;
    let desk = &office.desk;

    office.sign_in("T1001").await;
    let id = office.record_customer("1234567", "㈱髙橋製作所", "カブシキガイシャタカハシセイサクショ").await;
    for text in ["タカハシ", "たかはし", "高橋", "1234567", "025-000-0001", "セイサク"] {
        let hits = desk.search(text).await.unwrap().hits;
        assert!(hits.iter().any(|hit| hit.customer_id == id), "{text}");
    }
    let form = office.new_contract(&id, "1000000001", "takahashi01").await;
    let application = form.application_id.clone();
    let receipt = office.submit(form.clone()).await.receipt.unwrap();
    assert_eq!(desk.search(&receipt).await.unwrap().hits.len(), 1);

    // Twice is once: the same form again is refused by its own id.
    assert_eq!(desk.submit_application(form).await.unwrap_err().code(), ErrorCode::ApplicationExists);
    // A teller can't approve, at the desk or at the centre.
    let view = desk.application(&application).await.unwrap();
    assert_eq!(view.decide_refusal, Some(ErrorCode::RoleNotPermitted));
    assert_eq!(
        desk.approve_application(&application, &view.customer_version).await.unwrap_err().code(),
        ErrorCode::RoleNotPermitted
    );

    // Returned with a comment, corrected, approved over the teller's screen.
    office.sign_in("S2001").await;
    assert_eq!(desk.status().await.unwrap().counts.waiting_for_approval, 1);
    let view = desk.application(&application).await.unwrap();
    desk.return_application(&application, &view.customer_version, "印影を確認してください").await.unwrap();
    office.sign_in("T1001").await;
    let mut form = desk.application_form(&application).await.unwrap();
    assert!(form.resubmission);
    form.note = "印影を再確認しました".into();
    office.submit(form).await;
    let view = desk.application(&application).await.unwrap();
    let result =
        desk.approve_over_lock(&application, &view.customer_version, "S2002", e2e::centre::PASSWORD).await.unwrap();
    assert_eq!(result.state, OutboxState::Confirmed);
    assert_eq!(desk.status().await.unwrap().staff.unwrap().staff_id, "T1001", "the teller's work goes on");

    // Slip and hand-over.
    let view = desk.application(&application).await.unwrap();
    let right = view.certificates[0].certificate_id.clone();
    assert!(desk.preview_slip(&right).await.unwrap().masked);
    let old = office.print(&right).await;
    let code = office.print(&right).await;
    assert_ne!(old, code);
    let today = domain::calendar::jst_day(chrono::Utc::now());
    desk.record_handover(&right, HandoverMethod::Window, &today.to_string(), "髙橋 太郎").await.unwrap();

    // Pickup: the old code is dead, the new one fetches once; confirmed it is usable.
    let (key, csr) = fresh_key();
    assert_eq!(customer.fetch("TAKAHASHI01", &old, &csr).await.unwrap_err().answer.code, ErrorCode::PickupDenied);
    let fetched = customer.fetch("takahashi01", &code.to_lowercase(), &csr).await.unwrap();
    assert_eq!(fetched, customer.fetch("TAKAHASHI01", &code, &csr).await.unwrap(), "the first answer again");
    let other = fresh_key().1;
    assert_eq!(customer.fetch("TAKAHASHI01", &code, &other).await.unwrap_err().answer.code, ErrorCode::PickupOtherKey);
    let wrong = customer.confirm(&fetched, &KeyPair::generate().unwrap()).await.unwrap_err();
    assert_eq!(wrong.answer.code, ErrorCode::ConfirmSignatureInvalid);
    wait_for(desk, &id, CertificateState::Signed).await;
    customer.confirm(&fetched, &key).await.unwrap();
    customer.confirm(&fetched, &key).await.unwrap();
    let waited = wait_for(desk, &id, CertificateState::Active).await;
    assert!(waited.as_secs() < 2, "the desk saw it after {waited:?}");
    let view = desk.customer(&id).await.unwrap();
    assert_eq!(view.contracts[0].users[0].login, LoginMethod::Certificate);
    assert_eq!(view.applications[0].state, ApplicationState::Completed);
    let named = ["CN = TAKAHASHI01", "serialNumber = 1000000001"];
    judge::certificate(&fetched.certificate.0, &centre.config.keys(), &named);

    // Every act is in the log, with who and where.
    let log = desk.log_page(LogFilter::default(), None, 0, 200).await.unwrap();
    for event in [
        "application_submitted",
        "application_returned",
        "application_resubmitted",
        "application_approved",
        "slip_printed",
        "slip_handed_over",
        "certificate_signed",
        "certificate_activated",
    ] {
        let line =
            log.lines.iter().find(|line| line.events.iter().any(|e| e == event)).unwrap_or_else(|| panic!("{event}"));
        assert!(event.starts_with("certificate") || line.terminal_label == "窓口 1番", "{event}");
    }
    let secrets = [old.replace('-', ""), code.replace('-', ""), e2e::centre::PASSWORD.to_owned()];
    office.desk.close().await;
    centre.stop();
    let verdict = centre.check();
    assert_eq!(verdict.findings, []);
    for secret in secrets {
        assert_absent(centre.data(), &secret);
        let hash = wire::sha256_hex(secret.as_bytes());
        assert_absent(centre.data(), &hash);
        assert_absent(office.dir.path(), &secret);
        assert_absent(office.dir.path(), &hash);
    }
}

/// Nothing below a folder holds this text.
fn assert_absent(dir: &std::path::Path, text: &str) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_absent(&path, text);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "{} is in {}", text, path.display());
        }
    }
}

pub(crate) async fn wait_for(desk: &desk::Desk, customer: &str, state: CertificateState) -> std::time::Duration {
    let start = std::time::Instant::now();
    let mut changes = desk.changes();
    loop {
        let view = desk.customer(customer).await.unwrap();
        if view.certificates.iter().any(|c| c.state == state) {
            return start.elapsed();
        }
        tokio::time::timeout(std::time::Duration::from_secs(10), changes.recv()).await.expect("no change").ok();
    }
}

async fn wrong_fields_are_named_and_drafts_survive(kind: Kind) {
    let (_centre, office, _) = branch(kind).await;
    office.sign_in("T1001").await;
    let id = office.record_customer("7654321", "見本商店", "ミホンショウテン").await;
    let desk = &office.desk;
    let good = office.new_contract(&id, "2000000001", "MIHON001").await;
    let refused = |form: desk::view::ApplicationForm| async {
        let error = desk.submit_application(form).await.unwrap_err().view();
        (error.code, error.args.get("field").cloned().unwrap_or_default())
    };
    let mut form = good.clone();
    form.checks.seal = false;
    assert_eq!(refused(form).await, (ErrorCode::CheckMissing, "seal".into()));
    let mut form = good.clone();
    form.contract = "12".into();
    assert_eq!(refused(form).await, (ErrorCode::ContractNumberMalformed, "contract".into()));
    let mut form = good.clone();
    form.users[0].user_id = "あ".into();
    assert_eq!(refused(form).await, (ErrorCode::UserIdMalformed, "user_id".into()));
    let mut form = good.clone();
    form.applicant = "株式会社\u{202e}逆".into();
    assert_eq!(refused(form).await, (ErrorCode::TextForbiddenCharacter, "applicant".into()));
    let mut form = good.clone();
    form.received_on = "2999-01-01".into();
    assert_eq!(refused(form).await, (ErrorCode::DateOutOfRange, "received_on".into()));
    let mut form = desk.new_application(&id, RequestKind::AddUser).await.unwrap();
    fill(&mut form);
    form.contract = "9999999999".into();
    form.users = vec![RequestUser { user_id: "MIHON002".into(), device_label: "PC".into(), ..Default::default() }];
    assert_eq!(refused(form).await, (ErrorCode::ContractUnknown, "contract".into()));

    desk.save_draft(good.clone()).await.unwrap();
    let office = office.reopen().await;
    assert_eq!(office.desk.drafts().await.unwrap_err().code(), ErrorCode::SessionMissing);
    office.sign_in("T1001").await;
    assert_eq!(office.desk.drafts().await.unwrap()[0].form, good);
    office.submit(good).await;
    assert_eq!(office.desk.drafts().await.unwrap(), []);

    // Markup is text, on the way in and on the way out.
    for name in ["<script>alert(1)</script>", "'; DROP TABLE customer; --"] {
        let id = office.record_customer(&format!("{}", name.len()), name, "テスト").await;
        assert_eq!(office.desk.customer(&id).await.unwrap().details.unwrap().name, name);
    }
}

async fn another_branch_sees_nothing_and_decides_nothing(kind: Kind) {
    let mut centre = Centre::new(|config| kind.choose(config));
    let (one, two) = (centre.invite(BRANCH, "窓口 1番"), centre.invite("012", "窓口 2番"));
    centre.start();
    let (a, b) = (Office::enrol(&centre, &one).await, Office::enrol(&centre, &two).await);
    a.sign_in("T1001").await;
    let id = a.record_customer("1111111", "秘密商店", "ヒミツショウテン").await;
    let form = a.new_contract(&id, "3000000001", "HIMITSU1").await;
    let application = form.application_id.clone();
    a.submit(form).await;
    assert_eq!(b.desk.sign_in("S2001", e2e::centre::PASSWORD).await.unwrap_err().code(), ErrorCode::BranchNotPermitted);
    b.sign_in("S3001").await;
    // Its log grows by the other branch's leaves, but it can read none of them.
    let start = std::time::Instant::now();
    loop {
        let (here, there) = (a.desk.sync_status().await.unwrap(), b.desk.sync_status().await.unwrap());
        if here.size == there.size {
            assert_eq!(here.root, there.root);
            break;
        }
        assert!(start.elapsed().as_secs() < 20, "no sync");
        tokio::task::yield_now().await;
    }
    assert_eq!(b.desk.search("ヒミツ").await.unwrap().hits, []);
    assert_eq!(b.desk.customer(&id).await.unwrap_err().code(), ErrorCode::CustomerUnknown);
    assert_eq!(b.desk.application(&application).await.unwrap_err().code(), ErrorCode::ApplicationUnknown);
    assert_eq!(b.desk.applications(ApplicationList::WaitingForApproval).await.unwrap(), []);
    assert!(
        b.desk
            .log_page(LogFilter::default(), None, 0, 500)
            .await
            .unwrap()
            .lines
            .iter()
            .all(|line| line.customer_id.is_none())
    );
}

async fn wrong_passwords_lock_and_the_desk_hides_itself(kind: Kind) {
    let (_centre, office, _) = branch(kind).await;
    let desk = &office.desk;
    for _ in 0..4 {
        assert_eq!(desk.sign_in("T1001", "wrong").await.unwrap_err().code(), ErrorCode::SignInDenied);
    }
    assert_eq!(desk.sign_in("T1001", "wrong").await.unwrap_err().code(), ErrorCode::SignInLocked);
    assert_eq!(desk.sign_in("T1001", e2e::centre::PASSWORD).await.unwrap_err().code(), ErrorCode::SignInLocked);
    assert_eq!(desk.sign_in("NOBODY", "wrong").await.unwrap_err().code(), ErrorCode::SignInDenied);
    office.sign_in("R1101").await;
    let id = office.record_customer("1234567", "見本", "ミホン").await;
    desk.lock().await.unwrap();
    for refused in [
        desk.search("ミホン").await.map(|_| ()),
        desk.customer(&id).await.map(|_| ()),
        desk.log_page(LogFilter::default(), None, 0, 5).await.map(|_| ()),
    ] {
        assert_eq!(refused.unwrap_err().code(), ErrorCode::DeskLocked);
    }
    assert_eq!(desk.unlock("wrong").await.unwrap_err().code(), ErrorCode::SignInDenied);
    desk.unlock(e2e::centre::PASSWORD).await.unwrap();
    assert_eq!(desk.customer(&id).await.unwrap().details.unwrap().name, "見本");
    // A thread of the replica that outlives the process's own clean-up can crash it.
    desk.close().await;
}

async fn fifty_pickups_with_one_code_give_one_certificate(kind: Kind) {
    let (mut centre, office, customer) = branch(kind).await;
    let (user, code) = office.issue(1).await;
    let mut tasks = Vec::new();
    for _ in 0..50 {
        let (customer, user, code) = (customer.clone(), user.clone(), code.clone());
        tasks.push(tokio::spawn(async move {
            let (key, csr) = fresh_key();
            let fetched = customer.fetch(&user, &code, &csr).await.map_err(|refused| refused.answer.code)?;
            customer.confirm(&fetched, &key).await.map_err(|refused| refused.answer.code)?;
            Ok::<_, ErrorCode>(fetched.certificate.0)
        }));
    }
    let (mut good, mut refused) = (Vec::new(), Vec::new());
    for task in tasks {
        match task.await.unwrap() {
            Ok(certificate) => good.push(certificate),
            Err(code) => refused.push(code),
        }
    }
    assert_eq!(good.len(), 1);
    assert!(refused.iter().all(|code| *code == ErrorCode::PickupOtherKey), "{refused:?}");
    office.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

async fn guesses_are_slowed_for_one_address_and_told_nothing(kind: Kind) {
    let (_centre, office, customer) = branch(kind).await;
    let (user, code) = office.issue(1).await;
    let wrong = domain::pickup_code::PickupCode::from_entropy([9; 10]).grouped();
    let csr = fresh_key().1;
    // A slip of the finger does not count.
    let last = code.chars().next_back().unwrap();
    let slip = format!("{}{}", &code[..code.len() - 1], if last == 'Z' { 'Y' } else { 'Z' });
    assert!(domain::pickup_code::PickupCode::parse(&slip).is_err(), "its check character does not fit");
    for _ in 0..8 {
        assert_eq!(customer.fetch(&user, &slip, &csr).await.unwrap_err().answer.code, ErrorCode::PickupDenied);
    }
    for _ in 0..5 {
        let known = customer.fetch(&user, &wrong, &csr).await.unwrap_err();
        let unknown = customer.fetch("NOBODY99", &wrong, &csr).await.unwrap_err();
        assert_eq!((known.status, known.answer.code), (unknown.status, unknown.answer.code));
        assert_eq!(known.answer.args, unknown.answer.args);
    }
    assert_eq!(customer.fetch(&user, &code, &csr).await.unwrap_err().answer.code, ErrorCode::PickupTooManyTries);
}

async fn bad_requests_sign_nothing(kind: Kind) {
    let (_centre, office, customer) = branch(kind).await;
    let (user, code) = office.issue(1).await;
    let (status, _) = customer.post_raw("fetch", vec![b'x'; 1 << 20]).await;
    assert_eq!(status.as_u16(), 413);
    let (status, text) = customer.post_raw("open", br#"{"user_id":"\ud800","code":""}"#.to_vec()).await;
    assert_eq!(status.as_u16(), 400);
    assert!(text.contains("request_malformed"), "{text}");
    assert_eq!(customer.fetch(&user, &code, b"junk").await.unwrap_err().answer.code, ErrorCode::CsrMalformed);
    // A key that was used before, in another's certificate.
    let (key, csr) = fresh_key();
    let fetched = customer.fetch(&user, &code, &csr).await.unwrap();
    customer.confirm(&fetched, &key).await.unwrap();
    let (user, code) = office.issue(2).await;
    assert_eq!(customer.fetch(&user, &code, &csr).await.unwrap_err().answer.code, ErrorCode::KeyReused);
}

async fn without_an_enrolled_certificate_there_is_nothing(kind: Kind) {
    let (centre, office, _) = branch(kind).await;
    let root = reqwest::Certificate::from_pem(root_pem(&centre).as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
    for path in ["info", "feed?from=0", "session"] {
        let answer = client.get(format!("{}/api/terminal/v1/{path}", centre.at().terminal)).send().await;
        assert!(answer.is_err(), "{path}: TLS must refuse");
    }
    drop(office);
}

async fn the_desk_works_off_line_and_catches_up(kind: Kind) {
    let (mut centre, office, _) = branch(kind).await;
    office.sign_in("T1001").await;
    let id = office.record_customer("1234567", "見本", "ミホン").await;
    let form = office.new_contract(&id, "4000000001", "OFFLINE1").await;
    let application = form.application_id.clone();
    let at = centre.at().clone();
    centre.stop();
    let mut changes = office.desk.changes();
    while office.desk.status().await.unwrap().online {
        tokio::time::timeout(std::time::Duration::from_secs(30), changes.recv()).await.expect("still on-line").ok();
    }
    let result = office.desk.submit_application(form).await.unwrap();
    assert_eq!(result.state, OutboxState::Waiting);
    assert!(result.receipt.is_some());
    assert_eq!(office.desk.customer(&id).await.unwrap().pending.len(), 1, "shown as not confirmed");
    assert_eq!(office.desk.application(&application).await.unwrap_err().code(), ErrorCode::ApplicationUnknown);
    assert_eq!(office.desk.withdraw_application(&application).await.unwrap_err().code(), ErrorCode::ApplicationUnknown);
    centre.config.listen.terminal = at.terminal.trim_start_matches("https://").parse().unwrap();
    centre.start();
    while office.desk.application(&application).await.is_err() {
        tokio::time::timeout(std::time::Duration::from_secs(60), changes.recv()).await.expect("never sent").ok();
    }
    assert_eq!(office.desk.customer(&id).await.unwrap().pending, []);
}

on_both!(
    from_the_walk_in_to_the_certificate,
    wrong_fields_are_named_and_drafts_survive,
    another_branch_sees_nothing_and_decides_nothing,
    wrong_passwords_lock_and_the_desk_hides_itself,
    fifty_pickups_with_one_code_give_one_certificate,
    guesses_are_slowed_for_one_address_and_told_nothing,
    bad_requests_sign_nothing,
    without_an_enrolled_certificate_there_is_nothing,
    the_desk_works_off_line_and_catches_up,
);
