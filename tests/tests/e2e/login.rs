//! The story that matters most, in a real Chromium against a real nginx: the customer logs in, the phone rings, and his next
//! click is refused.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use e2e::relying::{LOGIN_PASSWORD, RelyingParty, Source, Wallet};
use thirtyfour::prelude::*;

use crate::page::{Driver, Page, browser, results, start_browser_by};
use crate::relying::{USER, world};

/// As the customer does by double click: the file goes into the certificate store of his account.
pub(crate) fn import(wallet: &Wallet, home: &Path) {
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program).args(arguments).output().unwrap();
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    };
    let store = home.join(".pki/nssdb");
    std::fs::create_dir_all(&store).unwrap();
    let (pem, p12) = (home.join("wallet.pem").display().to_string(), home.join("wallet.p12").display().to_string());
    std::fs::write(&pem, &wallet.pem).unwrap();
    run("openssl", &["pkcs12", "-export", "-in", &pem, "-out", &p12, "-passout", "pass:himitsu"]);
    let db = format!("sql:{}", store.display());
    run("certutil", &["-N", "-d", &db, "--empty-password"]);
    run("pk12util", &["-i", &p12, "-d", &db, "-W", "himitsu"]);
}

/// A browser of a PC whose owner has chosen once and for all which certificate goes to which site: a file of the system, here
/// of a name space of its own.
pub(crate) fn start_pc(home: &Path) -> (Driver, u16) {
    let policies = home.join("etc/policies/managed");
    std::fs::create_dir_all(&policies).unwrap();
    let chosen = r#"{"AutoSelectCertificateForUrls": ["{\"pattern\":\"*\",\"filter\":{}}"]}"#;
    std::fs::write(policies.join("certificate.json"), chosen).unwrap();
    let mut command = Command::new("unshare");
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    command.arg(if root { "-m" } else { "-rm" }).args([
        "sh",
        "-c",
        "mount --bind \"$0\" /etc/chromium && exec /usr/bin/chromedriver \"$@\"",
    ]);
    command.arg(home.join("etc")).env("HOME", home);
    start_browser_by(command)
}

async fn shows(page: &Page, text: &str, patience: Duration) -> bool {
    let found = page.driver.query(By::XPath(format!("//*[contains(text(), '{text}')]"))).and_displayed();
    found.wait(patience, Duration::from_millis(20)).exists().await.unwrap()
}

async fn says(page: &Page, text: &str) {
    if !shows(page, text, Duration::from_secs(20)).await {
        page.shot("failed").await;
        panic!("「{text}」 is not on the page: {}", page.driver.source().await.unwrap());
    }
}

/// Follows the link to the login. On a busy machine Chromium has lost a click and stayed where it was, without a word; whoever
/// sits before it clicks again.
async fn follow(page: &Page, party: &RelyingParty) {
    let (link, text) = (By::LinkText("電子証明書ログイン"), "電子証明書を確認しました");
    let link = page.driver.query(link).first().await.unwrap();
    page.click_on(&link).await;
    if !shows(page, text, Duration::from_secs(10)).await {
        let asked = party.asked();
        assert!(!asked.contains("/login"), "the click was not lost: {asked}{}", party.errors());
        page.click_on(&link).await;
    }
    says(page, text).await;
}

/// A browser shakes hands ahead of the next click; such a connection is good for a second (`client_header_timeout`).
async fn until(page: &Page, text: &str, act: impl AsyncFn()) {
    let start = Instant::now();
    loop {
        act().await;
        if shows(page, text, Duration::from_millis(300)).await {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(3), "not yet: {text}");
    }
}

async fn press(page: &Page, id: &str) {
    page.driver.find(By::Css(id)).await.unwrap().click().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn his_next_click_is_refused() {
    let world = world().await;
    let party = RelyingParty::start(&world.centre, &[USER], Source::Ocsp).await;
    let home = tempfile::tempdir().unwrap();
    import(&world.wallet, home.path());
    let (_driver, port) = start_pc(home.path());
    let switches = ["--ignore-certificate-errors", "--lang=ja"];
    let page = Page { driver: browser(port, home.path(), &switches).await, shots: results(), name: "login" };
    page.driver.goto(&party.entry).await.unwrap();
    page.shot("1-entry").await;
    follow(&page, &party).await;
    for (field, text) in [("#user", USER), ("#password", LOGIN_PASSWORD)] {
        page.driver.find(By::Css(field)).await.unwrap().send_keys(text).await.unwrap();
    }
    page.shot("2-password").await;
    press(&page, "form button").await;
    says(&page, "ログインしました").await;
    page.shot("3-inside").await;

    // The phone rings.
    let incident = world.stop().await;
    until(&page, "この電子証明書ではログインできません", async || press(&page, "#again").await).await;
    page.shot("4-open-tab").await;
    page.driver.goto(&party.login).await.unwrap();
    says(&page, "電子証明書を確認できません").await;
    page.shot("5-refused").await;

    // Found again.
    world.office.sign_in("S2001").await;
    world.office.desk.resume_incident(&incident, false).await.unwrap();
    until(&page, "電子証明書を確認しました", async || page.driver.goto(&party.login).await.unwrap()).await;
    page.driver.clone().quit().await.unwrap();
    world.office.desk.close().await;
}
