//! A day's work as lists: each piece is on the list of its next step, the counts say how many, the file holds the same.

use desk::view::{Counts, ExportFormat, IncidentForm, ListPage, NoticeKind, RequestKind, RequestUser, TodayList};
use domain::ErrorCode;
use domain::customer::{HandoverMethod, IncidentCause, UserRole};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{self, Office, fill, root_pem, text};

const CONTRACT: &str = "6000000001";
/// What a spreadsheet would calculate.
const NAME: &str = "=1+1見本運送株式会社";

const LISTS: [TodayList; 10] = [
    TodayList::Waiting,
    TodayList::Returned,
    TodayList::ToPrint,
    TodayList::ToHandOver,
    TodayList::NotFetched,
    TodayList::BeingFetched,
    TodayList::Ending,
    TodayList::Incidents,
    TodayList::Unconfirmed,
    TodayList::PapersOutstanding,
];

fn count(counts: &Counts, list: TodayList) -> Option<u32> {
    Some(match list {
        TodayList::Waiting => counts.waiting_for_approval,
        TodayList::Returned => counts.returned,
        TodayList::ToPrint => counts.slips_to_print,
        TodayList::ToHandOver => counts.slips_to_hand_over,
        TodayList::NotFetched => counts.not_fetched,
        TodayList::BeingFetched => counts.unconfirmed,
        TodayList::Ending => counts.ending,
        TodayList::Incidents => counts.incidents,
        TodayList::Unconfirmed => counts.incidents_unconfirmed,
        TodayList::PapersOutstanding => counts.incidents_without_paper,
        TodayList::Applications => return None,
    })
}

fn length(page: &ListPage) -> usize {
    page.certificates.len() + page.incidents.len() + page.applications.len()
}

/// The lists that have something on them, with how much; every count agrees with its list, and so does the file.
async fn work(office: &Office) -> Vec<(TodayList, usize)> {
    loop {
        // What comes by the feed while they are read would make them differ by itself: they are read at one size of the log.
        let size = office.desk.sync_status().await.unwrap().size;
        let read = read(office).await;
        if office.desk.sync_status().await.unwrap().size == size {
            return agreed(read);
        }
    }
}

/// A count, its list and its file.
type Read = (TodayList, Option<u32>, usize, String);

async fn read(office: &Office) -> Vec<Read> {
    let counts = office.desk.status().await.unwrap().counts;
    let mut read = Vec::new();
    for list in LISTS {
        let page = office.desk.list(list, None).await.unwrap();
        let file =
            String::from_utf8(office.desk.export_list(list, ExportFormat::CsvUtf8).await.unwrap().bytes).unwrap();
        read.push((list, count(&counts, list), length(&page), file));
    }
    read
}

fn agreed(read: Vec<Read>) -> Vec<(TodayList, usize)> {
    let mut work = Vec::new();
    for (list, count, length, file) in read {
        assert_eq!(count, Some(u32::try_from(length).unwrap()), "{list:?}");
        assert_eq!(file.matches("\r\n").count(), length + 1, "{list:?}: {file}");
        if length > 0 {
            work.push((list, length));
        }
    }
    work
}

/// Changes come by the feed.
async fn becomes(office: &Office, wanted: &[(TodayList, usize)]) {
    let mut changes = office.desk.changes();
    loop {
        let now = work(office).await;
        if now == wanted {
            return;
        }
        let waited = tokio::time::timeout(std::time::Duration::from_secs(20), changes.recv()).await;
        assert!(waited.is_ok(), "{now:?}, not {wanted:?}");
    }
}

