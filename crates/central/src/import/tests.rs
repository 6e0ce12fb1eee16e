#![allow(clippy::unwrap_used, reason = "tests")]
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use domain::{Actor, ErrorCode};

use super::*;
use crate::check;
use crate::cli::init_with;
use crate::testing::{PASSPHRASE, config, start};

mod at_once;

const SAMPLE: &[u8] = include_bytes!("../../../../assets/import/sample.csv");

struct World {
    _dir: tempfile::TempDir,
    config: Config,
    authority: Authority,
    clock: Clock,
}

impl World {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (config, clock) = (config(&dir), Clock::at(start()));
        init_with(&config, PASSPHRASE, &clock).await.unwrap();
        let authority = Authority::open(&config, PASSPHRASE).unwrap();
        Self { _dir: dir, config, authority, clock }
    }

    async fn import(&self, bytes: &[u8], dry_run: bool) -> anyhow::Result<Report> {
        self.until(bytes, dry_run, |_, _| {}).await
    }

    async fn until(
        &self,
        bytes: &[u8],
        dry_run: bool,
        mut seen: impl FnMut(Step, &AtomicBool) + Send,
    ) -> anyhow::Result<Report> {
        let cancel = Arc::new(AtomicBool::new(false));
        let import = Import {
            config: &self.config,
            authority: &self.authority,
            clock: &self.clock,
            actor: Actor::Operator { name: "root".into() },
            cancel: Arc::clone(&cancel),
        };
        import.run(bytes, dry_run, |step| seen(step, &cancel)).await
    }

    /// Every customer, as JSON.
    async fn states(&self) -> String {
        let mut db = self.config.place().unwrap().reader().await.unwrap();
        let states = "SELECT state FROM aggregate WHERE subject LIKE 'customer/%'";
        let states: Vec<(String,)> = crate::store::db::query(states).fetch_all(&mut db).await.unwrap();
        db.close().await.unwrap();
        states.into_iter().map(|(state,)| state).collect()
    }

    async fn entries(&self) -> u64 {
        let key = self.authority.log().verifier().to_vkey();
        let verdict = check::check(&self.config.place().unwrap(), &key).await.unwrap();
        assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);
        verdict.entries
    }
}

/// The sample with one piece of it changed.
fn changed(from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(SAMPLE).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1).into_bytes()
}

fn told(report: &Report) -> Vec<(u64, &str, ErrorCode)> {
    report.problems.iter().map(|problem| (problem.line, problem.column, problem.code)).collect()
}

#[tokio::test]
async fn the_sample_is_imported_once_and_the_log_says_so() {
    let world = World::new().await;
    let before = world.entries().await;
    let dry = world.import(SAMPLE, true).await.unwrap();
    assert_eq!((dry.rows, dry.customers, dry.contracts, dry.users), (5, 3, 3, 5), "{:?}", dry.problems);
    assert!(!dry.written && dry.problems.is_empty());
    assert_eq!(world.entries().await, before, "a dry run writes nothing");
    let done = world.import(SAMPLE, false).await.unwrap();
    assert!(done.written);
    assert_eq!(world.entries().await, before + 3, "one entry for each customer");
    // Again: every contract is named, and nothing is written.
    let again = world.import(SAMPLE, false).await.unwrap();
    assert_eq!(
        told(&again),
        [
            (2, "契約者番号", ErrorCode::ContractExists),
            (5, "契約者番号", ErrorCode::ContractExists),
            (6, "契約者番号", ErrorCode::ContractExists)
        ]
    );
    assert!(!again.written);
    // A further contract of one that is there.
    let more = changed("0005000001,2019-04-01,契約中,MIHON0001A", "0005000009,2019-04-01,契約中,MIHON0009A");
    let text = String::from_utf8(more).unwrap();
    let more: Vec<&str> = text.lines().take(2).collect();
    let more = world.import(more.join("\n").as_bytes(), false).await.unwrap();
    assert_eq!((more.customers, more.known_customers, more.written), (0, 1, true), "{:?}", more.problems);
    assert_eq!(world.entries().await, before + 4);
}

