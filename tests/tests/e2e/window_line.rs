//! The line in the real window: a first sync that takes its time, signing in without the centre, a stop that is not in
//! force, and an application that another desk was faster with.

use std::path::{Path, PathBuf};
use std::time::Duration;

use desk::Identity;
use desk::secrets::Secrets;
use domain::PersonalData;
use domain::customer::{ChosenUser, CustomerCommand, IdentityDocument, PaperChecks, Request};
use domain::id::{ApplicationId, CustomerId};
use domain::personal::ApplicationDetails;
use e2e::line::Line;
use e2e::terminal::Terminal;
use sqlx::{ConnectOptions as _, Connection as _};
use thirtyfour::prelude::*;

use crate::page::{Driver, PATIENCE, Page};
use crate::window::{shown, start_window};

/// Octets a second of a line on which the sample data takes a while.
const THIN: usize = 3_000;

/// Where the training centre's terminal API is, once it is known.
fn terminal_port(profile: &Path) -> Option<u64> {
    let ports = std::fs::read(profile.join("centre/ports.json")).ok()?;
    serde_json::from_slice::<serde_json::Value>(&ports).ok()?.get("terminal")?.as_u64()
}

/// The same PC's key in another's hands: another desk, as far as the centre can tell, whose line is not cut.
pub(crate) async fn rival(profile: &Path) -> Terminal {
    let key = std::fs::read(profile.join("secrets/replica-key")).unwrap();
    let options = e2e::encrypted::options(&profile.join("replica.sqlite"), &key).read_only(true);
    let mut db = options.connect().await.unwrap();
    let (bytes,): (Vec<u8>,) =
        sqlx::query_as("SELECT value FROM meta WHERE key = 'identity'").fetch_one(&mut db).await.unwrap();
    db.close().await.unwrap();
    let mut identity: Identity = serde_json::from_slice(&bytes).unwrap();
    identity.terminal_url = format!("https://127.0.0.1:{}", terminal_port(profile).unwrap());
    Terminal::new(identity, &Secrets::Files(profile.join("secrets")))
}

struct Desk {
    page: Page,
    line: Line,
}

impl Desk {
    async fn is_gone(&self, id: &str) {
        let found = By::Css(format!("[data-testid='{id}']"));
        let gone = self.page.driver.query(found).wait(PATIENCE, Duration::from_millis(50)).not_exists().await;
        gone.unwrap_or_else(|_| panic!("{id} is still there"));
    }

    async fn open_customer(&self) -> CustomerId {
        self.page.open_customer("ヤマダ").await;
        let url = self.page.driver.current_url().await.unwrap();
        url.fragment().unwrap().rsplit('/').next().unwrap().parse().unwrap()
    }

    /// Registers an application on the customer on screen.
    async fn registers(&self) {
        let page = &self.page;
        page.click("apply-move_to_certificate").await;
        page.find("application-form").await;
        page.click("choose-KNR00001").await;
        page.fill("device-KNR00001", "この入力は残ります").await;
        page.click("check-seal").await;
        page.choose("check-identity", "company_register").await;
        page.click("check-environment").await;
        page.click("check-terms").await;
        page.fill("applicant", "見本 太郎").await;
        page.click("submit").await;
    }

    async fn cut(&self) {
        self.line.cut();
        self.page.find("sign-in-offline").await;
    }
}

/// The window in training, with its line in the test's hand.
struct Window {
    desk: Desk,
    profile: PathBuf,
    _driver: Driver,
    _folder: tempfile::TempDir,
}

