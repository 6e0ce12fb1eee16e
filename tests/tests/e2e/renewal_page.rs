//! Renewal in a real Chromium, from the button of a real nginx to the next login: with the present certificate, with the file of
//! an expired one, and with a key that the page never sees.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use central::clock::Clock;
use central::config::Config;
use domain::policy::{KeyPlace, Platform};
use e2e::centre::Centre;
use e2e::office::Office;
use e2e::relying::{LOGIN_PASSWORD, Login, RelyingParty, Source, Wallet};
use thirtyfour::prelude::*;

use crate::login::{import, start_pc};
use crate::page::{Driver, PATIENCE, Page, browser, repository, results};
use crate::relying::{USER, World, begin};

const PASSPHRASE: &str = "kaigara-to-ishi-7";

fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    let done = Command::new(program).args(arguments).output().unwrap();
    assert!(done.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

fn centre(change: impl FnOnce(&mut Config)) -> Centre {
    let mut centre = Centre::new(|config| {
        config.portal.static_dir = repository().join("ui/dist-portal");
        config.policy.platforms.push(Platform::Linux);
        change(config);
    });
    centre.clock = Clock::at(chrono::Utc::now());
    centre
}

/// One certificate, fetched so many days ago.
async fn world(days_ago: i64) -> World {
    let days = chrono::Duration::days(days_ago);
    let world = begin(centre(|_| {}), |clock| clock.advance(-days)).await;
    world.centre.clock.advance(days);
    world
}

async fn open(home: &Path, name: &'static str) -> (Driver, Page) {
    let (driver, port) = start_pc(home);
    let switches = ["--ignore-certificate-errors", "--lang=ja"];
    (driver, Page { driver: browser(port, home, &switches).await, shots: results(), name })
}

/// Waits for a file that the browser saves in the home of its user.
async fn downloaded(folder: &Path, name: &str) -> PathBuf {
    let (file, start) = (folder.join("Downloads").join(name), Instant::now());
    while !file.exists() {
        assert!(start.elapsed() < PATIENCE, "no {name}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    file
}

/// From the certificate on the screen to 有効; gives the file.
async fn renew(page: &Page, home: &Path) -> PathBuf {
    assert_eq!(page.text("present-user-id").await, USER);
    page.shot("2-present").await;
    page.click("renew").await;
    page.fill("passphrase", PASSPHRASE).await;
    page.fill("passphrase-again", PASSPHRASE).await;
    page.click("consent").await;
    page.shot("3-passphrase").await;
    page.click("prepare-submit").await;
    page.click("download").await;
    let file = downloaded(home, &format!("webfb_{USER}.p12")).await;
    page.click("confirm").await;
    page.find("screen-done").await;
    page.shot("4-done").await;
    file
}

/// What is in the file, as a tool that is not ours reads it.
fn unpack(file: &Path) -> Wallet {
    let pass = format!("pass:{PASSPHRASE}");
    let pem = run("openssl", &["pkcs12", "-in", file.to_str().unwrap(), "-nodes", "-passin", &pass]);
    Wallet { pem: String::from_utf8(pem).unwrap(), user: USER.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn renewed_from_the_button_to_the_next_login() {
    let world = world(340).await;
    let party = RelyingParty::start(&world.centre, &[USER], Source::Ocsp).await;
    let home = tempfile::tempdir().unwrap();
    import(&world.wallet, home.path());
    let (_driver, page) = open(home.path(), "renewal").await;
    page.driver.goto(&party.entry).await.unwrap();
    page.driver.query(By::LinkText("電子証明書の取得・更新")).first().await.unwrap().click().await.unwrap();
    page.find("screen-enter").await;
    page.shot("1-both-ways").await;
    page.click("renewal-link").await;
    let file = renew(&page, home.path()).await;
    let next = unpack(&file);
    assert_eq!(next.login(&party, USER, LOGIN_PASSWORD).await, Login::Welcome, "{}", party.errors());
    assert_eq!(world.wallet.login(&party, USER, LOGIN_PASSWORD).await, Login::Refused);
    // The old one opens nothing any more, and the page says why.
    page.driver.goto(&world.centre.at().renewal).await.unwrap();
    let problem = page.find("problem").await;
    assert_eq!(problem.attr("data-code").await.unwrap().as_deref(), Some("renewal_refused"));
    page.shot("5-replaced").await;
    page.driver.clone().quit().await.unwrap();
    world.office.desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_one_is_not_shown_and_its_file_is_taken() {
    let world = world(365 + 80).await;
    let home = tempfile::tempdir().unwrap();
    import(&world.wallet, home.path());
    let (_driver, page) = open(home.path(), "reacquire").await;
    page.driver.goto(&world.centre.at().renewal).await.unwrap();
    let problem = page.find("problem").await;
    assert_eq!(problem.attr("data-code").await.unwrap().as_deref(), Some("renewal_denied"));
    page.shot("1-not-shown").await;

    page.click("pickup-link").await;
    page.click("expired").await;
    // As openssl packed it for the store of certificates.
    page.find("backup-file").await.send_keys(home.path().join("wallet.p12").to_str().unwrap()).await.unwrap();
    page.fill("backup-passphrase", "himitsu").await;
    page.click("backup-submit").await;
    let next = unpack(&renew(&page, home.path()).await);
    let party = RelyingParty::start(&world.centre, &[USER], Source::Ocsp).await;
    assert_eq!(next.login(&party, USER, LOGIN_PASSWORD).await, Login::Welcome, "{}", party.errors());
    assert_eq!(world.wallet.login(&party, USER, LOGIN_PASSWORD).await, Login::Refused);
    page.driver.clone().quit().await.unwrap();
    world.office.desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_the_page_never_sees_is_confirmed_by_its_use() {
    let mut centre = centre(|config| config.policy.key_place = KeyPlace::WindowsStore);
    let invitation = centre.invite(e2e::centre::BRANCH, "窓口 1番");
    centre.start();
    let office = Office::enrol(&centre, &invitation).await;
    let (user, code) = office.issue(1).await;
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).display().to_string();
    {
        let (_driver, page) = open(home.path(), "store").await;
        page.driver.goto(&centre.at().portal).await.unwrap();
        page.fill("user-id", &user).await;
        page.fill("pickup-code", &code).await;
        page.click("enter-submit").await;
        page.click("inf-download").await;
        assert!(page.text("certreq-new").await.starts_with("certreq -new "));
        page.shot("1-instructions").await;
        // In certreq's place.
        let (key, req) = (at("store.key"), at("store.req"));
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let extension = ["-addext", "keyUsage=critical,digitalSignature", "-subj", "/CN=USER00001"];
        run("openssl", &[&["req", "-new"], &curve[..], &extension[..], &["-keyout", &key, "-out", &req]].concat());
        page.find("request-file").await.send_keys(&req).await.unwrap();
        page.click("request-send").await;
        page.click("chain-download").await;
        page.shot("2-chain").await;
        downloaded(home.path(), &format!("webfb_{user}.p7b")).await;
        let inf = downloaded(home.path(), &format!("webfb_{user}.inf")).await;
        assert!(std::fs::read_to_string(inf).unwrap().contains("Exportable = FALSE\r\n"));
        page.driver.clone().quit().await.unwrap();
    }
    let chain = at(&format!("Downloads/webfb_{user}.p7b"));
    let certificates = run("openssl", &["pkcs7", "-inform", "DER", "-in", &chain, "-print_certs"]);
    let pem = [std::fs::read(home.path().join("store.key")).unwrap(), certificates].concat();
    let wallet = Wallet { pem: String::from_utf8(pem).unwrap(), user: user.clone() };
    let party = RelyingParty::start(&centre, &[&user], Source::Ocsp).await;
    assert_eq!(wallet.login(&party, &user, LOGIN_PASSWORD).await, Login::Refused, "on hold until its first use");

    import(&wallet, home.path());
    let (_driver, page) = open(home.path(), "store").await;
    page.driver.goto(&centre.at().renewal).await.unwrap();
    page.shot("3-confirm").await;
    page.click("confirm-use").await;
    page.find("screen-in-use").await;
    page.shot("4-in-use").await;
    assert_eq!(wallet.login(&party, &user, LOGIN_PASSWORD).await, Login::Welcome, "{}", party.errors());
    page.driver.clone().quit().await.unwrap();
    office.desk.close().await;
}