#[tokio::test]
async fn shift_jis_is_the_same_file_and_names_are_kept() {
    let world = World::new().await;
    let text = std::str::from_utf8(SAMPLE).unwrap().trim_start_matches('\u{feff}');
    let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(text);
    assert!(!lossy && world.import(&bytes, false).await.unwrap().written);
    let all = world.states().await;
    for kept in ["㈱髙橋見本", "カブシキガイシャ タカハシミホン", "025-000-0002", "MIHON0002A"] {
        assert!(all.contains(kept), "{kept} in {all}");
    }
}

#[tokio::test]
async fn every_bad_line_is_named_with_its_column_and_nothing_is_written() {
    let world = World::new().await;
    let before = world.entries().await;
    for (from, to, line, column, code) in [
        ("011,1000001", "11x,1000001", 2, "店番", ErrorCode::BranchCodeMalformed),
        ("1000002", "12345678901", 5, "顧客番号", ErrorCode::CifMalformed),
        ("㈱髙橋見本", "", 5, "氏名・名称", ErrorCode::TextMissing),
        ("ミホンコウギョウ", "見本", 6, "カナ", ErrorCode::KanaMalformed),
        ("０２５－０００－０００２", "12", 5, "電話", ErrorCode::PhoneMalformed),
        ("info@example.jp", "info", 6, "メール", ErrorCode::EmailMalformed),
        ("05000002", "5", 5, "契約者番号", ErrorCode::ContractNumberMalformed),
        ("2021/10/1", "2021/13/1", 5, "契約日", ErrorCode::DateOutOfRange),
        ("解約済", "休止", 6, "契約状態", ErrorCode::NotFound),
        ("mihon0002a", "m", 5, "利用者ID", ErrorCode::UserIdMalformed),
        ("mihon0002a", "MIHON0001B", 5, "利用者ID", ErrorCode::UserTwice),
        ("MIHON0001B,承認者", "MIHON0001B,社長", 3, "役割", ErrorCode::NotFound),
        ("MIHON0001B,承認者", "MIHON0001B,管理者", 2, "利用者ID", ErrorCode::AdministratorCount),
        ("05000003", "05000002", 6, "契約者番号", ErrorCode::ContractExists),
        ("経理課 2号機", "経理課,2号機", 3, "", ErrorCode::RequestMalformed),
    ] {
        let report = world.import(&changed(from, to), false).await.unwrap();
        assert_eq!(told(&report), [(line, column, code)], "{from} as {to}");
        assert!(!report.written);
        assert!(!report.problems.first().unwrap().next().is_empty());
    }
    // Several in one line, and a character that the encoding does not have.
    let text = String::from_utf8(changed("㈱髙橋見本", "見\u{0}本")).unwrap().replacen("２５－", "", 1);
    let report = world.import(text.as_bytes(), false).await.unwrap();
    assert_eq!(
        told(&report),
        [(5, "氏名・名称", ErrorCode::TextForbiddenCharacter), (5, "電話", ErrorCode::PhoneMalformed)]
    );
    let mut broken =
        encoding_rs::SHIFT_JIS.encode(std::str::from_utf8(SAMPLE).unwrap().trim_start_matches('\u{feff}')).0.to_vec();
    let at = broken.windows(2).rposition(|two| two == [0x8c, 0xa9]).unwrap();
    broken.splice(at..at + 2, [0xff, 0xff]);
    let report = world.import(&broken, false).await.unwrap();
    assert!(told(&report).iter().all(|(line, _, code)| *line == 6 && *code == ErrorCode::TextForbiddenCharacter));
    assert!(!report.problems.is_empty());
    let refused = world.import(&changed("店番", "支店"), false).await.unwrap_err().to_string();
    assert!(refused.contains("店番") && refused.contains("支店"), "{refused}");
    assert_eq!(world.entries().await, before);
}

fn many(customers: usize) -> Vec<u8> {
    let mut text = COLUMNS.join(",");
    for n in 0..customers {
        text.push_str(&format!(
            "\n011,{n},見本商店{n},ミホンショウテン,見本市1-1,025-000-0001,,{:010},2019-04-01,契約中,USER{n:06},管理者,PC",
            9_000_000 + n
        ));
    }
    text.into_bytes()
}

