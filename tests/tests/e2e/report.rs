//! 報告: the figures of a story that is known, of a branch and of all of them, before and after everything is made anew from the log.

use desk::view::{
    CheckPhase, ExportAs, ExportFormat, Language, ReportChart, ReportForm, ReportKind, ReportPart, ReportTime,
    ReportView,
};
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
        (ReportKind::NotFetched, "", 1),
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
    assert_eq!(desk.report(&form(None)).await.unwrap(), ReportView { branch: None, ..report.clone() });

    // Head office: every branch, and each by itself.
    head.sign_in("H9001").await;
    assert_eq!(told(&head.desk.report(&form(None)).await.unwrap()), expected);
    assert_eq!(told(&head.desk.report(&form(Some("012"))).await.unwrap()), []);
    by_branch(&head, &report).await;
    ending_by_month(desk).await;

    // As files.
    let asked = form(Some(BRANCH));
    let csv =
        String::from_utf8(desk.export_report(&asked, ReportPart::Whole, ExportFormat::CsvUtf8).await.unwrap().bytes)
            .unwrap();
    assert!(csv.contains("発行,,3,3\r\n") && csv.contains("失効,鍵の危殆化,1,1\r\n"), "{csv}");
    let english = ExportAs { format: ExportFormat::CsvUtf8, language: Language::En };
    let english = desk.export_report(&asked, ReportPart::Whole, english).await.unwrap();
    let csv_en = String::from_utf8(english.bytes).unwrap();
    assert!(csv_en.contains("Issued,,3,3\r\n") && csv_en.contains("Revoked,Key compromise,1,1\r\n"), "{csv_en}");
    assert_eq!(csv_en.lines().count(), csv.lines().count());
    assert!(english.name.starts_with("Report_") && csv_en.trim_start_matches('\u{feff}').is_ascii(), "{csv_en}");
    let sjis = desk.export_report(&asked, ReportPart::Whole, ExportFormat::CsvShiftJis).await.unwrap();
    assert!(sjis.bytes.len() < csv.len());
    let xlsx = desk.export_report(&asked, ReportPart::Whole, ExportFormat::Xlsx).await.unwrap();
    assert!(xlsx.name.ends_with(".xlsx") && xlsx.bytes.starts_with(b"PK"));
    let pdf = desk.export_report(&asked, ReportPart::Whole, ExportFormat::Pdf).await.unwrap();
    let written: String = text(&pdf.bytes).split_whitespace().collect();
    assert!(written.contains("報告") && written.contains("鍵の危殆化"), "{written}");
    assert!(written.contains("発行・再発行・取得の件数"), "the charts are on it: {written}");
    charts(desk, &asked).await;
}

/// Head office sees its branches beside each other, and what they had is what all of them had.
async fn by_branch(head: &Office, of_branch: &ReportView) {
    let report = head.desk.report(&form(None)).await.unwrap();
    assert!(of_branch.compared.is_empty(), "a branch is compared with nothing");
    let codes: Vec<&str> = report.compared.iter().map(|one| one.code.as_str()).collect();
    let here = codes.iter().position(|code| *code == BRANCH).unwrap();
    assert!(codes.contains(&"012") && codes.is_sorted(), "{codes:?}");
    for row in &report.rows {
        assert_eq!((row.branches.len(), row.branches[here]), (codes.len(), row.total), "{row:?}");
    }
    for (time, there) in report.times.iter().zip(&of_branch.times) {
        assert_eq!(time.branches[here], there.all);
    }
    let export = async |format| head.desk.export_report(&form(None), ReportPart::Branches, format).await.unwrap();
    let csv = String::from_utf8(export(ExportFormat::CsvUtf8).await.bytes).unwrap();
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), codes.len() + 2, "a head and a total: {csv}");
    assert!(lines[0].starts_with("店番,店名,発行,再発行,更新,取得,一時停止,失効,失効: 鍵の危殆化,"), "{csv}");
    assert!(
        lines[here + 1].starts_with(&format!("{BRANCH},")) && lines[here + 1].contains(",3,0,0,2,1,1,1,0,1,0,1,"),
        "{csv}"
    );
    assert!(lines[codes.len() + 1].starts_with(",合計,3,0,0,2,1,1,1,0,1,0,1,"), "{csv}");
    let pdf: String = text(&export(ExportFormat::Pdf).await.bytes).split_whitespace().collect();
    assert!(pdf.contains("店別の報告") && pdf.contains("合計"), "{pdf}");
    let whole = head.desk.export_report(&form(None), ReportPart::Whole, ExportFormat::Pdf).await.unwrap();
    let whole: String = text(&whole.bytes).split_whitespace().collect();
    assert!(whole.contains("店別の報告") && whole.contains("一時停止・失効・取得期限切れの件数"), "{whole}");
    let refused = head.desk.export_report(&form(Some(BRANCH)), ReportPart::Branches, ExportFormat::CsvUtf8).await;
    assert_eq!(refused.unwrap_err().code(), ErrorCode::BranchNotPermitted);
}