impl Window {
    async fn open(octets_a_second: usize) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("profile");
        std::fs::create_dir_all(&profile).unwrap();
        let at = profile.clone();
        let line = Line::toward(move || Some(format!("127.0.0.1:{}", terminal_port(&at)?))).await;
        line.slow(octets_a_second);
        std::fs::write(profile.join("desk.toml"), format!("[centre]\nurl = \"{}\"\n", line.url())).unwrap();
        let (driver_process, port) = start_window(folder.path());
        let desk = Desk { page: shown(port, "line").await, line };
        Self { desk, profile, _driver: driver_process, _folder: folder }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_branch_works_on_when_the_line_is_slow_and_when_it_is_cut() {
    let window = Window::open(THIN).await;
    let (desk, profile) = (&window.desk, &window.profile);
    let page = &desk.page;

    // The first sync says how far it is and how long it will take; what is here can be used while it comes.
    page.find("arriving").await;
    let start = std::time::Instant::now();
    while !page.text("arriving-rate").await.contains("残り約") {
        assert!(start.elapsed() < PATIENCE, "how long it takes is never said");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    page.shot("01-first-sync").await;
    page.click("sync-pause").await;
    page.find("sign-in").await;
    page.sign_in("t1001").await;
    let paused = page.text("arriving").await;
    assert!(paused.contains("中断"), "{paused}");
    page.shot("02-stopped").await;
    page.click("sync-pause").await;
    desk.line.slow(0);
    desk.is_gone("arriving").await;
    let customer = desk.open_customer().await;

    // The line is cut. Who signed in here lately signs in again; everything but two things says why not.
    page.click("sign-out").await;
    page.find("sign-in").await;
    desk.cut().await;
    page.shot("04-sign-in-without-the-centre").await;
    page.fill("staff-id", "s2001").await;
    page.fill("password", desk::training::PASSWORD).await;
    page.press(Key::Enter).await;
    let refused = page.find("error").await;
    assert_eq!(refused.attr("data-code").await.unwrap().as_deref(), Some("offline_sign_in_over"));
    page.shot("05-never-here").await;
    page.sign_in("t1001").await;
    page.find("alone").await;
    page.shot("06-alone").await;
    page.click("nav-search").await;
    page.fill("search-box", "ソンナヒトハイナイ").await;
    page.click("new-customer").await;
    let save = page.find("customer-save").await;
    assert!(!save.is_enabled().await.unwrap());
    assert!(page.text("why-not").await.contains("未接続"));
    page.shot("07-why-not").await;

    // A stop that waits: said on every screen, to be gone only when it is in force.
    assert_eq!(desk.open_customer().await, customer);
    page.press(Key::F9).await;
    page.find("stop-dialog").await;
    page.driver.action_chain().send_keys("2").perform().await.unwrap();
    page.press(Key::Enter).await;
    // Its number is read a moment later.
    page.find("emergency-phone").await;
    let said = page.text("stop-queued").await;
    assert!(said.contains("まだ効力がありません") && said.contains("0120-000-000"), "{said}");
    page.shot("08-stop-queued").await;
    page.click("report-later").await;
    for screen in ["nav-today", "nav-log", "nav-about"] {
        page.click(screen).await;
        let banner = page.text("not-in-force").await;
        assert!(banner.contains("停止されていません") && banner.contains("0120-000-000"), "{screen}: {banner}");
    }
    page.click("nav-today").await;
    page.find("today").await;
    page.shot("09-not-in-force").await;
    page.in_little_room("09-not-in-force").await;
    page.click("lock").await;
    page.find("lock-screen").await;
    let locked = page.text("not-in-force").await;
    assert!(locked.contains("停止されていません") && !locked.contains("山田"), "no name on a locked screen: {locked}");
    page.shot("10-locked").await;
    page.fill("unlock-password", desk::training::PASSWORD).await;
    page.press(Key::Enter).await;
    page.find("today").await;

    // An application, registered without the centre; meanwhile another desk registers one for the same user ID.
    desk.open_customer().await;
    desk.registers().await;
    page.find("pending").await;
    page.shot("11-queued").await;
    registers_first(&rival(profile).await, customer).await;
    desk.line.mend();
    page.press(Key::F8).await;
    page.find("refused").await;
    page.find("outbox-reopen").await;
    let refused = page.text("refused").await;
    assert!(refused.contains("KNR00001") && refused.contains("処理中の申込"), "{refused}");
    page.shot("12-refused").await;
    page.in_little_room("12-refused").await;
    page.click("outbox-reopen").await;
    page.find("refused-before").await;
    let kept = page.find("applicant").await.prop("value").await.unwrap();
    assert_eq!(kept.as_deref(), Some("見本 太郎"), "the input is there");
    assert!(page.text("application-form").await.contains("KNR00001"));
    page.shot("13-reopened").await;

    // The stop was refused, too: there is nothing to stop. It stays until somebody says that it is settled.
    page.press(Key::F8).await;
    page.find("refused").await;
    assert!(page.text("not-in-force").await.contains("受付不可"));
    let row = |kind: &str| {
        format!("//*[@data-testid='refused']//tr[contains(., '{kind}')]//*[@data-testid='outbox-dismiss']")
    };
    for kind in ["緊急停止", "申込の登録"] {
        let button =
            page.driver.query(By::XPath(row(kind))).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
        page.click_on(&button).await;
        let dealt =
            page.driver.query(By::XPath(row(kind))).wait(PATIENCE, Duration::from_millis(50)).not_exists().await;
        dealt.unwrap();
    }
    desk.is_gone("not-in-force").await;
    desk.is_gone("refused").await;
    page.click("done-open").await;
    assert!(page.text("done").await.contains("対処済"), "who dealt with it stays");
    page.click("check-begin").await;
    page.says("check", "data-phase", "same").await;
    page.shot("14-checked").await;
    page.find("alone-sign-in").await;
    page.shot("15-back").await;
    let _ = window.desk.page.driver.quit().await;
}

/// Locked by somebody's guesses while the line was cut: a supervisor asks first, and the application goes on as the
/// teller's.
#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_looks_at_what_a_locked_teller_registered() {
    let window = Window::open(0).await;
    let (desk, page) = (&window.desk, &window.desk.page);
    page.find("sign-in").await;
    page.sign_in("t1001").await;
    desk.open_customer().await;
    desk.line.cut();
    page.driver
        .query(By::Css("[data-testid='line'].line-off"))
        .wait(PATIENCE, Duration::from_millis(50))
        .first()
        .await
        .unwrap();
    desk.registers().await;
    page.find("pending").await;
    let guesser = rival(&window.profile).await;
    for _ in 0..5 {
        guesser.guess("T1001").await;
    }
    desk.line.mend();
    page.press(Key::F8).await;
    let held = By::Css("[data-testid='outbox-row'][data-state='held']");
    page.driver.query(held).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
    page.shot("20-held").await;
    page.click("sign-out").await;
    page.find("sign-in").await;
    page.sign_in("s2001").await;
    page.press(Key::F4).await;
    page.find("held-acts").await;
    assert!(page.text("held-reason").await.contains("停止されています"));
    page.shot("21-held-acts").await;
    page.in_little_room("21-held-acts").await;
    page.click("held-accept").await;
    desk.is_gone("held-acts").await;
    page.find("waiting").await;
    let facts = page.text("facts").await;
    assert!(facts.contains("T1001") && facts.contains("オフライン"), "{facts}");
    page.shot("22-accepted").await;
    page.click("approve").await;
    page.find("application").await;
    page.press(Key::F6).await;
    page.find("made-at").await;
    page.shot("23-log").await;
    let _ = window.desk.page.driver.quit().await;
}

async fn registers_first(rival: &Terminal, customer: CustomerId) {
    let staff = rival.sign_in_by("T1002", desk::training::PASSWORD).await;
    let submit = CustomerCommand::SubmitApplication {
        application: ApplicationId(uuid::Uuid::new_v4()),
        request: Request::MoveToCertificate {
            contract: "9000000001".parse().unwrap(),
            users: vec![ChosenUser { user: "KNR00001".parse().unwrap(), device_label: "先の申込".into() }],
        },
        checks: PaperChecks {
            seal: true,
            identity: Some(IdentityDocument::KnownCustomer),
            environment: true,
            terms: true,
        },
        received_on: domain::calendar::jst_day(chrono::Utc::now()),
    };
    let details = ApplicationDetails { applicant: "見本".into(), note: String::new(), customer: None };
    let request = rival.seal(&staff, customer, submit, Some(PersonalData::Application(details)), None);
    rival.send(&staff, &request).await.unwrap();
}
