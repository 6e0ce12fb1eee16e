//! Flipped bits, cut files, lost logs: a replica opens as it was, or says that it is damaged; and the way back brings what only
//! this desk knows, or names what it lost.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::outbox;
use crate::replica::cipher::Cipher;
use crate::replica::{afresh, own};
use crate::view::RefetchView;

/// Draws from a seed (splitmix64): the same places each time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }
}

/// Everything that only this desk knows, as text.
type Own = BTreeMap<String, Vec<String>>;

async fn own_rows(replica: &Replica) -> Result<Own, DeskError> {
    let mut rows = Own::new();
    for (table, keys) in own::TABLES {
        let columns: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT name FROM pragma_table_info('{table}') WHERE name <> 'held'"
        )))
        .fetch_all(&replica.readers)
        .await?;
        let columns: Vec<String> = columns.into_iter().map(|(name,)| format!("quote({name})")).collect();
        let text = format!("SELECT {} FROM {table} ORDER BY {}", columns.join(" || '|' || "), keys.join(", "));
        let found: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(text)).fetch_all(&replica.readers).await?;
        rows.insert(table.to_owned(), found.into_iter().map(|(row,)| row).collect());
    }
    Ok(rows)
}

fn act(n: usize) -> outbox::Row {
    outbox::Row {
        command_id: format!("command-{n}"),
        customer_id: format!("customer-{n}"),
        kind: "submit_application".into(),
        staff_id: "T1001".into(),
        made_at: "2026-11-24T00:00:00Z".into(),
        request: format!("{{\"exact\": \"bytes {n} {}\"}}", "見本".repeat(n * 97 % 900)),
        draft: n.is_multiple_of(3).then(|| format!("draft-{n}")),
        stop: n.is_multiple_of(7).then(|| "USER00001".into()),
        offline: n.is_multiple_of(2),
        ..outbox::Row::default()
    }
}

/// A desk that has worked: the log, some acts, drafts, verifiers, what was set aside. Left as a killed process leaves it.
async fn worked(dir: &Path, log: &mut Log) -> Own {
    let path = dir.join("replica.sqlite");
    let replica = Replica::open(&path, &KEY).await.unwrap();
    for chunk in 0..6 {
        let leaves = (0..40).map(|n| recorded(chunk * 40 + n + 1, "見本商店", "ミホンショウテン")).collect();
        let answer = log.answer(leaves);
        take(&replica, &log.verifier(), answer).await.unwrap();
    }
    replica.set("identity", &"who this desk is").await.unwrap();
    {
        let mut db = replica.writer().await.unwrap();
        for n in 0..60 {
            outbox::insert(&mut db, &act(n)).await.unwrap();
        }
        for text in [
            "UPDATE outbox SET tries = tries + 1 WHERE seq % 2 = 0",
            "UPDATE outbox SET command_id = 'another' WHERE seq = 7",
            "DELETE FROM outbox WHERE seq % 11 = 0",
            "INSERT INTO draft (application_id, customer_id, saved_at, form) VALUES ('d1', 'c', '', '{\"a\": 1}')",
            "INSERT INTO draft (application_id, customer_id, saved_at, form) VALUES ('d2', 'c', '', '{\"b\": 2}')
             ON CONFLICT (application_id) DO UPDATE SET form = excluded.form",
            "INSERT INTO draft (application_id, customer_id, saved_at, form) VALUES ('d1', 'c', '', '{\"c\": 3}')
             ON CONFLICT (application_id) DO UPDATE SET form = excluded.form",
            "INSERT INTO offline_staff (staff_id, verifier, session, signed_in_ms, tries) VALUES ('T1001', 'v', 's', 1, 2)",
            "INSERT INTO epoch (epoch, former, size, seen, note, ended) VALUES (1, 0, 10, 12, 'note', 1)",
            "INSERT INTO orphan (epoch, idx, hash, id, bytes, matters) VALUES (1, 10, x'01', 'i', x'7b7d', 1)",
            "INSERT INTO orphan (epoch, idx, hash) VALUES (1, 11, x'02')",
            "UPDATE epoch SET held = 0",
        ] {
            sqlx::query(text).execute(&mut *db).await.unwrap();
        }
    }
    let known = own_rows(&replica).await.unwrap();
    assert!(known.values().all(|rows| !rows.is_empty()), "{known:?}");
    replica.set("seen", &1).await.unwrap();
    // As it lies on the disk just now, with its log.
    let killed = dir.join("killed");
    std::fs::create_dir(&killed).unwrap();
    for name in ["replica.sqlite", "own.sqlite"] {
        for (from, to) in own::with_its_own(&dir.join(name)).iter().zip(own::with_its_own(&killed.join(name))) {
            std::fs::copy(from, to).unwrap();
        }
    }
    replica.close().await.unwrap();
    known
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["replica.sqlite", "replica.sqlite-wal", "own.sqlite", "own.sqlite-wal"] {
        let _ = std::fs::remove_file(to.join(name));
        let _ = std::fs::remove_file(to.join(name.replace("-wal", "-shm")));
        let _ = std::fs::copy(from.join(name), to.join(name));
    }
}

