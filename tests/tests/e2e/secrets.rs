//! What lies on the disk of a branch PC: a desk outside training works a day, and then every octet of its profile, and of what it
//! logged, is looked through for names, codes, passwords and keys, in whatever form they might have been written.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::view::CustomerForm;
use desk::{Desk, enrol};
use domain::customer::IncidentCause;
use e2e::centre::{BRANCH, Centre, PASSWORD};
use e2e::office::{fill, read_code, root_pem};
use sqlx::Connection as _;

/// What must not be found, by name.
type Needles = Vec<(String, Vec<u8>)>;

/// A text or a key in every form somebody may write it in.
fn forms(octets: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![octets.to_vec(), hex::encode(octets).into_bytes(), hex::encode_upper(octets).into_bytes()];
    if let Ok(text) = std::str::from_utf8(octets) {
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            forms.push(text.encode_utf16().flat_map(order).collect());
        }
        // As JSON escapes it.
        let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        forms.push(escaped.into_bytes());
    }
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        // Wherever in a group of three it begins: what the octets beside it have a part in is left out.
        for before in 0..3_usize {
            let text = engine.encode([&[0; 2][..before], octets].concat());
            let from = (before * 8).div_ceil(6);
            let to = (before + octets.len()) * 8 / 6;
            forms.push(text.as_bytes()[from..to].to_vec());
        }
    }
    forms
}

fn holds(hay: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return true };
    let mut at = 0;
    while let Some(found) = hay[at..].iter().position(|octet| octet == first) {
        at += found + 1;
        if hay[at..].starts_with(rest) {
            return true;
        }
    }
    false
}

