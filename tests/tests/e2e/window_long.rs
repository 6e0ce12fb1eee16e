//! A branch with a long history in the real window of a real desk: it comes for the first time, and then the log is opened, jumped
//! through, narrowed, verified and written to a file. A million entries with `--long` (or as many as `MADOGUCHI_LOG_ENTRIES` says).

use std::io::BufRead as _;
use std::path::Path;
use std::time::{Duration, Instant};

use desk::enrol;
use desk::profile::Profile;
use desk::secrets::Secrets;
use e2e::centre::{BRANCH, Centre};
use e2e::long_log::{self, Customers};
use e2e::office::{Office, root_pem};
use e2e::served::Served;
use serde_json::json;
use thirtyfour::prelude::*;

use crate::faults::long;
use crate::page::Page;
use crate::window::shown;
use crate::window_enrol::{signed_in, start_desk};
use crate::window_log::{fewer, total};

/// Everything at once comes in the time of a coffee; a screen comes at once.
const COFFEE: Duration = Duration::from_secs(1800);

fn entries() -> u64 {
    let usual = if long() { 1_000_000 } else { 10_000 };
    std::env::var("MADOGUCHI_LOG_ENTRIES").ok().map_or(usual, |count| count.parse().unwrap())
}

/// Looking for it costs what is looked at: often for what comes at once, seldom for what takes minutes.
const OFTEN: Duration = Duration::from_millis(10);
const SELDOM: Duration = Duration::from_millis(500);

/// Until the page has such an element; how long that took.
async fn until(desk: &Page, selector: &str, look: Duration) -> Duration {
    let begun = Instant::now();
    let found = desk.driver.query(By::Css(selector)).wait(COFFEE, look).first().await;
    assert!(found.is_ok(), "{selector} never came");
    begun.elapsed()
}

#[allow(clippy::print_stdout, reason = "how long it took is worth knowing")]
fn told(what: &str, took: Duration) {
    println!("{what}: {took:?}");
}

fn at_once(what: &str, took: Duration) {
    told(what, took);
    // By WebDriver, and a loaded machine: a person waits a second or two, and no more.
    assert!(took < Duration::from_secs(3), "{what} took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_log_is_opened_jumped_through_narrowed_verified_and_exported() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let entries = entries();
    let mut centre = Centre::new(|_| {});
    let invitations = [1, 2].map(|n| centre.invite(BRANCH, &format!("窓口 {n}番")));
    centre.start();
    let office = Office::enrol(&centre, &invitations[0]).await;
    long_log::lengthen_by(&mut centre, &office, entries, Customers { own_in: 1, story_in: 1, fetched: false }).await;
    let served = Served::start(&centre, None).await;

    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    std::fs::create_dir_all(&profile).unwrap();
    let keyring = Secrets::keyring(&profile).expect("a session bus with an unlocked keyring");
    let mut identity = enrol::enrol(&served.at.enrol, &root_pem(&centre), &invitations[1], &keyring).await.unwrap();
    identity.terminal_url = served.at.terminal.clone();
    enrol::keep(&Profile { dir: profile.clone(), training: false }, &keyring, &identity).await.unwrap();

    let (_driver, port) = start_desk(&profile);
    let desk = shown(port, "long").await;
    desk.picture("01-first-sync").await;
    told(&format!("{entries} entries until the sign-in"), until(&desk, "[data-testid='sign-in']", SELDOM).await);
    signed_in(&desk, "s2001").await;
    while desk.driver.find(By::Css("[data-testid='arriving']")).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    desk.press(Key::F6).await;
    at_once("open", until(&desk, "[data-testid='log-row']", OFTEN).await);
    let all = total(&desk).await;
    // All but the few that are another branch's.
    assert!(all > entries - 100, "{all}");
    desk.shot("02-log").await;

    // Anywhere: the last row, back, and by the bar at the side.
    desk.tab_to("log-rows").await;
    desk.press(Key::End).await;
    at_once("to the oldest", until(&desk, "[data-testid='log-row'][data-events~='log_opened']", OFTEN).await);
    desk.press(Key::Home).await;
    at_once("to the newest", until(&desk, "[data-testid='log-rows'][data-first='0']", OFTEN).await);
    for place in [3, 7, 1, 5] {
        let bar = "const rows = document.querySelector(\"[data-testid='log-rows']\"); rows.scrollTop = rows.scrollHeight * arguments[0] / 10;";
        desk.driver.execute(bar, vec![json!(place)]).await.unwrap();
        let begun = Instant::now();
        loop {
            // In one step: rows come and go while they are asked for.
            let look = "return [Number(document.querySelector(\"[data-testid='log-rows']\").dataset.first),
                document.querySelectorAll(\"[data-testid='log-row'][data-events]\").length];";
            let (first, shown): (u64, u64) = desk.driver.execute(look, vec![]).await.unwrap().convert().unwrap();
            if first.abs_diff(all * place / 10) < all / 50 && shown > 3 {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{place}: {first}");
        }
        at_once("by the bar", begun.elapsed());
    }
    desk.shot("03-middle").await;

    // Narrowed: one customer's, by a number; then what was granted at all.
    desk.find("log-text").await.send_keys("0000100").await.unwrap();
    let begun = Instant::now();
    let one = fewer(&desk, 100).await;
    at_once("one customer's", begun.elapsed());
    assert!(one > 3, "{one}");
    desk.shot("04-one-customer").await;
    desk.click("log-clear").await;
    desk.says("log-rows", "data-total", &all.to_string()).await;
    desk.choose("log-kind", "right_granted").await;
    let begun = Instant::now();
    let granted = fewer(&desk, all).await;
    at_once("a kind", begun.elapsed());
    assert!(granted > entries / 10, "{granted}");

    // To a file: what is left, to its last row.
    desk.press_all(Key::Control + "e").await;
    told(&format!("{granted} entries exported"), until(&desk, "[data-testid='exported']", SELDOM).await);
    assert_eq!(lines(&profile), granted + 1);
    desk.shot("05-exported").await;

    // Everything is verified.
    desk.click("to-verify").await;
    desk.find("verify-begin").await;
    desk.press(Key::Enter).await;
    told("verified", until(&desk, "[data-testid='verification'][data-phase='sound']", SELDOM).await);
    assert!(desk.text("verdict").await.contains("改ざんされていません"));
    desk.shot("06-verified").await;
    desk.driver.quit().await.unwrap();
}

/// Lines of the file that was saved.
fn lines(folder: &Path) -> u64 {
    let mut files = std::fs::read_dir(folder).unwrap().map(|one| one.unwrap().path());
    let file = files.find(|path| path.extension().is_some_and(|end| end == "csv")).unwrap();
    std::io::BufReader::new(std::fs::File::open(file).unwrap()).lines().count() as u64
}
