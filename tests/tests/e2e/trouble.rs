//! What breaks under the programs: a full disk, an fsync that fails, a disk that can't be written, a clock that jumps. Each
//! fails closed, with words that say what to do; what was acknowledged stays, and there is a way back.

use std::time::Duration;

use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::view::OutboxState;
use desk::{Desk, DeskError, Identity};
use domain::ErrorCode;
use domain::customer::CustomerCommand;
use domain::id::CustomerId;
use domain::personal::CustomerDetails;
use e2e::centre::{BRANCH, Centre, PASSWORD};
use e2e::fault::disk::Disk;
use e2e::office::{Office, root_pem};
use e2e::served::Served;
use e2e::terminal::Terminal;
use sqlx::Connection as _;
use wire::api::command::PushCommand;
use wire::api::session::SignedIn;

fn record(terminal: &Terminal, teller: &SignedIn, n: u32) -> PushCommand {
    let details = CustomerDetails {
        name: "見本".into(),
        kana: "ミホン".into(),
        // Makes each act a little larger.
        address: "見本市".repeat(30),
        phone: String::new(),
        email: String::new(),
    };
    let command =
        CustomerCommand::RecordCustomer { branch: BRANCH.parse().unwrap(), cif: format!("{n:07}").parse().unwrap() };
    let customer = CustomerId(uuid::Uuid::now_v7());
    terminal.seal(teller, customer, command, Some(domain::PersonalData::Customer(details)), None)
}

async fn terminal(served: &Served, centre: &Centre, invitation: &str) -> Terminal {
    let secrets = Secrets::Files(centre.dir.path().join("secrets"));
    let identity = desk::enrol::enrol(&served.at.enrol, &root_pem(centre), invitation, &secrets).await.unwrap();
    Terminal::new(identity, &secrets).patience(Duration::from_secs(10), true)
}

/// Sends acts until one is not acknowledged; gives those that were, and that one.
async fn until_it_fails(terminal: &Terminal, teller: &SignedIn) -> (Vec<String>, PushCommand) {
    let mut acknowledged = Vec::new();
    for n in 0..20_000 {
        let request = record(terminal, teller, n);
        match terminal.try_send(teller, &request).await {
            Ok(Ok(_)) => acknowledged.push(id(&request)),
            Ok(Err(refused)) => {
                assert_eq!(refused.code, ErrorCode::Unavailable, "{refused:?}");
                return (acknowledged, request);
            }
            Err(_) => return (acknowledged, request),
        }
    }
    panic!("nothing fails");
}

fn id(request: &PushCommand) -> String {
    wire::Envelope::from_bytes(&request.envelope.0).unwrap().id.to_string()
}

