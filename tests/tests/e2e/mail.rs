//! Mail to customers, through a real SMTP server: what is told, to whom, in which words, and that nothing is lost or said
//! twice whatever goes down.

use central::clock::Clock;
use central::config::{Config, MailTls};
use desk::view::{IncidentForm, RequestKind, RequestUser};
use domain::customer::{IncidentCause, ReissueCause, UserRole};
use e2e::centre::{BRANCH, Centre};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{self, Office, fill, root_pem};
use e2e::served::{self, SMTP_PASSWORD, Served};
use e2e::smtp::{Mail, Smtp};

/// What [`Office::record_customer`] records.
const ADDRESS: &str = "mihon@example.jp";
const CONTRACT: &str = "6000000001";
const USER: &str = "ADMIN0001";

pub(crate) fn mail(config: &mut Config, smtp: &Smtp) {
    config.mail.host = "127.0.0.1".into();
    config.mail.port = smtp.port;
    config.mail.tls = MailTls::None;
    config.mail.from = "kinko@example.jp".into();
    config.contacts = toml::from_str::<Contacts>(
        "[[contacts]]\ntitle = \"操作に関するお問い合わせ\"\nphone = \"0120-000-000\"\nhours = \"平日 9:00〜22:00\"\n\
         [[contacts]]\ntitle = \"お申し込み等に関するお問い合わせ\"\nphone = \"025-000-0000\"\nhours = \"平日 9:00〜17:00\"\n\
         email = \"system@example.jp\"\n",
    )
    .unwrap()
    .contacts;
}

#[derive(serde::Deserialize)]
struct Contacts {
    contacts: Vec<wire::api::portal::Contact>,
}

/// A customer with the right to fetch one certificate, and its code.
async fn issued(office: &Office) -> (String, String) {
    office.sign_in("T1001").await;
    let customer = office.record_customer("7654321", "㈱髙橋製作所", "カブシキガイシャタカハシセイサクショ").await;
    let form = office.new_contract(&customer, CONTRACT, USER).await;
    let code = approved(office, form).await.unwrap();
    (customer, code)
}

/// Submits and approves; prints the slip if there is one.
async fn approved(office: &Office, form: desk::view::ApplicationForm) -> Option<String> {
    let application = form.application_id.clone();
    office.submit(form).await;
    office.sign_in("S2001").await;
    office.approve(&application).await;
    let rights = office.desk.application(&application).await.unwrap().certificates;
    let code = match rights.last() {
        Some(right) => Some(office.print(&right.certificate_id).await),
        None => None,
    };
    office.sign_in("T1001").await;
    code
}

async fn fetch(portal: &Customer, code: &str) {
    let (key, csr) = fresh_key();
    let fetched = portal.fetch(USER, code, &csr).await.unwrap();
    portal.confirm(&fetched, &key).await.unwrap();
}

/// Nobody gets in by what a mail says: neither a whole code nor a group of it.
fn no_code(mails: &[Mail], codes: &[&str]) {
    for mail in mails {
        // The last group is one check symbol, which says nothing.
        let parts = codes.iter().flat_map(|code| code.split('-').chain([*code])).filter(|part| part.len() > 1);
        for part in parts {
            for place in [&mail.text, &mail.raw, &format!("{:?}", mail.headers)] {
                assert!(!place.contains(part), "{part} in {place}");
            }
        }
        assert!(!mail.text.contains("http"), "no link: {}", mail.text);
    }
}

