//! What the machine could do at best: the rows a desk stores, put into the same kind of database with nothing around them; and the
//! bare tree.

use std::path::Path;
use std::time::{Duration, Instant};

use desk::Witness;
use e2e::long_log;
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, QueryBuilder, Sqlite};
use tlog::{CheckpointVerifier, Frontier, RootHash};
use wire::api::feed::FeedAnswer;

/// Leaves of one transaction: as many as an answer of the feed has at most.
const CHUNK: i64 = 16_384;
/// Place, leaf, and of the branch's own: entry and what is beside it.
type LogRow = (i64, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>);
/// Rows of one statement.
const ROWS: usize = 1000;

/// Log entries a second whose rows are inserted: the leaves as runs, the branch's own entries and what is beside them.
pub(crate) async fn bulk_insert(centre: &Path, dir: &Path, branch: &str) -> f64 {
    let mut from = long_log::open(centre).await;
    let mut to = e2e::encrypted::options(&dir.join("bare.sqlite"), &[0x5a; 32])
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
        .connect()
        .await
        .unwrap();
    sqlx::raw_sql(
        "CREATE TABLE leaves (first INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
         CREATE TABLE entry (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
         CREATE TABLE attachment (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL);",
    )
    .execute(&mut to)
    .await
    .unwrap();
    let (mut first, mut took) = (0_i64, Duration::ZERO);
    loop {
        let rows: Vec<LogRow> = sqlx::query_as(
            "SELECT e.idx, e.leaf, CASE WHEN e.branch IS NULL OR e.branch = $3 THEN e.bytes END,
                 CASE WHEN e.branch IS NULL OR e.branch = $3 THEN a.bytes END
             FROM entry e LEFT JOIN attachment a ON a.entry_id = e.id WHERE e.idx >= $1 AND e.idx < $2 ORDER BY e.idx",
        )
        .bind(first)
        .bind(first + CHUNK)
        .bind(branch)
        .fetch_all(&mut from)
        .await
        .unwrap();
        let Some((last, ..)) = rows.last() else { break };
        let next = last + 1;
        let hashes: Vec<u8> = rows.iter().flat_map(|(_, leaf, ..)| leaf.iter().copied()).collect();
        let (mut entries, mut beside) = (Vec::new(), Vec::new());
        for (index, _, entry, attachment) in rows {
            entries.extend(entry.map(|bytes| (index, bytes)));
            beside.extend(attachment.map(|bytes| (index, bytes)));
        }
        let begun = Instant::now();
        let mut db = to.begin().await.unwrap();
        sqlx::query("INSERT INTO leaves (first, hashes) VALUES ($1, $2)")
            .bind(first)
            .bind(hashes)
            .execute(&mut *db)
            .await
            .unwrap();
        for (into, rows) in
            [("INSERT INTO entry (idx, bytes) ", entries), ("INSERT INTO attachment (idx, bytes) ", beside)]
        {
            let mut rows = rows.into_iter();
            while rows.len() > 0 {
                let mut statement = QueryBuilder::<Sqlite>::new(into);
                statement.push_values(rows.by_ref().take(ROWS), |mut row, (index, bytes)| {
                    row.push_bind(index).push_bind(bytes);
                });
                statement.build().execute(&mut *db).await.unwrap();
            }
        }
        db.commit().await.unwrap();
        took += begun.elapsed();
        first = next;
    }
    to.close().await.unwrap();
    first as f64 / took.as_secs_f64()
}

/// The bare tree over the leaves of these answers: its root, and its seconds.
pub(crate) fn bare_tree(answers: &[FeedAnswer]) -> (RootHash, f64) {
    let begun = Instant::now();
    let mut tree = Frontier::new();
    answers.iter().flat_map(|answer| &answer.leaves).for_each(|leaf| tree.append(leaf.hash().unwrap()));
    (std::hint::black_box(tree.root()), begun.elapsed().as_secs_f64())
}

/// How fast the desk's witness verifies answers as they come, by how fast the bare tree takes the same leaves in. Both in turn,
/// several times; the best of each.
pub(crate) fn verify_per_tree(verifier: &CheckpointVerifier, answers: &[FeedAnswer]) -> f64 {
    let leaves: usize = answers.iter().map(|answer| answer.leaves.len()).sum();
    let (mut tree_s, mut witness_s) = (f64::MAX, f64::MAX);
    for _ in 0..7 {
        let (root, seconds) = bare_tree(answers);
        tree_s = tree_s.min(seconds);

        let begun = Instant::now();
        let mut witness = Witness::new(verifier.clone(), Frontier::new());
        for answer in answers {
            std::hint::black_box(witness.see(answer).unwrap());
        }
        witness_s = witness_s.min(begun.elapsed().as_secs_f64());
        assert_eq!((witness.frontier().root(), witness.size()), (root, leaves as u64));
    }
    tree_s / witness_s
}