/// Every acknowledged act is in the log; the one that was not acknowledged gets its one answer now.
async fn goes_on(
    centre: &Centre,
    mut terminal: Terminal,
    teller: &SignedIn,
    (mut acknowledged, failed): (Vec<String>, PushCommand),
) {
    let served = Served::start(centre, None).await;
    terminal.moved(&served.at.terminal);
    let answer = terminal.send(teller, &failed).await.unwrap();
    assert_eq!(terminal.send(teller, &failed).await.unwrap(), answer);
    acknowledged.push(id(&failed));
    drop(served);
    assert_eq!(centre.check().findings, []);
    let url = format!("sqlite://{}", centre.config.database_file().display());
    let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let rows: Vec<(String,)> = sqlx::query_as("SELECT id FROM entry").fetch_all(&mut db).await.unwrap();
    let ids: std::collections::BTreeSet<String> = rows.into_iter().map(|(id,)| id).collect();
    for id in &acknowledged {
        assert!(ids.contains(id), "lost: {id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_centres_disk_is_full() {
    let disk = Disk::new(64 * 1024);
    let centre = Centre::new(|config| config.data_dir = disk.path().join("data"));
    let invitation = centre.invite(BRANCH, "窓口 1番");
    let mut served = Served::start(&centre, None).await;
    let terminal = terminal(&served, &centre, &invitation).await;
    let teller = terminal.sign_in("T1001").await;
    terminal.send(&teller, &record(&terminal, &teller, 80_000)).await.unwrap();
    disk.fill();
    let acts = until_it_fails(&terminal, &teller).await;
    // What the disk holds after a failed commit is not known: the service ends, and says why.
    assert!(!served.died().await.success());
    drop(served);
    disk.empty();
    goes_on(&centre, terminal, &teller, acts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_fsync_of_the_centre_fails() {
    let centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    let mut served = Served::from(&centre.config, Served::command(&centre, &["fiu-run", "-x"])).await;
    let terminal = terminal(&served, &centre, &invitation).await;
    let teller = terminal.sign_in("T1001").await;
    // From here on fsync fails now and then, as a dying disk's does.
    let faults = "enable_random name=posix/io/sync/*,probability=0.03";
    let told = std::process::Command::new("fiu-ctrl").args(["-c", faults, &served.pid().to_string()]).output().unwrap();
    assert!(told.status.success() && told.stdout.is_empty(), "{told:?}");
    let acts = until_it_fails(&terminal, &teller).await;
    assert!(!served.died().await.success());
    drop(served);
    goes_on(&centre, terminal, &teller, acts).await;
}

pub(crate) async fn open(dir: &std::path::Path, identity: &Identity) -> Result<Desk, DeskError> {
    let profile = Profile { dir: dir.to_owned(), training: true };
    Desk::open(profile, &Secrets::Files(dir.join("secrets")), identity.clone(), Default::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desks_disk_is_full_then_read_only() {
    let disk = Disk::new(16 * 1024);
    let mut centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let folder = tempfile::tempdir_in(disk.path()).unwrap();
    let office = Office::enrol_in(folder, &centre, &invitation).await;
    office.sign_in("T1001").await;
    let customer = office.record_customer("1234567", "見本商店", "ミホンショウテン").await;
    let form = office.new_contract(&customer, "5000000001", "USER00001").await;
    office.desk.save_draft(form.clone()).await.unwrap();

    // Full: the act is refused before anything was sent, in words that name the disk.
    disk.fill();
    let refused = match office.desk.save_draft(form.clone()).await {
        // What room is left in the file's own pages may still take a draft.
        Ok(()) => office.desk.submit_application(form.clone()).await.expect_err("sent from a full disk"),
        Err(error) => error,
    };
    assert_eq!(refused.code(), ErrorCode::DiskFull, "{refused}");

    // Room again: the draft is there, and goes out.
    disk.empty();
    let office = office.reopen().await;
    office.sign_in("T1001").await;
    let draft = office.desk.drafts().await.unwrap().remove(0);
    assert_eq!(draft.form, form);
    let sent = office.desk.submit_application(draft.form).await.unwrap();
    assert_eq!(sent.state, OutboxState::Confirmed, "{sent:?}");

    // A profile that can't be written: the desk does not start, and says so.
    office.desk.close().await;
    disk.read_only(true);
    let refused = open(office.dir.path(), &office.identity).await.err().expect("opened where nothing can be written");
    assert_eq!(refused.code(), ErrorCode::ProfileReadOnly, "{refused}");
    disk.read_only(false);
    let desk = open(office.dir.path(), &office.identity).await.unwrap();
    desk.sign_in("T1001", PASSWORD).await.unwrap();
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_or_lost_key_opens_nothing_and_loses_nothing() {
    let mut centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let office = Office::enrol(&centre, &invitation).await;
    office.sign_in("T1001").await;
    let customer = office.record_customer("1234567", "見本商店", "ミホンショウテン").await;
    office.desk.close().await;
    let dir = office.dir.path();
    let kept = dir.join("secrets/replica-key");
    let key = std::fs::read(&kept).unwrap();
    let before = std::fs::read(dir.join("replica.sqlite")).unwrap();

    let wrong: Vec<u8> = key.iter().map(|byte| if byte.is_ascii_hexdigit() { b'0' } else { *byte }).collect();
    std::fs::write(&kept, if wrong == key { vec![7; key.len()] } else { wrong }).unwrap();
    let refused = open(dir, &office.identity).await.err().expect("opened with a wrong key");
    assert_eq!(refused.code(), ErrorCode::ReplicaUnreadable, "{refused}");
    std::fs::remove_file(&kept).unwrap();
    let refused = open(dir, &office.identity).await.err().expect("opened without the key");
    assert_eq!(refused.code(), ErrorCode::KeyringUnavailable, "{refused}");
    assert!(!kept.exists(), "no new key is drawn for an old replica");
    assert_eq!(std::fs::read(dir.join("replica.sqlite")).unwrap(), before, "and it was not touched");

    std::fs::write(&kept, key).unwrap();
    let desk = open(dir, &office.identity).await.unwrap();
    desk.sign_in("T1001", PASSWORD).await.unwrap();
    assert_eq!(desk.customer(&customer).await.unwrap().cif, "1234567");
    desk.close().await;
}

/// Serves until it listens or ends; what it said if it ended.
fn served_or_said(centre: &Centre) -> Option<String> {
    use std::io::Read as _;
    use std::process::Stdio;
    let announced = centre.config.data_dir.join("listening.json");
    let _ = std::fs::remove_file(&announced);
    let mut child = Served::command(centre, &[]).stderr(Stdio::piped()).spawn().unwrap();
    let begun = std::time::Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(!status.success());
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            return Some(said);
        }
        if announced.exists() || begun.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            child.wait().unwrap();
            assert!(announced.exists(), "neither serving nor ended");
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Everything in the log, by what is not the damaged file's own doing: the rows as they are read.
async fn log_rows(file: &std::path::Path) -> Result<Vec<(i64, Vec<u8>, Vec<u8>)>, sqlx::Error> {
    let mut db = sqlx::SqliteConnection::connect(&format!("sqlite://{}", file.display())).await?;
    let rows = sqlx::query_as("SELECT idx, bytes, leaf FROM entry ORDER BY idx").fetch_all(&mut db).await;
    let _ = db.close().await;
    rows
}

/// Whatever the file held, with this damage nobody serves from it.
const HOPELESS: [&str; 4] = ["a head of garbage", "nothing but zeros", "half of it", "a quarter of it"];

/// Bits flip in the centre's file, or half of it is gone: `serve` ends with a word of what is wrong, or what it serves is what was
/// in the log; and `check` finds whatever is not as it was.
#[tokio::test(flavor = "multi_thread")]
async fn the_centres_file_is_damaged() {
    use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
    let mut centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let office = Office::enrol(&centre, &invitation).await;
    for n in 0..6 {
        office.issue(n).await;
    }
    office.desk.close().await;
    centre.stop();
    let file = centre.config.database_file();
    let [wal, shm] = ["-wal", "-shm"].map(|ending| std::path::PathBuf::from(format!("{}{ending}", file.display())));
    // Read first: what lay in the write-ahead log is in the file when the last connection has gone, the centre's among them.
    let (mut rows, begun) = (log_rows(&file).await.unwrap(), std::time::Instant::now());
    while wal.exists() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the centre has not let go of its file");
        tokio::time::sleep(Duration::from_millis(20)).await;
        rows = log_rows(&file).await.unwrap();
    }
    let whole = std::fs::read(&file).unwrap();
    let mut damages: Vec<(String, Vec<u8>)> = vec![
        ("a head of garbage".into(), [&[0x5a; 100], &whole[100..]].concat()),
        ("nothing but zeros".into(), vec![0; whole.len()]),
        ("half of it".into(), whole[..whole.len() / 2].to_vec()),
        ("a quarter of it".into(), whole[..whole.len() / 4].to_vec()),
        ("its last page cut".into(), whole[..whole.len() - 700].to_vec()),
    ];
    let seeds = std::env::var("MADOGUCHI_LONG").map_or(24, |_| 300);
    for seed in 0..seeds {
        let mut chance = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let mut bytes = whole.clone();
        for _ in 0..=seed % 4 {
            let at = usize::try_from(chance.next_u64() % bytes.len() as u64).unwrap();
            bytes[at] ^= 1 << (chance.next_u32() % 8);
        }
        damages.push((format!("seed {seed}"), bytes));
    }
    let (mut found, mut refused) = (0, 0);
    for (damage, bytes) in damages {
        let put = || {
            for old in [&wal, &shm] {
                let _ = std::fs::remove_file(old);
            }
            std::fs::write(&file, &bytes).unwrap();
        };
        put();
        let checked = e2e::served::operator(&centre, &["check"]);
        match &checked {
            // Bits of what is not used, or that are no part of anything: every entry reads as before.
            Ok(_) => assert!(log_rows(&file).await.unwrap() == rows, "{damage}: another log is good"),
            Err(said) => {
                assert!(said.contains("madoguchi-central: ") && !said.contains("panicked"), "{damage}: {said}");
                found += 1;
            }
        }
        put();
        let served = served_or_said(&centre);
        assert!(served.is_some() || !HOPELESS.contains(&damage.as_str()), "{damage}: it serves");
        if let Some(said) = served {
            assert!(said.contains("madoguchi-central: ") && !said.contains("panicked"), "{damage}: {said}");
            assert!(checked.is_err(), "{damage}: it does not start, and check finds nothing: {said}");
            refused += 1;
        }
    }
    assert!(found > 10 && refused > 3, "{found} found, {refused} did not start");
}

/// The centre's clock is set back by a day and forth again while it serves: the log's time never goes back, and nothing
/// that is open closes.
#[tokio::test(flavor = "multi_thread")]
async fn the_centres_clock_jumps() {
    let centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    let rc = centre.dir.path().join("clock");
    std::fs::write(&rc, "+0").unwrap();
    let mut command = Served::command(&centre, &["faketime", "-f", "+0"]);
    command.env("FAKETIME_TIMESTAMP_FILE", &rc).env("FAKETIME_NO_CACHE", "1").env_remove("FAKETIME");
    let served = Served::from(&centre.config, command).await;
    let terminal = terminal(&served, &centre, &invitation).await;
    let teller = terminal.sign_in("T1001").await;
    let mut times = Vec::new();
    for (n, clock) in ["+0", "-1d", "+0", "-3h", "+5m", "-5m"].iter().enumerate() {
        std::fs::write(&rc, clock).unwrap();
        let request = record(&terminal, &teller, u32::try_from(n).unwrap());
        times.push(terminal.send(&teller, &request).await.unwrap_or_else(|e| panic!("{clock}: {e:?}")).at);
    }
    assert!(times.is_sorted(), "{times:?}");
    drop(served);
    assert_eq!(centre.check().findings, []);
}