async fn paper(office: &Office, kind: NoticeKind, id: &str) -> Result<String, ErrorCode> {
    let shown = office.desk.notice_slip(kind, id).await.map_err(|error| error.code())?;
    assert!(!shown.pages.is_empty() && shown.pages.iter().all(|page| page.starts_with("<svg")));
    let pdf = office.desk.notice_pdf(kind, id).await.map_err(|error| error.code())?;
    Ok(text(&pdf).chars().filter(|c| !c.is_whitespace()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_work_from_list_to_list() {
    // Certificates that end soon from the first day on.
    let (mut centre, office) = office::branch(|config| {
        (config.policy.validity_days, config.policy.renewal_opens_days) = (20, 20);
        config.policy.reminder_days = vec![10];
    })
    .await;
    let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
    let desk = &office.desk;
    assert_eq!(desk.list(TodayList::Ending, None).await.unwrap_err().code(), ErrorCode::SessionMissing);
    assert_eq!(
        desk.export_list(TodayList::Ending, ExportFormat::CsvUtf8).await.unwrap_err().code(),
        ErrorCode::SessionMissing
    );
    office.sign_in("T1001").await;
    assert_eq!(work(&office).await, []);
    let customer = office.record_customer("7654321", NAME, "ミホンウンソウ").await;
    let mut form = office.new_contract(&customer, CONTRACT, "ADMIN0001").await;
    form.users.push(RequestUser {
        user_id: "OPERATOR1".into(),
        role: Some(UserRole::Operator),
        device_label: "営業 1号機".into(),
        ..Default::default()
    });
    let application = form.application_id.clone();
    office.submit(form).await;
    becomes(&office, &[(TodayList::Waiting, 1)]).await;
    office.sign_in("S2001").await;
    office.approve(&application).await;
    becomes(&office, &[(TodayList::ToPrint, 2)]).await;
    let rights = desk.application(&application).await.unwrap().certificates;
    let codes = [office.print(&rights[0].certificate_id).await, office.print(&rights[1].certificate_id).await];
    becomes(&office, &[(TodayList::ToHandOver, 2)]).await;
    let today = domain::calendar::jst_day(chrono::Utc::now()).to_string();
    desk.record_handover(&rights[1].certificate_id, HandoverMethod::SalesRep, &today, "見本 太郎").await.unwrap();
    becomes(&office, &[(TodayList::ToHandOver, 1), (TodayList::NotFetched, 1)]).await;
    let waiting = desk.list(TodayList::NotFetched, None).await.unwrap().certificates.remove(0);
    assert_eq!(
        (waiting.user_id.as_str(), waiting.phone.as_str(), waiting.days_left),
        ("OPERATOR1", "025-000-0001", 80)
    );
    assert_eq!((waiting.customer_name.as_str(), waiting.device_label.as_str()), (NAME, "営業 1号機"));

    // The customer fetches, confirms, and is on the call list; the other one waits.
    let (key, csr) = fresh_key();
    let fetched = portal.fetch("ADMIN0001", &codes[0], &csr).await.unwrap();
    becomes(&office, &[(TodayList::NotFetched, 1), (TodayList::BeingFetched, 1)]).await;
    portal.confirm(&fetched, &key).await.unwrap();
    becomes(&office, &[(TodayList::NotFetched, 1), (TodayList::Ending, 1)]).await;
    let ending = desk.list(TodayList::Ending, None).await.unwrap().certificates.remove(0);
    assert_eq!(
        (ending.user_id.as_str(), ending.days_left, ending.role),
        ("ADMIN0001", 20, Some(UserRole::Administrator))
    );
    let file = desk.export_list(TodayList::Ending, ExportFormat::CsvUtf8).await.unwrap();
    assert!(file.name.starts_with("期限が近い証明書_") && file.name.ends_with(".csv"), "{}", file.name);
    let content = String::from_utf8(file.bytes).unwrap();
    assert!(content.starts_with('\u{feff}') && content.contains(&format!(",'{NAME},")), "{content}");
    let guide = paper(&office, NoticeKind::Restore, "ADMIN0001").await.unwrap();
    assert!(
        guide.contains("バックアップからの復元手順") && guide.contains(NAME) && guide.contains("ADMIN0001"),
        "{guide}"
    );
    assert_eq!(paper(&office, NoticeKind::Restore, "OPERATOR1").await, Err(ErrorCode::CertificateState));
    assert_eq!(paper(&office, NoticeKind::Restore, "NOBODY001").await, Err(ErrorCode::UserUnknown));
    assert_eq!(
        paper(&office, NoticeKind::Suspension, &rights[0].certificate_id).await,
        Err(ErrorCode::CertificateState)
    );

    // The phone call: off the lists of things to fetch and to call about, on those of stops.
    office.sign_in("T1001").await;
    let incident = desk.suspend(&customer, IncidentCause::Stolen, CONTRACT, None).await.unwrap().receipt.unwrap();
    let stopped = [(TodayList::Incidents, 1), (TodayList::Unconfirmed, 1), (TodayList::PapersOutstanding, 1)];
    becomes(&office, &stopped).await;
    let lost_at = (chrono::Utc::now() - chrono::Duration::hours(3)).to_rfc3339();
    let said =
        IncidentForm { caller: "見本 太郎".into(), phone: "090-0000-0001".into(), note: String::new(), lost_at };
    desk.record_incident(&incident, said).await.unwrap();
    let row = desk.list(TodayList::PapersOutstanding, None).await.unwrap().incidents.remove(0);
    assert_eq!((row.caller.as_str(), row.age_days, row.overdue), ("見本 太郎", 0, false));
    let notice = paper(&office, NoticeKind::Suspension, &incident).await.unwrap();
    for word in [
        "一時停止のお知らせ",
        "停止したもの（2件）",
        "ADMIN0001",
        "OPERATOR1",
        "盗難",
        "停止の解除はできません",
        "【訓練】",
    ] {
        assert!(notice.contains(word), "{word} in {notice}");
    }
    let one = paper(&office, NoticeKind::Suspension, &rights[1].certificate_id).await.unwrap();
    assert!(one.contains("停止したもの（1件）") && !one.contains("ADMIN0001"), "{one}");
    assert_eq!(
        paper(&office, NoticeKind::Revocation, &rights[0].certificate_id).await,
        Err(ErrorCode::CertificateState)
    );

    office.sign_in("S2001").await;
    desk.confirm_incident(&incident).await.unwrap();
    becomes(&office, &[(TodayList::Incidents, 1), (TodayList::PapersOutstanding, 1)]).await;
    desk.record_revocation_paper(&incident, &today).await.unwrap();
    becomes(&office, &[(TodayList::Incidents, 1)]).await;
    desk.revoke_incident(&incident).await.unwrap();
    becomes(&office, &[]).await;
    let notice = paper(&office, NoticeKind::Revocation, &rights[0].certificate_id).await.unwrap();
    let view = desk.customer(&customer).await.unwrap();
    for word in [
        "失効完了通知書",
        "盗難",
        "keyCompromise(1)",
        "お申し出による発生日時",
        view.certificates[0].serial.as_deref().unwrap(),
    ] {
        assert!(notice.contains(word), "{word} in {notice}");
    }
    assert_eq!(paper(&office, NoticeKind::Suspension, &incident).await, Err(ErrorCode::IncidentUnknown));

    // A reissue that comes back with words a spreadsheet would calculate, and then its slip.
    office.sign_in("T1001").await;
    let mut form = desk.new_application(&customer, RequestKind::Reissue).await.unwrap();
    form.cause = Some(domain::customer::ReissueCause::Ended);
    form.users =
        vec![RequestUser {
            user_id: "ADMIN0001".into(), device_label: "経理課 2号機".into(), ..Default::default()
        }];
    fill(&mut form);
    let again = form.application_id.clone();
    office.submit(form).await;
    office.sign_in("S2001").await;
    let version = desk.application(&again).await.unwrap().customer_version;
    desk.return_application(&again, &version, "=届出印相違").await.unwrap();
    becomes(&office, &[(TodayList::Returned, 1)]).await;
    let file =
        String::from_utf8(desk.export_list(TodayList::Returned, ExportFormat::CsvUtf8).await.unwrap().bytes).unwrap();
    assert!(file.contains(",'=届出印相違\r\n") && file.contains(",差戻し,"), "{file}");
    office.sign_in("T1001").await;
    let form = desk.application_form(&again).await.unwrap();
    office.submit(form).await;
    office.sign_in("S2001").await;
    office.approve(&again).await;
    let right = desk.application(&again).await.unwrap().certificates.remove(0);
    let slip = desk.print_slip(&right.certificate_id).await.unwrap();
    let slip: String = text(&desk.slip_pdf(&slip.print_ticket.unwrap()).unwrap());
    let slip: String = slip.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(slip.contains("電子証明書再発行通知書") && slip.contains("に失効しました。"), "{slip}");
    let all = desk.list(TodayList::Applications, None).await.unwrap().applications;
    assert_eq!(all.iter().map(|row| row.application_id.as_str()).collect::<Vec<_>>(), [&again, &application]);

    let before = work(&office).await;
    let office = office.reopen().await;
    office.sign_in("S2001").await;
    becomes(&office, &before).await;
    office.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}
