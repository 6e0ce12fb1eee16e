//! The revocation list of a million, made by the service from its own database, and by `openssl ca -gencrl` from its index.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use e2e::centre::Centre;
use e2e::served::Served;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::cost::{cpu, peak_mib, round};

const ENTRIES: usize = 1_000_000;

/// Thirteen octets, all different, ordered as nobody would insert them.
fn serial(n: usize) -> String {
    format!("01{:024X}", (n as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c061) & ((1 << 96) - 1))
}

pub(crate) async fn run() -> Value {
    let centre = Centre::new(|_| {});
    fill(&centre).await;
    let served = Served::start(&centre, None).await;
    let client = reqwest::Client::new();
    let before = cpu(served.pid());
    let answer = client.get(format!("{}/issuing.crl", served.at.status)).send().await.unwrap();
    let list = answer.error_for_status().unwrap().bytes().await.unwrap();
    let ours = cpu(served.pid()) - before;
    let peak = peak_mib(served.pid());
    let dir = centre.dir.path();
    std::fs::write(dir.join("ours.crl"), &list).unwrap();
    let text =
        format!("openssl crl -inform DER -in {0}/ours.crl -noout -text | grep -c 'Serial Number'", dir.display());
    let counted = Command::new("sh").args(["-c", &text]).output().unwrap().stdout;
    assert_eq!(String::from_utf8(counted).unwrap().trim(), ENTRIES.to_string());
    let theirs = openssl(dir);
    json!({
        "crl.entries": ENTRIES,
        "crl.cpu_s": round(ours),
        "crl.cpu_per_openssl": round(ours / theirs),
        "crl.rss_mib": round(peak),
    })
}

/// A million revoked certificates, as the writer leaves them in its table.
async fn fill(centre: &Centre) {
    let mut db = SqliteConnectOptions::new().filename(centre.config.database_file()).connect().await.unwrap();
    let mut transaction = db.begin().await.unwrap();
    let now = central::clock::Clock::System.now();
    let (since, until) = (now.timestamp_millis(), (now + chrono::Duration::days(300)).to_rfc3339());
    for n in 0..ENTRIES {
        sqlx::query(
            "INSERT INTO certificate (certificate_id, granted_idx, user_id, customer_id, contract, device_label, state,
                 deadline, serial, not_after, stop_reason, stopped_ms)
             VALUES ($1, $2, $3, 'bench', 'bench', 'PC', 'revoked', '2026-01-01', $4, $5, 1, $6)",
        )
        .bind(format!("bench-{n}"))
        .bind(n as i64)
        .bind(format!("U{n:07}"))
        .bind(serial(n))
        .bind(&until)
        .bind(since)
        .execute(&mut *transaction)
        .await
        .unwrap();
    }
    transaction.commit().await.unwrap();
    db.close().await.unwrap();
}

/// Processor time of `openssl ca -gencrl` over as many, seconds.
fn openssl(dir: &Path) -> f64 {
    let dir = dir.join("openssl");
    std::fs::create_dir(&dir).unwrap();
    let mut index = String::with_capacity(ENTRIES * 90);
    for n in 0..ENTRIES {
        writeln!(index, "R\t300101000000Z\t261124000000Z,keyCompromise\t{}\tunknown\t/CN=U{n:07}", serial(n)).unwrap();
    }
    std::fs::write(dir.join("index.txt"), index).unwrap();
    std::fs::write(dir.join("index.txt.attr"), "unique_subject = no\n").unwrap();
    std::fs::write(dir.join("crlnumber"), "01\n").unwrap();
    let config = format!(
        "[ca]\ndefault_ca = one\n[one]\ndatabase = {0}/index.txt\ncrlnumber = {0}/crlnumber\ndefault_md = sha256\n\
         default_crl_days = 1\ncrl_extensions = ext\n[ext]\nauthorityKeyIdentifier = keyid\n",
        dir.display()
    );
    std::fs::write(dir.join("ca.conf"), config).unwrap();
    let shell = format!(
        "cd {} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem \
         -subj /CN=bench -days 30 2>/dev/null && TIMEFORMAT='%U %S' && \
         time openssl ca -gencrl -config ca.conf -keyfile ca.key -cert ca.pem -out theirs.crl 2>/dev/null",
        dir.display()
    );
    let done = Command::new("bash").args(["-c", &shell]).output().unwrap();
    assert!(done.status.success() && dir.join("theirs.crl").exists(), "openssl ca");
    let times = String::from_utf8(done.stderr).unwrap();
    times.split_whitespace().map(|t| t.parse::<f64>().unwrap()).sum()
}
