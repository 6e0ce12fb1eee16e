//! 発行ログ at a desk: every filter against reading all of it, pages that stay while the log grows, one entry with its proof, the
//! verification, and a head on paper.

use std::collections::BTreeSet;

use desk::view::{ExportAs, ExportFormat, GapKind, Language, LogFilter, LogLine, VerifyPhase, VerifyView};
use domain::ErrorCode;
use domain::customer::{CertificateState, IncidentCause};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, branch, root_pem};

use crate::story::wait_for;

/// All of it, newest first.
async fn all(office: &Office, filter: &LogFilter) -> Vec<LogLine> {
    let (mut lines, mut as_of) = (Vec::new(), None);
    loop {
        let offset = u32::try_from(lines.len()).unwrap();
        let page = office.desk.log_page(filter.clone(), as_of, offset, 7).await.unwrap();
        as_of = Some(page.as_of);
        assert_eq!(page.offset, offset);
        let (total, more) = (page.total as usize, !page.lines.is_empty());
        lines.extend(page.lines);
        if !more {
            assert_eq!(lines.len(), total);
            return lines;
        }
    }
}

fn places(lines: &[LogLine]) -> Vec<u32> {
    lines.iter().map(|line| line.index).collect()
}

async fn verified(office: &Office) -> VerifyView {
    office.desk.verify().unwrap();
    loop {
        let view = office.desk.verification().await.unwrap();
        if view.phase != VerifyPhase::Running {
            return view;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_gives_what_reading_everything_gives() {
    let (centre, office) = branch(|_| {}).await;
    let desk = &office.desk;
    for n in 1..=3 {
        office.issue(n).await;
    }
    let (user, code) = office.issue(4).await;
    let customer = Customer::new(&centre.at().portal, &root_pem(&centre));
    let (key, csr) = fresh_key();
    let fetched = customer.fetch(&user, &code, &csr).await.unwrap();
    customer.confirm(&fetched, &key).await.unwrap();
    let hit = desk.search(&user).await.unwrap().hits.remove(0);
    wait_for(desk, &hit.customer_id, CertificateState::Active).await;
    desk.suspend(&hit.customer_id, IncidentCause::Lost, "", Some(&user)).await.unwrap();
    office.sign_in("T1001").await;
    let view = desk.customer(&hit.customer_id).await.unwrap();
    let (contract, certificate) = (&view.contracts[0].number, &view.certificates[0]);
    // Somebody else's name holds that customer's number.
    let other = office.record_customer("3000001", &format!("見本商店{}", hit.cif), "ミホンショウテン").await;
    let everything = all(&office, &LogFilter::default()).await;
    assert!(places(&everything).is_sorted_by(|a, b| a > b));
    let with = |fits: &dyn Fn(&LogLine) -> bool| -> Vec<u32> {
        everything.iter().filter(|line| fits(line)).map(|line| line.index).collect()
    };
    let has = |line: &LogLine, event: &str| line.events.iter().any(|of| of == event);
    let of_customer = |line: &LogLine| line.customer_id.as_deref() == Some(hit.customer_id.as_str());
    let today = domain::calendar::jst_day(chrono::Utc::now()).to_string();
    let some = |text: &str| Some(text.to_owned());
    let none = LogFilter::default;
    let serial = certificate.serial.clone().unwrap();
    let receipt = view.applications[0].receipt.clone();
    let pairs: Vec<&str> = (0..serial.len()).step_by(2).map(|at| &serial[at..at + 2]).collect();
    let same_day = with(&|line| domain::calendar::jst_day(line.at.parse().unwrap()).to_string() == today);
    for (what, filter, expected) in [
        ("kind", LogFilter { kind: some("application_approved"), ..none() }, with(&|l| has(l, "application_approved"))),
        ("staff", LogFilter { staff: some("S2001"), ..none() }, with(&|l| l.actor_id == "S2001")),
        ("customers", LogFilter { actor: some("customer"), ..none() }, with(&|l| l.actor_kind == "customer")),
        ("today", LogFilter { from: some(&today), until: some(&today), ..none() }, same_day.clone()),
        ("since today", LogFilter { from: some(&today), ..none() }, same_day),
        ("before", LogFilter { until: some("2020-02-29"), ..none() }, vec![]),
        ("long ago", LogFilter { from: some("2019-12-15"), until: some("2020-02-29"), ..none() }, vec![]),
        ("customer", LogFilter { customer: some(&hit.customer_id), ..none() }, with(&of_customer)),
        ("two characters", LogFilter { text: some("見本"), ..none() }, with(&|l| l.subject_kind == "customer")),
        ("a middle", LogFilter { text: some("本商店"), ..none() }, with(&|l| l.subject_kind == "customer")),
        ("a reading", LogFilter { text: some("みほん"), ..none() }, with(&|l| l.subject_kind == "customer")),
        ("a reading's middle", LogFilter { text: some("ｼｮｳﾃ"), ..none() }, with(&|l| l.subject_kind == "customer")),
        ("one customer's name", LogFilter { text: some("店4"), ..none() }, with(&of_customer)),
        ("CIF", LogFilter { text: some(&hit.cif), ..none() }, with(&of_customer)),
        (
            "digits in a name",
            LogFilter { text: some(&hit.cif[1..]), ..none() },
            with(&|l| l.customer_id.as_deref() == Some(other.as_str())),
        ),
        ("contract", LogFilter { text: some(contract), ..none() }, with(&of_customer)),
        ("a contract's beginning", LogFilter { text: some("0005000004"), ..none() }, with(&of_customer)),
        (
            "user ID",
            LogFilter { text: some(&user), ..none() },
            with(&|l| of_customer(l) && (l.user_id == user || !l.receipt.is_empty())),
        ),
        ("serial", LogFilter { text: some(&serial), ..none() }, with(&|l| of_customer(l) && l.user_id == user)),
        (
            "serial as openssl prints it",
            LogFilter { text: some(&pairs.join(":").to_uppercase()), ..none() },
            with(&|l| of_customer(l) && l.user_id == user),
        ),
        (
            "serial as a browser prints it",
            LogFilter { text: some(&pairs.join(" ")), ..none() },
            with(&|l| of_customer(l) && l.user_id == user),
        ),
        (
            "a serial's beginning, while it is typed",
            LogFilter { text: some(&format!("{}:{}", pairs[..8].join(":"), &pairs[8][..1])), ..none() },
            with(&of_customer),
        ),
        ("blanks", LogFilter { text: some(" \u{3000}"), ..none() }, with(&|_| true)),
        (
            "certificate",
            LogFilter { certificate: some(&certificate.certificate_id), ..none() },
            with(&|l| of_customer(l) && l.user_id == user),
        ),
        (
            "receipt",
            LogFilter { text: some(&receipt), ..none() },
            with(&|l| {
                of_customer(l) && (!l.receipt.is_empty() || !l.user_id.is_empty() && !has(l, "certificate_suspended"))
            }),
        ),
        ("reason", LogFilter { reason: some("report.lost"), ..none() }, with(&|l| has(l, "incident_reported"))),
        ("nothing", LogFilter { text: some("ない名前"), ..none() }, vec![]),
        (
            "two parts",
            LogFilter { text: some("見本"), staff: some("S2001"), ..none() },
            with(&|l| l.actor_id == "S2001" && l.subject_kind == "customer"),
        ),
    ] {
        let found = places(&all(&office, &filter).await);
        if what == "receipt" {
            // The stop of a certificate is about what the application gave, too.
            let found: BTreeSet<u32> = found.into_iter().collect();
            assert!(expected.iter().all(|place| found.contains(place)), "{what}");
            continue;
        }
        assert_eq!(found, expected, "{what}");
    }
    // What can be chosen is what stands there.
    let choices = desk.log_choices().await.unwrap();
    let kinds: BTreeSet<String> = everything.iter().flat_map(|line| line.events.clone()).collect();
    assert_eq!(choices.kinds.into_iter().collect::<BTreeSet<_>>(), kinds);
    assert!(choices.staff.iter().any(|choice| choice.id == "S2001" && choice.name.contains("S2001")));
    assert!(choices.reasons.contains(&"report.lost".to_owned()));
    // Bad input says where.
    for (filter, field) in [
        (LogFilter { text: some("見"), ..none() }, "text"),
        (LogFilter { text: some("・・"), ..none() }, "text"),
        (LogFilter { text: some("--"), ..none() }, "text"),
        (LogFilter { text: some("()"), ..none() }, "text"),
        (LogFilter { from: some("2026-13-01"), ..none() }, "from"),
        (LogFilter { from: some("2026-02-02"), until: some("2026-02-01"), ..none() }, "until"),
    ] {
        assert_eq!(
            desk.log_page(filter, None, 0, 9).await.unwrap_err().view().args.get("field").map(String::as_str),
            Some(field)
        );
    }
    // Pages stay where they are while the log grows.
    let before = desk.log_page(none(), None, 3, 2).await.unwrap();
    office.record_customer("9999999", "株式会社あとから", "アトカラ").await;
    let same = desk.log_page(none(), Some(before.as_of), 3, 2).await.unwrap();
    assert_eq!((same.lines, same.total), (before.lines, before.total));
    assert!(desk.log_page(none(), None, 0, 1).await.unwrap().total > before.total);
    // Made anew, the index is the same.
    let index = places(&all(&office, &LogFilter { text: some("見本"), ..none() }).await);
    desk.check_replica().unwrap();
    while desk.sync_status().await.unwrap().check.at.is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(desk.sync_status().await.unwrap().check.phase, desk::view::CheckPhase::Same);
    assert_eq!(places(&all(&office, &LogFilter { text: some("見本"), ..none() }).await), index);
}

/// A user ID may be a word, and a word may be a name as well.
#[tokio::test(flavor = "multi_thread")]
async fn a_word_finds_user_ids_and_names() {
    let (_centre, office) = branch(|_| {}).await;
    office.sign_in("T1001").await;
    let with_id = office.record_customer("1234567", "見本印刷", "ミホンインサツ").await;
    let named = office.record_customer("1234568", "YAMADA商会", "ヤマダショウカイ").await;
    let has_id = async |contract: &str, user: &str| {
        office.sign_in("T1001").await;
        let form = office.new_contract(&with_id, contract, user).await;
        let application = form.application_id.clone();
        office.submit(form).await;
        office.sign_in("S2001").await;
        office.approve(&application).await;
    };
    has_id("1000000001", "yamada").await;
    let found = async |text: &str| {
        let lines = all(&office, &LogFilter { text: Some(text.to_owned()), ..LogFilter::default() }).await;
        let of = |customer: &str| -> Vec<String> {
            let of = lines.iter().filter(|line| line.customer_id.as_deref() == Some(customer));
            of.flat_map(|line| line.events.clone()).collect()
        };
        (of(&with_id), of(&named))
    };
    for text in ["YAMADA", "ＹＡＭＡＤＡ"] {
        let (by_number, by_name) = found(text).await;
        assert!(by_number.contains(&"application_approved".to_owned()), "{text}: {by_number:?}");
        assert!(!by_number.contains(&"customer_recorded".to_owned()), "{text}: of a whole ID what is about it");
        assert!(!by_name.is_empty(), "{text}");
    }
    for text in ["yama", "YAMAD"] {
        let (by_number, by_name) = found(text).await;
        assert!(by_number.len() > 2 && !by_name.is_empty(), "{text}: {by_number:?} {by_name:?}");
    }
    // One with a digit in it is nobody's name.
    office.sign_in("T1001").await;
    let so_named = office.record_customer("1234569", "YAMADA2商会", "ヤマダショウカイ").await;
    has_id("1000000002", "yamada2").await;
    let of_it = LogFilter { text: Some("yamada2".to_owned()), ..LogFilter::default() };
    let lines = all(&office, &of_it).await;
    assert!(!lines.is_empty() && lines.iter().all(|line| line.customer_id.as_ref() != Some(&so_named)), "{lines:?}");
    // No number begins with it, and no name holds it.
    assert_eq!(found("AMADAB").await, (vec![], vec![]));
}

/// What is cut says so, and is no file.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_begins_like_those_of_many_says_where_it_was_cut() {
    let (_centre, office) = branch(|_| {}).await;
    let desk = &office.desk;
    office.sign_in("T1001").await;
    for n in 50..=100 {
        office.record_customer(&format!("{}", 7_100_000 + n), &format!("見本{n}"), "ミホン").await;
    }
    let (many, one) = (desk.search("見本").await.unwrap(), desk.search("見本100").await.unwrap());
    assert_eq!((many.hits.len(), many.more), (50, true), "the search says so as well");
    assert_eq!((one.hits.len(), one.more), (1, false));
    let text = |text: &str| LogFilter { text: Some(text.to_owned()), ..LogFilter::default() };
    let page = desk.log_page(text("7100"), None, 0, 5).await.unwrap();
    assert_eq!((page.cut, page.total >= 50), (Some(50), true));
    let again = desk.log_page(text("7100"), None, 2, 5).await.unwrap();
    assert_eq!(again.cut, Some(50), "every page says so");
    let refused = desk.export_log(text("7100"), ExportFormat::CsvUtf8, Vec::new()).await.unwrap_err().view();
    assert_eq!((refused.code, refused.args["field"].as_str()), (ErrorCode::TextTooBroad, "text"));
    for (narrower, customers) in [("71000", 50), ("7100100", 1)] {
        let lines = all(&office, &text(narrower)).await;
        let found: BTreeSet<_> = lines.iter().filter_map(|line| line.customer_id.clone()).collect();
        assert_eq!(found.len(), customers, "{narrower}");
        assert_eq!(desk.log_page(text(narrower), None, 0, 5).await.unwrap().cut, None);
        assert!(desk.export_log(text(narrower), ExportFormat::CsvUtf8, Vec::new()).await.unwrap() >= customers);
    }
    let english = ExportAs { format: ExportFormat::CsvUtf8, language: Language::En };
    let mut file = Vec::new();
    desk.export_log(text("7100100"), english, &mut file).await.unwrap();
    let file = String::from_utf8(file).unwrap();
    assert!(file.starts_with("\u{feff}No.,Time,What,Who,Terminal,About,User ID,"), "{file}");
    assert!(file.contains(",Customer recorded,") && file.contains(",見本100,"), "{file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_shows_what_it_changed_and_proves_its_place() {
    let (_centre, office) = branch(|_| {}).await;
    let desk = &office.desk;
    office.issue(1).await;
    let approved = LogFilter { kind: Some("application_approved".into()), ..LogFilter::default() };
    let line = desk.log_page(approved, None, 0, 1).await.unwrap().lines.remove(0);
    let entry = desk.log_entry(line.index).await.unwrap();
    let change = |what: &str| {
        let change = entry.changes.iter().find(|change| change.what == what).unwrap();
        (change.before.as_deref().unwrap(), change.after.as_str())
    };
    assert_eq!(change("application"), ("submitted", "approved"));
    assert_eq!(change("certificate"), ("", "authorised"));
    assert_eq!(change("contract"), ("", "active"));
    assert_eq!(entry.envelope.as_ref().unwrap().fits, Some(true));
    assert!(entry.envelope.as_ref().unwrap().text.contains("approve_application"));
    assert!(entry.place.leads);
    assert!(desk.log_entry(1_000_000).await.unwrap_err().code() == ErrorCode::NotFound);

    // It is a computation: signed entries are counted, and remembered the second time.
    let first = verified(&office).await;
    assert_eq!((first.phase, first.done, first.findings.len()), (VerifyPhase::Sound, first.total, 0), "{first:?}");
    assert!(first.signed >= 3 && first.remembered == 0, "{first:?}");
    assert!(first.gaps.iter().any(|gap| gap.kind == GapKind::CentresWord && gap.count == first.own));
    let second = verified(&office).await;
    assert!(second.remembered >= first.signed, "{second:?}");

    // A head on paper: words, hex and the code's line; one that differs is told as such.
    let head = second.head;
    for text in [head.words.join(" "), head.root.clone(), head.line.clone()] {
        assert_eq!(desk.compare_head(Some(head.size), &text).await.unwrap().root, head.root);
    }
    let earlier = desk.compare_head(Some(head.size - 1), &head.root).await.unwrap_err();
    assert_eq!(earlier.code(), ErrorCode::HeadDiffers);
    let unknown = desk.compare_head(Some(head.size + 1000), &head.root).await.unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::NotFound);
    assert_eq!(desk.compare_head(None, &head.root).await.unwrap_err().code(), ErrorCode::RequestMalformed);
    office.record_customer("9999998", "株式会社あとから", "アトカラ").await;
    let later = desk.verification().await.unwrap();
    assert!(later.gaps.iter().any(|gap| gap.kind == GapKind::Since && gap.count > 0), "{later:?}");
    assert_eq!(desk.compare_head(None, &head.line).await.unwrap().size, head.size, "the tree still holds it");
}