/// Reads everything, as a desk does in time.
async fn read_all(replica: &Replica, log: &Log) -> Result<Own, DeskError> {
    verify::read_again(replica, &log.verifier(), |_| {}).await?;
    rebuild::digest(&replica.readers).await?;
    own_rows(replica).await
}

/// Opens, and where that fails or something can't be read, takes the way back and fetches the log again.
async fn after(dir: &Path, log: &Log, what: &str) -> (Own, Option<RefetchView>) {
    let path = dir.join("replica.sqlite");
    match Replica::open(&path, &KEY).await {
        Ok(replica) => {
            let read = read_all(&replica, log).await;
            let _ = replica.close().await;
            match read {
                Ok(own) => return (own, None),
                Err(error) => assert_eq!(error.code(), ErrorCode::ReplicaUnreadable, "{what}: {error}"),
            }
        }
        Err(error) => assert_eq!(error.code(), ErrorCode::ReplicaUnreadable, "{what}: {error}"),
    }
    let damaged = std::fs::read(&path).ok();
    let outcome = afresh::begin(&path, &KEY).await.unwrap_or_else(|error| panic!("{what}: no way back: {error}"));
    let kept = std::fs::read(dir.join(&outcome.kept_as)).ok();
    assert!(kept == damaged, "{what}: the damaged file is kept as it was");
    let replica = Replica::open(&path, &KEY).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(*replica.size.borrow(), 0, "{what}");
    let own = own_rows(&replica).await.unwrap();
    assert_eq!(afresh::outcome(&replica).await.unwrap(), Some(outcome.clone()), "{what}");
    replica.close().await.unwrap();
    (own, Some(outcome))
}

/// One file is damaged: nothing that only this desk knows is lost, whatever it was.
#[tokio::test]
async fn whatever_happens_to_one_file_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Log::new();
    let known = worked(dir.path(), &mut log).await;
    let (killed, closed, place) = (dir.path().join("killed"), dir.path().to_owned(), dir.path().join("place"));
    let (mut fine, mut back) = (0, 0);
    for (left, file) in [
        (&killed, "replica.sqlite"),
        (&killed, "replica.sqlite-wal"),
        (&killed, "own.sqlite"),
        (&killed, "own.sqlite-wal"),
        (&closed, "replica.sqlite"),
        (&closed, "own.sqlite"),
    ] {
        let whole = std::fs::read(left.join(file)).unwrap();
        let mut damages: Vec<(String, Option<Vec<u8>>)> = vec![
            ("gone".into(), None),
            ("cut off".into(), Some(whole[..whole.len() / 2].to_vec())),
            ("cut within a page".into(), Some(whole[..whole.len() - whole.len().min(700)].to_vec())),
            ("garbage at the head".into(), Some([&[0x5a; 100], &whole[whole.len().min(100)..]].concat())),
            ("emptied".into(), Some(Vec::new())),
        ];
        let seeds: u64 = std::env::var("MADOGUCHI_LONG").map_or(6, |_| 200);
        for seed in 0..seeds {
            let mut draw = Draw(seed);
            let mut bytes = whole.clone();
            for _ in 0..=seed % 3 {
                let at = draw.below(bytes.len());
                bytes[at] ^= 1 << draw.below(8);
            }
            damages.push((format!("seed {seed}"), Some(bytes)));
        }
        for (damage, bytes) in damages {
            let what = format!("{file} {damage} ({})", if left == &killed { "killed" } else { "closed" });
            copy(left, &place);
            match bytes {
                Some(bytes) => std::fs::write(place.join(file), bytes).unwrap(),
                None => std::fs::remove_file(place.join(file)).unwrap(),
            }
            let (own, outcome) = after(&place, &log, &what).await;
            assert_eq!(own, known, "{what}: {outcome:?}");
            if let Some(outcome) = &outcome {
                assert_eq!(outcome.lost, [], "{what}");
            }
            if outcome.is_some() { back += 1 } else { fine += 1 }
        }
    }
    assert!(fine > 5 && back > 10, "both happen: {fine} open, {back} fetched again");
}

/// Both files are damaged: what can still be read is carried over, and the rest is named.
#[tokio::test]
async fn what_neither_file_says_any_more_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Log::new();
    let known = worked(dir.path(), &mut log).await;
    let place = dir.path().join("place");
    let (mut carried, mut named) = (0, 0);
    for seed in 0..12 {
        let mut draw = Draw(1000 + seed);
        copy(dir.path(), &place);
        for file in ["replica.sqlite", "own.sqlite"] {
            let mut bytes = std::fs::read(place.join(file)).unwrap();
            let page = Cipher::Now.page();
            let pages = bytes.len() / page;
            // Never the first page: without it nothing can be read at all.
            for _ in 0..1 + pages / 8 {
                let at = (1 + draw.below(pages - 1)) * page + draw.below(page);
                bytes[at] ^= 1 << draw.below(8);
            }
            std::fs::write(place.join(file), bytes).unwrap();
        }
        let what = format!("seed {seed}");
        let (own, outcome) = after(&place, &log, &what).await;
        let Some(outcome) = outcome else { panic!("{what}: it opened") };
        for (table, rows) in &known {
            let kept = &own[table];
            assert!(kept.iter().all(|row| rows.contains(row)), "{what}: {table} holds what was never there");
            let lost = outcome.lost.iter().find(|lost| lost.what == *table);
            let missing = rows.len() - kept.len();
            match lost {
                None => assert_eq!(missing, 0, "{what}: {table} lost without a word"),
                Some(lost) => {
                    assert!(lost.more || lost.count as usize == missing, "{what}: {table}: {missing} of {lost:?}");
                    named += missing;
                }
            }
            carried += kept.len();
        }
    }
    assert!(carried > 100 && named > 0, "{carried} carried over, {named} named");
}