/// The one certificate that is in use ends in the month of its end, whenever that is.
async fn ending_by_month(desk: &desk::Desk) {
    let ends = async |from: &str, until: &str| {
        let asked = ReportForm { branch: Some(BRANCH.to_owned()), from: from.to_owned(), until: until.to_owned() };
        let report = desk.report(&asked).await.unwrap();
        let row = report.rows.iter().find(|row| row.kind == ReportKind::Ending).unwrap();
        report.months.iter().zip(&row.counts).filter(|(_, n)| **n > 0).map(|(m, n)| (m.clone(), *n)).collect::<Vec<_>>()
    };
    let year = |ahead: i32| chrono::Datelike::year(&chrono::Utc::now()) + ahead;
    let mut found = Vec::new();
    for ahead in 0..6 {
        found.extend(ends(&format!("{}-01", year(ahead)), &format!("{}-12", year(ahead))).await);
    }
    assert_eq!(found.iter().map(|(_, count)| count).sum::<u32>(), 1, "{found:?}");
    let (month, _) = found.remove(0);
    assert_eq!(ends(&month, &month).await, [(month.clone(), 1)]);
}

/// Each chart by itself: a picture that says in words what it shows, and its figures.
async fn charts(desk: &desk::Desk, asked: &ReportForm) {
    let month = asked.from.replace('-', "/");
    for (chart, language, title, series) in [
        (
            ReportChart::Issued,
            Language::Ja,
            "発行・再発行・取得の件数",
            "発行: MONTH 3; 再発行: MONTH 0; 取得: MONTH 2",
        ),
        (
            ReportChart::Stopped,
            Language::En,
            "Suspended, revoked and lapsed",
            "Suspended: MONTH 1; Revoked: MONTH 1; Lapsed: MONTH 0",
        ),
    ] {
        let picture = desk.report_chart(asked, chart, language).await.unwrap();
        let svg = String::from_utf8(picture.bytes).unwrap();
        assert!(picture.name.starts_with(title) && picture.name.ends_with(".svg"), "{}", picture.name);
        let told = format!("<title>{title}</title><desc>{}</desc>", series.replace("MONTH", &month));
        assert!(svg.starts_with("<svg") && svg.contains(&told), "{}", &svg[..600]);
        let how = ExportAs { format: ExportFormat::CsvUtf8, language };
        let table = desk.export_report(asked, ReportPart::Chart(chart), how).await.unwrap();
        assert_eq!(String::from_utf8(table.bytes).unwrap().lines().count(), 4, "its three and a head");
    }
    let pdf = desk.export_report(asked, ReportPart::Chart(ReportChart::Stopped), ExportFormat::Pdf).await.unwrap();
    let pdf: String = text(&pdf.bytes).split_whitespace().collect();
    assert!(pdf.contains("取得期限切れ") && !pdf.contains("再発行"), "{pdf}");
    assert_eq!(desk.report_paper(asked).await.unwrap().pages.len(), 1);
}
