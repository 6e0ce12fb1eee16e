//! 100,000 lines taken over by the import, beside a bare bulk insert of the same lines into a table of text columns, each on both
//! databases.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use central::clock::Clock;
use central::config::Config;
use central::import::{COLUMNS, Import, ROWS};
use central::issuance::Authority;
use domain::Actor;
use e2e::centre::{Centre, Kind, PASSPHRASE};
use serde_json::{Value, json};
use sqlx::{Connection as _, QueryBuilder};

use crate::cost::{peak_mib, round};

/// Lines of one contract: a company with some PCs.
const USERS: usize = 2;
/// Times each is measured; the best counts.
const TIMES: usize = 3;

fn lines() -> Vec<Vec<String>> {
    (0..ROWS)
        .map(|n| {
            let customer = n / USERS;
            vec![
                format!("{:03}", customer % 40),
                format!("{customer:07}"),
                format!("株式会社見本商店{customer}"),
                "カブシキガイシャ ミホンショウテン".to_owned(),
                format!("見本市中央区{}-{}-{}", customer % 9 + 1, customer % 30 + 1, customer % 20 + 1),
                format!("025-{:03}-{:04}", customer % 1000, customer % 10_000),
                format!("mihon{customer}@example.jp"),
                format!("{:010}", 5_000_000 + customer),
                "2019-04-01".to_owned(),
                "契約中".to_owned(),
                format!("USER{n:08}"),
                if n % USERS == 0 { "管理者" } else { "一般者" }.to_owned(),
                format!("経理課 {}号機", n % USERS + 1),
            ]
        })
        .collect()
}

fn csv(lines: &[Vec<String>]) -> Vec<u8> {
    let mut text = COLUMNS.join(",");
    for line in lines {
        text.push('\n');
        text.push_str(&line.join(","));
    }
    text.into_bytes()
}

/// The same lines as they are, many a statement, in one transaction.
macro_rules! bulk {
    ($db:expr, $kind:ty, $lines:expr, $begun:ident) => {{
        let columns: Vec<String> = (0..COLUMNS.len()).map(|n| format!("c{n} TEXT NOT NULL")).collect();
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE TABLE line ({})", columns.join(", "))))
            .execute(&mut $db)
            .await
            .unwrap();
        let $begun = Instant::now();
        let mut transaction = $db.begin().await.unwrap();
        for some in $lines.chunks(64) {
            let mut statement = QueryBuilder::<$kind>::new("INSERT INTO line ");
            statement.push_values(some, |mut row, line| {
                for cell in line {
                    row.push_bind(cell.clone());
                }
            });
            statement.build().execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        $begun.elapsed()
    }};
}

async fn bare(kind: Kind, lines: &[Vec<String>]) -> Duration {
    match kind {
        Kind::Sqlite => {
            let dir = tempfile::tempdir().unwrap();
            let options = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(dir.path().join("bare.sqlite"))
                .create_if_missing(true)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Full);
            let mut db = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
            let spent = bulk!(db, sqlx::Sqlite, lines, begun);
            db.close().await.unwrap();
            spent
        }
        Kind::Postgres => {
            let mut db = sqlx::PgConnection::connect(&e2e::cluster::fresh_database()).await.unwrap();
            let spent = bulk!(db, sqlx::Postgres, lines, begun);
            db.close().await.unwrap();
            spent
        }
    }
}

async fn imported(kind: Kind, file: &[u8]) -> Duration {
    let centre = tokio::task::spawn_blocking(move || Centre::new(|config| kind.choose(config))).await.unwrap();
    let config: Config = centre.config.clone();
    let authority = Authority::open(&config, PASSPHRASE).unwrap();
    let import = Import {
        config: &config,
        authority: &authority,
        clock: &Clock::System,
        actor: Actor::Operator { name: "bench".into() },
        cancel: Arc::new(AtomicBool::new(false)),
    };
    let begun = Instant::now();
    let report = import.run(file, false, |_| {}).await.unwrap();
    let spent = begun.elapsed();
    assert!(report.written && report.rows == ROWS && report.users == ROWS, "{:?}", report.problems.first());
    spent
}

/// Most memory the operator's command ever holds while it takes the file over.
fn memory(kind: Kind, file: &[u8]) -> f64 {
    let centre = Centre::new(|config| kind.choose(config));
    let (config, path) = (centre.dir.path().join("central.toml"), centre.dir.path().join("customers.csv"));
    std::fs::write(&config, toml::to_string(&centre.config).unwrap()).unwrap();
    std::fs::write(&path, file).unwrap();
    let program = std::env::current_exe().unwrap().with_file_name("madoguchi-central");
    let mut command = std::process::Command::new(program)
        .arg("--config")
        .arg(&config)
        .arg("import")
        .arg(&path)
        .env("MADOGUCHI_KEY_PASSPHRASE", PASSPHRASE)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0.0_f64;
    loop {
        if let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", command.id()))
            && status.contains("VmHWM:")
        {
            most = most.max(peak_mib(command.id()));
        }
        if let Some(status) = command.try_wait().unwrap() {
            assert!(status.success(), "the import failed");
            return most;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) async fn run() -> Value {
    let lines = lines();
    let file = csv(&lines);
    let (mut found, mut rss) = (Vec::new(), 0.0_f64);
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (mut best, mut best_bare) = (Duration::MAX, Duration::MAX);
        for _ in 0..TIMES {
            // One after the other, so that a busy machine is busy for both.
            best_bare = best_bare.min(bare(kind, &lines).await);
            best = best.min(imported(kind, &file).await);
        }
        let file = file.clone();
        rss = rss.max(tokio::task::spawn_blocking(move || memory(kind, &file)).await.unwrap());
        found.push((best.as_secs_f64(), best_bare.as_secs_f64()));
    }
    let [(sqlite, sqlite_bare), (postgres, postgres_bare)] = found.as_slice() else { panic!("two databases") };
    json!({ "import": {
        "rows": ROWS,
        "seconds": round(*sqlite),
        "seconds_postgres": round(*postgres),
        "bulk_insert_seconds": round(*sqlite_bare),
        "bulk_insert_seconds_postgres": round(*postgres_bare),
        "per_bulk_insert": round(sqlite / sqlite_bare),
        "per_bulk_insert_postgres": round(postgres / postgres_bare),
        "rss_mib": round(rss),
    }})
}