fn found(hay: &[u8], needles: &Needles) -> Vec<String> {
    let told =
        |(name, octets): &(String, Vec<u8>)| forms(octets).iter().any(|form| holds(hay, form)).then(|| name.clone());
    needles.iter().filter_map(told).collect()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn nothing_in(dir: &Path, log: &Log, needles: &Needles, when: &str) {
    let files = files(dir);
    assert!(files.len() >= 2, "{when}: {files:?}");
    for file in files {
        let octets = std::fs::read(&file).unwrap();
        assert_eq!(found(&octets, needles), [] as [String; 0], "{when}: {}", file.display());
        assert!(!octets.starts_with(b"SQLite format 3"), "{when}: {} is not encrypted", file.display());
    }
    let said = log.0.lock().unwrap().clone();
    assert!(!said.is_empty(), "nothing was logged");
    assert_eq!(found(&said, needles), [] as [String; 0], "{when}: the log:\n{}", String::from_utf8_lossy(&said));
}

/// Whatever the program logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The search finds what is there, in each form: or it would prove nothing.
#[test]
fn the_search_finds_what_is_there() {
    let needles: Needles =
        vec![("name".into(), "株式会社越後見本".into()), ("key".into(), vec![7, 200, 0, 9, 31, 5, 66, 9])];
    for (name, octets) in &needles {
        for form in forms(octets) {
            let hay = [b"before".as_slice(), &form, b"behind"].concat();
            assert_eq!(found(&hay, &needles), [name.as_str()], "{form:?}");
        }
        for before in 0..4 {
            let coded = STANDARD_NO_PAD.encode([&b"{{{{"[..before], octets, b"}"].concat());
            assert_eq!(found(coded.as_bytes(), &needles), [name.as_str()], "base64 behind {before} octets");
        }
    }
    assert_eq!(found("株式会社越前見本".as_bytes(), &needles), [] as [String; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_readable_lies_on_a_branch_pc() {
    let log = Log::default();
    let writer = log.clone();
    // More than a branch's PC is asked to say.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let mut centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile { dir: dir.path().to_owned(), training: false };
    let secrets = Secrets::keyring(dir.path()).expect("a session bus with an unlocked keyring (./dev test has one)");
    let identity = enrol::enrol(&centre.at().enrol, &root_pem(&centre), &invitation, &secrets).await.unwrap();
    enrol::keep(&profile, &secrets, &identity).await.unwrap();
    let form = CustomerForm {
        cif: "7310298".into(),
        name: "株式会社越後見本酒造".into(),
        kana: "エチゴミホンシュゾウ".into(),
        address: "見本県越後市見本町三丁目".into(),
        phone: "025-731-0298".into(),
        email: "kuramoto@echigo-mihon.example.jp".into(),
    };
    let texts = [&form.name, &form.kana, &form.address, &form.phone, &form.email];
    let mut needles: Needles = texts.map(|text| (text.clone(), text.clone().into_bytes())).to_vec();
    needles.push(("the password".into(), PASSWORD.into()));
    for name in ["terminal-key", "replica-key"] {
        needles.push((name.into(), secrets.get(name).unwrap().unwrap().to_vec()));
    }
    // The terminal's own secret number, apart from what it is wrapped in: it follows the first OCTET STRING of 32 octets.
    let wrapped = secrets.get("terminal-key").unwrap().unwrap();
    let at = wrapped.windows(2).position(|two| two == [4, 32]).unwrap();
    needles.push(("the terminal's secret number".into(), wrapped[at + 2..at + 34].to_vec()));

    // What can only be read off the paper is read in training; everything else about the desk is the same.
    let paper = Profile { training: true, ..profile.clone() };
    let desk = Desk::open(paper, &secrets, identity, Default::default()).await.unwrap();
    desk.sign_in("T1001", PASSWORD).await.unwrap();
    let customer = desk.record_customer(form.clone()).await.unwrap().receipt.unwrap();
    let mut contract = desk.new_application(&customer, desk::view::RequestKind::NewContract).await.unwrap();
    contract.contract = "7310298001".into();
    contract.users = vec![desk::view::RequestUser {
        user_id: "KURAMOTO01".into(),
        role: Some(domain::customer::UserRole::Administrator),
        device_label: "越後蔵 事務所PC".into(),
        ..Default::default()
    }];
    fill(&mut contract);
    contract.applicant = "越後 見本太郎".into();
    needles.push(("the applicant".into(), contract.applicant.clone().into_bytes()));
    needles.push(("the PC".into(), "越後蔵 事務所PC".into()));
    let application = contract.application_id.clone();
    desk.save_draft(contract.clone()).await.unwrap();
    desk.submit_application(contract).await.unwrap();
    desk.sign_in("S2001", PASSWORD).await.unwrap();
    let view = desk.application(&application).await.unwrap();
    desk.approve_application(&application, &view.customer_version).await.unwrap();
    desk.sign_in("T1001", PASSWORD).await.unwrap();
    let certificate = desk.application(&application).await.unwrap().certificates[0].certificate_id.clone();
    let slip = desk.print_slip(&certificate).await.unwrap();
    let ticket = slip.print_ticket.unwrap();
    let code = read_code(&desk.slip_pdf(&ticket).unwrap());
    needles.push(("the pickup code".into(), code.clone().into_bytes()));
    needles.push(("the pickup code's symbols".into(), code.replace('-', "").into_bytes()));
    nothing_in(dir.path(), &log, &needles, "while a slip is printed");
    desk.slip_done(&ticket);
    desk.suspend(&customer, IncidentCause::Lost, "7310298001", Some("KURAMOTO01")).await.unwrap();
    nothing_in(dir.path(), &log, &needles, "while it works");
    desk.close().await;

    // The line is cut: somebody signs in without the centre, and an act waits.
    centre.stop();
    let desk = Desk::open_enrolled(profile.clone()).await.unwrap();
    while desk.status().await.unwrap().state == desk::view::DeskState::Starting {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(desk.sign_in("T1001", "another-secret-1").await.is_err());
    needles.push(("a password that was wrong".into(), b"another-secret-1".to_vec()));
    let status = desk.sign_in("T1001", PASSWORD).await.unwrap();
    assert!(status.offline_until.is_some(), "signed in without the centre");
    let other = CustomerForm { cif: "7310299".into(), name: "越後見本銘醸".into(), ..form };
    needles.push((other.name.clone(), other.name.clone().into_bytes()));
    let waiting = desk.suspend(&customer, IncidentCause::Stolen, "7310298001", None).await.unwrap();
    assert_eq!(waiting.state, desk::view::OutboxState::Waiting);
    drop(desk.record_customer(other).await);
    nothing_in(dir.path(), &log, &needles, "without the centre");
    desk.close().await;
    nothing_in(dir.path(), &log, &needles, "closed");

    // And whoever takes the files away opens nothing.
    for file in ["replica.sqlite", "own.sqlite"] {
        let url = format!("sqlite://{}", dir.path().join(file).display());
        let read = match sqlx::SqliteConnection::connect(&url).await {
            Ok(mut db) => sqlx::query("SELECT * FROM sqlite_master").fetch_all(&mut db).await.map(|rows| rows.len()),
            Err(error) => Err(error),
        };
        let refused = read.err().unwrap_or_else(|| panic!("{file} opens without a key"));
        assert!(refused.to_string().contains("not a database"), "{file}: {refused}");
    }
}