#[tokio::test]
async fn cancelled_half_way_nothing_has_happened() {
    let world = World::new().await;
    let before = world.entries().await;
    let mut steps = Vec::new();
    let cancelled = world
        .until(&many(1200), false, |step, cancel| {
            steps.push(step);
            if step == Step::Written(1000, 1200) {
                cancel.store(true, Ordering::Release);
            }
        })
        .await
        .unwrap_err();
    assert!(cancelled.to_string().contains("cancelled"), "{cancelled}");
    assert!(steps.contains(&Step::Written(500, 1200)) && !steps.contains(&Step::Committing), "{steps:?}");
    assert_eq!(world.entries().await, before);
    assert!(world.import(&many(1200), false).await.unwrap().written);
    assert_eq!(world.entries().await, before + 1200);
    let too_many = world.import(&many(ROWS + 1), true).await.unwrap_err();
    assert!(too_many.to_string().contains("split"), "{too_many}");
}

#[tokio::test]
async fn a_certificate_from_elsewhere_is_said_to_be_one() {
    let world = World::new().await;
    let with = |word: &str| {
        let text = std::str::from_utf8(SAMPLE).unwrap();
        let lines = text.lines().enumerate().map(|(n, line)| match n {
            0 => format!("{line},認証方式\n"),
            1 => format!("{line},{word}\n"),
            _ => format!("{line},\n"),
        });
        lines.collect::<String>().into_bytes()
    };
    let bad = world.import(&with("指紋"), true).await.unwrap();
    assert_eq!(told(&bad), [(2, "認証方式", ErrorCode::NotFound)]);
    let words = bad.problems.first().and_then(|problem| problem.args.get("words"));
    assert_eq!(words.map(String::as_str), Some("ID・パスワード, 電子証明書"));
    assert!(world.import(&with("電子証明書"), false).await.unwrap().written);
    assert_eq!(world.states().await.matches(r#""login":"elsewhere""#).count(), 1);
}

#[tokio::test]
async fn blank_lines_and_one_bad_octet_leave_every_other_line_its_number() {
    let world = World::new().await;
    // An open quotation mark behind blank lines is one line.
    let blank = changed("MIHON0001B,承認者", "MIHON0001B,承認社");
    let text = String::from_utf8(blank).unwrap().replacen("\n011,1000001", "\n\n\n\n011,1000001", 2);
    let report = world.import(text.as_bytes(), true).await.unwrap();
    assert_eq!(told(&report), [(9, "役割", ErrorCode::NotFound)]);
    let open = text.replacen("承認社,", "\"承認者,", 1);
    let report = world.import(open.as_bytes(), true).await.unwrap();
    assert_eq!((told(&report), report.rows), (vec![(9, "", ErrorCode::RequestMalformed)], 5));
    // Not a matter of the first line.
    for marked in [true, false] {
        let bytes = changed("見本市中央区1-1", "見本市中央区?-1");
        let bytes: Vec<u8> = bytes.into_iter().map(|byte| if byte == b'?' { 0xe6 } else { byte }).collect();
        let bytes = if marked { &bytes } else { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap() };
        let report = world.import(bytes, true).await.unwrap();
        assert!(told(&report).contains(&(2, "所在地", ErrorCode::TextForbiddenCharacter)), "{:?}", told(&report));
    }
}

#[test]
fn the_zengin_list_gives_the_own_branches() {
    let list = "金融機関コード,金融機関名,店舗コード,店舗名カナ,店舗名\n9999,見本,011,ﾐﾎﾝ,見本支店\n9999,見本,12,ニシ,西支店\n";
    let found = branches(list.as_bytes(), None).unwrap();
    let found: Vec<_> = found.iter().map(|(code, name, kana)| (code.as_str(), name.as_str(), kana.as_str())).collect();
    assert_eq!(found, [("011", "見本支店", "ミホン"), ("012", "西支店", "ニシ")]);
    let other = format!("{list}8888,他行,001,ﾎﾝﾃﾝ,本店\n");
    assert!(branches(other.as_bytes(), None).is_err());
    assert_eq!(branches(other.as_bytes(), Some("9999")).unwrap().len(), 2);
    assert!(branches(format!("{list}9999,見本,011,ﾐﾎﾝ,見本\n").as_bytes(), None).is_err(), "twice");
}
