//! A branch at the end of 256 kbit/s, by the kernel's own shaping: enrolment, sign-in, the first sync, a stop in the middle of it,
//! and the cable that is pulled.

use std::io::BufRead as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

use desk::profile::Profile;
use desk::secrets::Secrets;
use domain::customer::IncidentCause;
use e2e::centre::PASSWORD;
use e2e::fault::thin::ThinLine;
use e2e::office::root_pem;
use e2e::terminal::Terminal;
use serde::{Deserialize, Serialize};

use super::*;

const KBIT: u32 = 256;
const TASK: &str = "MADOGUCHI_THIN";
/// A stop is acknowledged within this, whatever else comes down the line.
const STOP_MS: u128 = 10_000;

/// What the desk at the other end is told.
#[derive(Serialize, Deserialize)]
struct Task {
    enrol: String,
    root: String,
    invitation: String,
    dir: PathBuf,
    user: String,
}

/// And what it says, a line each.
#[derive(Debug, Serialize, Deserialize)]
enum Said {
    Enrolled {
        ms: u128,
    },
    SignedIn {
        ms: u128,
    },
    /// So much is stored and nothing was lost before.
    Stored {
        entries: u32,
        of: u32,
    },
    /// The stop is in force, and so much of the log was here.
    Stopped {
        ms: u128,
        stored: u32,
    },
    /// The line was gone, and is back.
    Back {
        stored: u32,
    },
    Recorded {
        ms: u128,
    },
    Done {
        entries: u32,
        root: String,
    },
}

#[allow(clippy::print_stdout, reason = "the other process reads it")]
fn say(said: &Said) {
    println!("{}", serde_json::to_string(said).unwrap());
}

/// Not a test of its own: the desk at the other end of the line.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the test below"]
async fn desk_behind_a_thin_line() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let task: Task = serde_json::from_str(&std::env::var(TASK).unwrap()).unwrap();
    let secrets = Secrets::Files(task.dir.join("secrets"));
    let begun = Instant::now();
    let identity = desk::enrol::enrol(&task.enrol, &task.root, &task.invitation, &secrets).await.unwrap();
    say(&Said::Enrolled { ms: begun.elapsed().as_millis() });
    let profile = Profile { dir: task.dir.clone(), training: true };
    let desk = Desk::open(profile, &secrets, identity, Default::default()).await.unwrap();
    on_line(&desk, true).await;
    let begun = Instant::now();
    desk.sign_in("T1001", PASSWORD).await.unwrap();
    say(&Said::SignedIn { ms: begun.elapsed().as_millis() });

    let stored = async || desk.status().await.unwrap().progress.map_or((u32::MAX, 0), |p| (p.stored, p.total));
    let begun = Instant::now();
    let target = desk.stop_target(&task.user).await.unwrap();
    let stop =
        desk.suspend(&target.customer_id, IncidentCause::Stolen, &target.contract, Some(&task.user)).await.unwrap();
    let ms = begun.elapsed().as_millis();
    assert_eq!(stop.state, OutboxState::Confirmed, "{stop:?}");
    say(&Said::Stopped { ms, stored: stored().await.0 });

    let (entries, of) = stored().await;
    say(&Said::Stored { entries, of });
    // The cable is pulled now; the desk notices, keeps what it has, and goes on from there when it is back.
    on_line(&desk, false).await;
    let kept = stored().await.0;
    assert!(kept >= entries, "{kept} of {entries}");
    on_line(&desk, true).await;
    say(&Said::Back { stored: stored().await.0.min(kept) });
    let mut seen = kept;
    until("everything is here", || async {
        let (now, _) = stored().await;
        assert!(now >= seen, "it went back from {seen} to {now}");
        now == u32::MAX
    })
    .await;
    seen = desk.sync_status().await.unwrap().size;
    assert!(seen >= kept);
    let begun = Instant::now();
    let form = desk::view::CustomerForm {
        cif: "7654321".into(),
        name: "見本商会".into(),
        kana: "ミホンショウカイ".into(),
        address: "見本市1-1".into(),
        phone: "025-000-0001".into(),
        email: String::new(),
    };
    assert_eq!(desk.record_customer(form).await.unwrap().state, OutboxState::Confirmed);
    say(&Said::Recorded { ms: begun.elapsed().as_millis() });
    until("it came back", || async { !desk.search("7654321").await.unwrap().hits.is_empty() }).await;
    let status = desk.sync_status().await.unwrap();
    say(&Said::Done { entries: status.size, root: status.root });
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "why it was skipped, and what was measured")]
async fn a_branch_behind_256_kbit_enrols_stops_and_resumes() {
    let line = match ThinLine::new(KBIT) {
        Ok(line) => line,
        Err(why) => {
            println!("skipped: this machine gives no network namespace with a shaped line ({why})");
            return;
        }
    };
    let mut centre = Centre::new(|config| {
        config.listen.terminal = (line.address, 0).into();
        config.listen.enrol = (line.address, 0).into();
        config.listen.host_names.push(line.address.to_string());
    });
    let [first, second] = [1, 2].map(|n| centre.invite(BRANCH, &format!("窓口 {n}番")));
    centre.start();
    let maker = Office::enrol(&centre, &first).await;
    let terminal = Terminal::new(maker.identity.clone(), &Secrets::Files(maker.dir.path().join("secrets")));
    let rights = terminal.rights(800).await;
    let dir = tempfile::tempdir().unwrap();
    let task = Task {
        enrol: centre.at().enrol.clone(),
        root: root_pem(&centre),
        invitation: second,
        dir: dir.path().to_owned(),
        user: rights[0].0.clone(),
    };
    let mut child = line
        .command(std::env::current_exe().unwrap())
        .args(["--exact", "line::thin::desk_behind_a_thin_line", "--ignored", "--nocapture"])
        .env(TASK, serde_json::to_string(&task).unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut heard, mut done) = (Vec::new(), None);
    for text in lines {
        let Ok(said) = serde_json::from_str::<Said>(&text.unwrap()) else { continue };
        println!("{said:?}");
        match &said {
            Said::Enrolled { ms } | Said::SignedIn { ms } | Said::Recorded { ms } => assert!(*ms < 15_000, "{said:?}"),
            Said::Stopped { ms, .. } => assert!(*ms < STOP_MS, "{said:?}"),
            Said::Stored { entries, of } => {
                assert!(entries < of, "the first sync was over before the cable was pulled: {said:?}");
                line.link(false);
                // Longer than a desk takes to notice.
                tokio::time::sleep(Duration::from_secs(20)).await;
                line.link(true);
            }
            Said::Back { .. } => {}
            Said::Done { entries, root } => done = Some((*entries, root.clone())),
        }
        heard.push(said);
    }
    assert!(child.wait().unwrap().success());
    assert_eq!(heard.len(), 7, "{heard:?}");
    maker.sign_in("T1001").await;
    let (entries, root) = done.unwrap();
    until("the other desk has seen the same", || async {
        let status = maker.desk.sync_status().await.unwrap();
        status.size > entries || (status.size, status.root) == (entries, root.clone())
    })
    .await;
    maker.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}