/// Subject, and parts of the text.
fn says(mail: &Mail, subject: &str, parts: &[&str]) {
    assert_eq!(mail.subject(), format!("【見本信用金庫】{subject}"));
    for part in parts {
        assert!(mail.text.contains(part), "{part} in {}", mail.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_told_of_everything_that_happens_to_a_certificate() {
    let smtp = Smtp::up();
    let (mut centre, office) = office::branch(|config| mail(config, &smtp)).await;
    let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
    let desk = &office.desk;

    let (customer, code) = issued(&office).await;
    let mails = smtp.wait(1).await;
    let about = ["㈱髙橋製作所 様\n", "利用者ID ADMIN0001\n", "利用PC 経理課 1号機\n", "契約者番号 ******0001\n"];
    says(&mails[0], "電子証明書を発行しました(取得のお願い)", &about);
    says(&mails[0], "電子証明書を発行しました(取得のお願い)", &["取得期限 ", "取得コードは書面だけに記載しています。"]);

    fetch(&portal, &code).await;
    let mails = smtp.wait(2).await;
    says(&mails[1], "電子証明書が取得されました", &about);
    says(&mails[1], "電子証明書が取得されました", &["取得日時 ", "有効期限 ", "お心当たりがない場合は、第三者による"]);

    // Lost, and found again.
    let stop = async |cause| desk.suspend(&customer, cause, CONTRACT, None).await.unwrap().receipt.unwrap();
    let incident = stop(IncidentCause::Lost).await;
    says(&smtp.wait(3).await[2], "電子証明書を一時停止しました", &["「紛失」のご連絡により", "ログインできません"]);
    office.sign_in("S2001").await;
    desk.resume_incident(&incident, false).await.unwrap();
    says(&smtp.wait(4).await[3], "電子証明書の一時停止を解除しました", &["ふたたびログインできます"]);

    // A new PC: the old certificate ends when the new one works.
    office.sign_in("T1001").await;
    let mut form = desk.new_application(&customer, RequestKind::Reissue).await.unwrap();
    form.cause = Some(ReissueCause::Replaced);
    form.users = vec![RequestUser {
        user_id: USER.into(),
        role: Some(UserRole::Administrator),
        device_label: "経理課 2号機".into(),
        ..Default::default()
    }];
    fill(&mut form);
    let second = approved(&office, form).await.unwrap();
    says(&smtp.wait(5).await[4], "電子証明書を発行しました(取得のお願い)", &["利用PC 経理課 2号機"]);
    fetch(&portal, &second).await;
    let mails = smtp.wait(7).await;
    says(&mails[5], "電子証明書が取得されました", &["利用PC 経理課 2号機"]);
    says(&mails[6], "電子証明書を失効しました", &["利用PC 経理課 1号機", "理由 PC入替"]);

    // Stolen: revoked after the paper came.
    let incident = stop(IncidentCause::Stolen).await;
    let form = IncidentForm {
        caller: "見本 太郎".into(),
        phone: "090-0000-0001".into(),
        note: "内密の話".into(),
        lost_at: String::new(),
    };
    desk.record_incident(&incident, form).await.unwrap();
    office.sign_in("S2001").await;
    let today = domain::calendar::jst_day(Clock::System.now()).to_string();
    desk.record_revocation_paper(&incident, &today).await.unwrap();
    desk.revoke_incident(&incident).await.unwrap();
    let mails = smtp.wait(9).await;
    says(&mails[7], "電子証明書を一時停止しました", &["「盗難」のご連絡により"]);
    says(&mails[8], "電子証明書を失効しました", &["利用PC 経理課 2号機", "理由 盗難"]);

    // The contract will end.
    office.sign_in("T1001").await;
    let mut form = desk.new_application(&customer, RequestKind::Close).await.unwrap();
    let day = domain::calendar::days_after(Clock::System.now(), 20);
    form.closing_on = day.to_string();
    fill(&mut form);
    assert_eq!(approved(&office, form).await, None);
    let mails = smtp.wait(10).await;
    let closing = format!("解約日 {}", day.format("%Y年%-m月%-d日"));
    says(&mails[9], "WEB-FB契約の解約を承りました", &["契約者番号 ******0001", &closing]);

    // One for each act, to the registered address only, in the institution's name, with both contacts.
    office.desk.close().await;
    centre.stop();
    let mails = smtp.mails();
    assert_eq!(mails.len(), 10);
    for mail in &mails {
        assert_eq!(mail.recipients, [ADDRESS]);
        assert_eq!(mail.headers["to"], ADDRESS);
        assert_eq!(mail.headers["from"], "見本信用金庫 <kinko@example.jp>");
        assert_eq!(mail.headers["auto-submitted"], "auto-generated");
        assert_eq!(mail.content_type, "text/plain; utf-8");
        for part in
            ["操作に関するお問い合わせ\n  電話 0120-000-000\n", "電話 025-000-0000", "Eメール system@example.jp"]
        {
            assert!(mail.text.contains(part), "{part} in {}", mail.text);
        }
        // What was told in confidence stays there.
        assert!(!mail.text.contains("内密") && !mail.text.contains("見本 太郎") && !mail.text.contains(CONTRACT));
        assert!(!mail.names.iter().any(|name| name == "bcc" || name == "cc"));
    }
    assert_eq!(distinct(&mails), mails.len());
    no_code(&mails, &[&code, &second]);
    assert_eq!(centre.check().findings, []);
}

/// How many different mails these are.
fn distinct(mails: &[Mail]) -> usize {
    mails.iter().map(|m| &m.headers["message-id"]).collect::<std::collections::BTreeSet<_>>().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_come_once_each_as_the_days_pass() {
    let smtp = Smtp::up();
    let mut centre = Centre::new(|config| {
        mail(config, &smtp);
        config.institution.training = true;
    });
    centre.clock = Clock::at(Clock::System.now());
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let office = Office::enrol(&centre, &invitation).await;
    let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
    let (_, code) = issued(&office).await;
    fetch(&portal, &code).await;
    smtp.wait(2).await;
    office.desk.close().await;
    centre.stop();
    // Every start is a look; the second of a day finds nothing. Days left: 31, 30, 30, 11, 10.
    for (days, so_far) in [(334, 2), (1, 3), (0, 3), (19, 3), (1, 4), (0, 4)] {
        centre.clock.advance(chrono::Duration::days(days));
        centre.start();
        smtp.wait(so_far).await;
        centre.stop();
        assert_eq!(
            served::operator(&centre, &["mail", "list"]).unwrap().trim(),
            "waiting 0, failed 0, without an address 0"
        );
        assert_eq!(smtp.mails().len(), so_far);
    }
    let mails = smtp.mails();
    let subjects: Vec<&str> = mails[2..].iter().map(Mail::subject).collect();
    assert_eq!(
        subjects,
        [
            "【訓練】【見本信用金庫】電子証明書の有効期限のお知らせ(あと30日)",
            "【訓練】【見本信用金庫】電子証明書の有効期限のお知らせ(あと10日)"
        ]
    );
    assert!(mails[3].text.starts_with("【訓練】これは訓練用のメールです。"), "{}", mails[3].text);
    no_code(&mails, &[&code]);
    assert_eq!(centre.check().findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_server_down_and_the_centre_killed_each_mail_comes_once() {
    let mut smtp = Smtp::down();
    let (mut centre, office) = office::branch(|config| mail(config, &smtp)).await;
    let (_, code) = issued(&office).await;
    office.desk.close().await;
    centre.stop();
    let root = root_pem(&centre);

    let running = Served::start(&centre, None).await;
    fetch(&Customer::new(&running.at.portal, &root), &code).await;
    // SIGKILL, with two mails nobody could take.
    drop(running);
    let waiting = served::operator(&centre, &["mail", "list"]).unwrap();
    assert!(waiting.ends_with("waiting 2, failed 0, without an address 0\n"), "{waiting}");
    assert!(waiting.contains("Connection refused"), "it says why: {waiting}");
    assert_eq!(smtp.mails().len(), 0);

    let mut running = Served::start(&centre, None).await;
    smtp.start();
    let subjects: Vec<String> = smtp.wait(2).await.iter().map(|m| m.subject().to_owned()).collect();
    assert_eq!(
        subjects,
        ["【見本信用金庫】電子証明書を発行しました(取得のお願い)", "【見本信用金庫】電子証明書が取得されました"]
    );
    // Killed again and again: nothing comes twice.
    until_sent(&centre, 2).await;
    drop(running);
    running = Served::start(&centre, None).await;
    until_sent(&centre, 2).await;
    drop(running);
    let mails = smtp.mails();
    assert_eq!((mails.len(), distinct(&mails)), (2, 2));
    no_code(&mails, &[&code]);
    assert_eq!(centre.check().findings, []);
}

/// Waits until the operator's list is so.
async fn until(centre: &Centre, what: &str, so: impl Fn(&str) -> bool) -> String {
    let start = std::time::Instant::now();
    loop {
        let list = served::operator(centre, &["mail", "list", "--all"]).unwrap();
        if so(&list) {
            return list;
        }
        assert!(start.elapsed().as_secs() < 30, "never {what}: {list}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// Waits until the list has this word.
async fn until_listed(centre: &Centre, word: &str) -> String {
    until(centre, word, |list| list.contains(word)).await
}

/// Waits until so many mails are marked as sent and none waits.
async fn until_sent(centre: &Centre, count: usize) {
    let sent = |list: &str| list.matches(" sent ").count() == count && list.contains("waiting 0,");
    until(centre, "sent", sent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_servers_yes_and_the_mark_it_comes_again_under_the_same_id() {
    let mut smtp = Smtp::down();
    let (mut centre, office) = office::branch(|config| mail(config, &smtp)).await;
    issued(&office).await;
    office.desk.close().await;
    centre.stop();
    smtp.start();
    let mut running = Served::start(&centre, Some("mail-accepted")).await;
    assert!(!running.died().await.success());
    drop(running);
    assert_eq!(smtp.mails().len(), 1);
    let _running = Served::start(&centre, None).await;
    let mails = smtp.wait(2).await;
    until_sent(&centre, 1).await;
    assert_eq!((mails.len(), distinct(&mails)), (2, 1), "at least once, and whoever gets it twice can tell");
    assert_eq!(mails[0].text, mails[1].text);
}

#[tokio::test(flavor = "multi_thread")]
async fn put_off_it_is_tried_again_and_refused_it_is_on_the_operators_list() {
    let smtp = Smtp::up();
    let (mut centre, office) = office::branch(|config| mail(config, &smtp)).await;
    smtp.answer(&["451 4.7.1 Greylisted, come back later", "451 4.7.1 Still greylisted"]);
    let (customer, _) = issued(&office).await;
    let mails = smtp.wait(1).await;
    says(&mails[0], "電子証明書を発行しました(取得のお願い)", &[]);
    assert_eq!(smtp.unanswered(), 0, "both were given before");
    until_sent(&centre, 1).await;

    smtp.answer(&["550 5.1.1 No such user here"]);
    office.desk.suspend(&customer, IncidentCause::Lost, CONTRACT, None).await.unwrap();
    let failed = until_listed(&centre, "failed 1,").await;
    assert!(failed.contains("550") && failed.contains("5.1.1 No such user here"), "the server's words: {failed}");
    assert!(failed.contains(ADDRESS) && failed.contains(".suspended failed "), "{failed}");
    assert_eq!(smtp.mails().len(), 1);
    // While the service runs it has the database.
    let refused = served::operator(&centre, &["mail", "retry", "--failed"]).unwrap_err();
    assert!(refused.contains("another process serves"), "{refused}");
    office.desk.close().await;
    centre.stop();
    let unknown = served::operator(&centre, &["mail", "retry", "nonsense"]).unwrap_err();
    assert!(unknown.contains("no failed mail has the id nonsense; `madoguchi-central mail list`"), "{unknown}");
    let id = failed.lines().find(|l| l.contains(" failed ")).unwrap().split_whitespace().next().unwrap();
    assert_eq!(served::operator(&centre, &["mail", "retry", id]).unwrap(), "to be tried again: 1\n");
    centre.start();
    says(&smtp.wait(2).await[1], "電子証明書を一時停止しました", &["「紛失」のご連絡により"]);
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_starttls_with_a_password_and_never_without() {
    // A server that offers no STARTTLS gets nothing.
    let plain = Smtp::up();
    let (mut centre, office) = office::branch(|config| {
        mail(config, &plain);
        config.mail.host = "localhost".into();
        config.mail.tls = MailTls::Starttls;
    })
    .await;
    issued(&office).await;
    office.desk.close().await;
    let why = until_listed(&centre, "STARTTLS").await;
    assert!(why.contains("STARTTLS is not supported"), "{why}");
    centre.stop();
    assert_eq!(plain.mails().len(), 0);

    let (protected, certificate) = Smtp::protected("kinko", SMTP_PASSWORD);
    centre.config.mail.port = protected.port;
    centre.config.mail.user = "kinko".into();
    // Nor one whose certificate comes from nobody known.
    let running = Served::start(&centre, None).await;
    let why = until_listed(&centre, "certificate").await;
    assert_eq!(protected.mails().len(), 0, "{why}");
    drop(running);
    centre.config.mail.ca = certificate;
    let _running = Served::start(&centre, None).await;
    let mails = protected.wait(1).await;
    assert!(mails[0].tls && mails[0].authenticated);
    until_sent(&centre, 1).await;
}
