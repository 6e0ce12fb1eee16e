//! 報告: the figures of a story that is known, of a branch and of all of them, before and after everything is made anew from the log.

use desk::view::{CheckPhase, ExportAs, ExportFormat, Language, ReportForm, ReportKind, ReportTime, ReportView};
use domain::ErrorCode;
use domain::customer::IncidentCause;
use e2e::centre::{BRANCH, Centre};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, root_pem, text};

fn form(branch: Option<&str>) -> ReportForm {
    let month = domain::calendar::jst_day(chrono::Utc::now()).format("%Y-%m").to_string();
    ReportForm { branch: branch.map(str::to_owned), from: month.clone(), until: month }
}

/// What is not nought.
fn told(report: &ReportView) -> Vec<(ReportKind, &str, u32)> {
    let rows = report.rows.iter().filter(|row| row.total > 0);
    rows.map(|row| (row.kind, row.detail.as_str(), row.total)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_counts_what_happened() {
    let mut centre = Centre::new(|_| {});
    let (here, head) = (centre.invite(BRANCH, "窓口 1番"), centre.invite("000", "本部"));
    centre.invite("012", "窓口 2番");
    centre.start();
    let office = Office::enrol(&centre, &here).await;
    let head = Office::enrol(&centre, &head).await;
    let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
    let desk = &office.desk;
    assert_eq!(desk.report(&form(None)).await.unwrap_err().code(), ErrorCode::SessionMissing);

    // Three issued, two fetched; one of those is stopped, checked and revoked.
    let mut users = Vec::new();
    for n in 1..=3 {
        let (user, code) = office.issue(n).await;
        if n < 3 {
            let (key, csr) = fresh_key();
            let fetched = portal.fetch(&user, &code, &csr).await.unwrap();
            portal.confirm(&fetched, &key).await.unwrap();
        }
        users.push(user);
    }
    office.sign_in("T1001").await;
    let hit = desk.search(&users[0]).await.unwrap().hits.remove(0);
    desk.suspend(&hit.customer_id, IncidentCause::Lost, "5000000001", Some(&users[0])).await.unwrap();
    office.sign_in("S2002").await;
    let incident = desk.open_incidents().await.unwrap().remove(0).incident_id;
    desk.confirm_incident(&incident).await.unwrap();
    let today = domain::calendar::jst_day(chrono::Utc::now()).to_string();
    desk.record_revocation_paper(&incident, &today).await.unwrap();
    desk.revoke_incident(&incident).await.unwrap();

    let report = desk.report(&form(Some(BRANCH))).await.unwrap();
    let expected = [
        (ReportKind::Issued, "", 3),
        (ReportKind::Fetched, "", 2),
        (ReportKind::Suspended, "", 1),
        (ReportKind::Revoked, "", 1),
        (ReportKind::Revoked, "key_compromise", 1),
    ];
    assert_eq!(told(&report), expected);
    let times: Vec<_> = report.times.iter().map(|time| time.all.count).collect();
    assert_eq!((times, report.not_fetched, report.ending), (vec![1, 1], 1, 0));
    let good = |time: &ReportTime| time.all.worst < 120 && time.all.median <= time.all.worst;
    assert!(report.times.iter().all(good), "{:?}", report.times);
    for time in &report.times {
        assert_eq!(time.months.len(), report.months.len());
        assert_eq!(time.months.iter().map(|span| span.count).sum::<u32>(), time.all.count);
    }
    assert_eq!(told(&desk.report(&form(None)).await.unwrap()), expected, "a branch's copy holds nothing else");
    assert_eq!(desk.report(&form(Some("012"))).await.unwrap_err().code(), ErrorCode::BranchNotPermitted);

    // Made anew from the entries it is the same.
    desk.check_replica().unwrap();
    let begun = std::time::Instant::now();
    loop {
        let phase = desk.sync_status().await.unwrap().check.phase;
        if phase == CheckPhase::Same {
            break;
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{phase:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(desk.report(&form(None)).await.unwrap(), ReportView { branch: None, ..report });

    // Head office: every branch, and each by itself.
    head.sign_in("H9001").await;
    assert_eq!(told(&head.desk.report(&form(None)).await.unwrap()), expected);
    assert_eq!(told(&head.desk.report(&form(Some("012"))).await.unwrap()), []);

    // As files.
    let asked = form(Some(BRANCH));
    let csv = String::from_utf8(desk.export_report(&asked, ExportFormat::CsvUtf8).await.unwrap().bytes).unwrap();
    assert!(csv.contains("発行,,3,3\r\n") && csv.contains("失効,鍵の危殆化,1,1\r\n"), "{csv}");
    let english = ExportAs { format: ExportFormat::CsvUtf8, language: Language::En };
    let english = desk.export_report(&asked, english).await.unwrap();
    let csv_en = String::from_utf8(english.bytes).unwrap();
    assert!(csv_en.contains("Issued,,3,3\r\n") && csv_en.contains("Revoked,Key compromise,1,1\r\n"), "{csv_en}");
    assert_eq!(csv_en.lines().count(), csv.lines().count());
    assert!(english.name.starts_with("Report_") && csv_en.trim_start_matches('\u{feff}').is_ascii(), "{csv_en}");
    let sjis = desk.export_report(&asked, ExportFormat::CsvShiftJis).await.unwrap();
    assert!(sjis.bytes.len() < csv.len());
    let xlsx = desk.export_report(&asked, ExportFormat::Xlsx).await.unwrap();
    assert!(xlsx.name.ends_with(".xlsx") && xlsx.bytes.starts_with(b"PK"));
    let pdf = desk.export_report(&asked, ExportFormat::Pdf).await.unwrap();
    let written: String = text(&pdf.bytes).split_whitespace().collect();
    assert!(written.contains("報告") && written.contains("鍵の危殆化"), "{written}");
}