#[tokio::test]
async fn with_another_key_there_is_no_way_back_and_nothing_is_touched() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Log::new();
    worked(dir.path(), &mut log).await;
    let path = dir.path().join("replica.sqlite");
    let before = [&path, &own::beside(&path)].map(|file| std::fs::read(file).unwrap());
    let refused = afresh::begin(&path, &[8; 32]).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ReplicaBeyondRecovery);
    assert_eq!([&path, &own::beside(&path)].map(|file| std::fs::read(file).unwrap()), before);
    replica(&dir).await.close().await.unwrap();
}

/// A desk does not forget what it bears witness of: the log that comes again must come to the head it had seen.
#[tokio::test]
async fn another_log_is_not_taken_in_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Log::new();
    let leaves: Vec<FeedLeaf> = (1..=6).map(|n| recorded(n, "見本商店", "ミホンショウテン")).collect();
    let path = dir.path().join("replica.sqlite");
    let replica = Replica::open(&path, &KEY).await.unwrap();
    let answer = log.answer(leaves.clone());
    take(&replica, &log.verifier(), answer).await.unwrap();
    replica.set("seen", &1).await.unwrap();
    replica.close().await.unwrap();
    let signer = || CheckpointSigner::from_pkcs8("madoguchi/test/0", &log.signer.to_pkcs8()).unwrap();
    for (what, lie) in
        [("a shorter one", leaves[..5].to_vec()), ("another", [&leaves[..5], &[foreign(7), foreign(8)]].concat())]
    {
        afresh::begin(&path, &KEY).await.unwrap();
        let replica = Replica::open(&path, &KEY).await.unwrap();
        let mut fork = Log { signer: signer(), frontier: Frontier::new() };
        let error = take(&replica, &log.verifier(), fork.answer(lie)).await.unwrap_err();
        assert!(matches!(error, DeskError::LogMismatch(_)), "{what}: {error}");
        assert_eq!(rows(&replica).await.0, 0, "{what}");
        replica.close().await.unwrap();
    }
    let replica = Replica::open(&path, &KEY).await.unwrap();
    let mut again = Log { signer: signer(), frontier: Frontier::new() };
    for some in [&leaves[..2], &leaves[2..], &[foreign(1)]] {
        let mut answer = again.answer(some.to_vec());
        answer.log_size = 7;
        assert!(take(&replica, &log.verifier(), answer).await.unwrap());
    }
    assert_eq!(rows(&replica).await, (7, 6, 6));
    replica.close().await.unwrap();
}

/// A PC that is switched off between putting the damaged file aside and putting the fresh one in its place goes on at the next
/// start; and one that was switched off before begins anew.
#[tokio::test]
async fn switched_off_in_between_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Log::new();
    let known = worked(dir.path(), &mut log).await;
    let (path, workshop) = (dir.path().join("replica.sqlite"), dir.path().join("afresh"));
    let outcome = afresh::begin(&path, &KEY).await.unwrap();
    assert!(!workshop.exists(), "nothing is left behind");
    std::fs::create_dir(&workshop).unwrap();
    std::fs::rename(&path, workshop.join("fresh.sqlite")).unwrap();
    let replica = Replica::open(&path, &KEY).await.unwrap();
    assert_eq!(own_rows(&replica).await.unwrap(), known);
    assert_eq!(afresh::outcome(&replica).await.unwrap(), Some(outcome));
    replica.close().await.unwrap();

    // Half of a fresh file, and the other gone: it is not taken for whole.
    std::fs::create_dir_all(&workshop).unwrap();
    std::fs::remove_file(&path).unwrap();
    let half = Replica::open(&workshop.join("fresh.sqlite"), &KEY).await.unwrap();
    half.close().await.unwrap();
    std::fs::remove_file(own::beside(&workshop.join("fresh.sqlite"))).unwrap();
    let Err(error) = Replica::open(&path, &KEY).await else { panic!("it opened") };
    assert_eq!(error.code(), ErrorCode::ReplicaUnreadable, "{error}");
    let outcome = afresh::begin(&path, &KEY).await.unwrap();
    assert_eq!(outcome.lost, []);
    let replica = Replica::open(&path, &KEY).await.unwrap();
    assert_eq!(own_rows(&replica).await.unwrap(), known);
    replica.close().await.unwrap();
}
