//! A centre that can lose its database, its branches, and what relying parties are told.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use central::backup;
use central::clock::Clock;
use central::issuance::Authority;
use desk::view::{CertificateView, LogFilter};
use domain::Actor;
use e2e::centre::{Centre, PASSPHRASE};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, root_pem};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so.
pub(super) async fn until<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    let all = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// The serial number in a certificate, as the log writes it.
pub(super) fn serial(der: &[u8]) -> String {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).unwrap();
    hex::encode_upper(certificate.raw_serial())
}

/// A certificate in use.
pub(super) struct Issued {
    pub(super) customer: String,
    pub(super) contract: String,
    pub(super) serial: String,
}

pub(super) struct World {
    pub(super) centre: Centre,
    pub(super) offices: Vec<Office>,
    pub(super) backups: Vec<PathBuf>,
}

impl World {
    /// Desks of branches, each enrolled; the centre comes back at the same addresses.
    pub(super) async fn begin(desks: &[(&str, &str)]) -> Self {
        let mut centre = Centre::new(|_| {});
        let invitations: Vec<String> = desks.iter().map(|(branch, label)| centre.invite(branch, label)).collect();
        let at = centre.start().clone();
        let mut offices = Vec::new();
        for invitation in &invitations {
            offices.push(Office::enrol(&centre, invitation).await);
        }
        let address = |url: &str| url.split('/').nth(2).unwrap().parse().unwrap();
        centre.config.listen.terminal = address(&at.terminal);
        centre.config.listen.portal = address(&at.portal);
        centre.config.listen.status = address(&at.status);
        Self { centre, offices, backups: Vec::new() }
    }

    pub(super) fn start(&mut self) {
        self.centre.start();
    }

    /// While it serves.
    pub(super) async fn backup(&mut self) -> PathBuf {
        let path = self.centre.dir.path().join(format!("{}.backup", self.backups.len()));
        let config = &self.centre.config;
        let manifest =
            backup::write(&config.place().unwrap(), &config.institution.id, &path, chrono::Utc::now()).await.unwrap();
        let key = std::fs::read_to_string(self.centre.key_file("log.vkey")).unwrap();
        let (read, verdict) = backup::verify(&path, &key).await.unwrap();
        assert_eq!((read, verdict.findings), (manifest, vec![]));
        self.backups.push(path.clone());
        path
    }

    /// Everything but the keys is gone.
    pub(super) fn lose(&mut self) {
        self.centre.stop();
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(self.centre.data().join(format!("central.sqlite{end}")));
        }
        assert!(!self.centre.config.database_file().exists());
    }

    /// Gives the epoch that was opened.
    pub(super) async fn restore(&self, path: &std::path::Path) -> u32 {
        let authority = Authority::open(&self.centre.config, PASSPHRASE).unwrap();
        let actor = Actor::Operator { name: "root".into() };
        backup::restore(&self.centre.config, &authority, &Clock::System, path, None, actor).await.unwrap().epoch
    }

    pub(super) fn portal(&self) -> Customer {
        Customer::new(&self.centre.at().portal, &root_pem(&self.centre))
    }

    /// Issued, fetched and confirmed at the first desk.
    pub(super) async fn certificate(&self, n: u32) -> Issued {
        let (user, code) = self.offices[0].issue(n).await;
        let (key, csr) = fresh_key();
        let fetched = self.portal().fetch(&user, &code, &csr).await.unwrap();
        self.portal().confirm(&fetched, &key).await.unwrap();
        let found = self.offices[0].desk.search(&user).await.unwrap().hits;
        let contract = format!("{:010}", 5_000_000 + n);
        Issued { customer: found[0].customer_id.clone(), contract, serial: serial(&fetched.certificate.0) }
    }

    /// A user ID's right, as the first desk sees it.
    pub(super) async fn right(&self, user: &str) -> CertificateView {
        let desk = &self.offices[0].desk;
        let found = desk.search(user).await.unwrap().hits;
        let customer = desk.customer(&found[0].customer_id).await.unwrap();
        customer.certificates.into_iter().find(|c| c.user_id == user).unwrap()
    }

    /// What `openssl ocsp` says of a serial.
    pub(super) fn ocsp(&self, serial: &str) -> &'static str {
        let dir = tempfile::tempdir().unwrap();
        let pem = |name: &str| {
            let path = dir.path().join(name);
            let der = std::fs::read(self.centre.key_file(&format!("{name}.cer"))).unwrap();
            std::fs::write(&path, desk::enrol::certificate_pem(&der)).unwrap();
            path
        };
        let (issuing, root) = (pem("issuing"), pem("root"));
        let both = dir.path().join("both");
        std::fs::write(&both, [std::fs::read(&issuing).unwrap(), std::fs::read(&root).unwrap()].concat()).unwrap();
        let done = Command::new("openssl")
            .args(["ocsp", "-issuer"])
            .arg(&issuing)
            .args(["-serial", &format!("0x{serial}"), "-url", &format!("{}/ocsp", self.centre.at().status), "-CAfile"])
            .arg(&both)
            .output()
            .unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        for word in ["trylater", "revoked", "good", "unknown"] {
            if said.contains(&format!(": {word}")) {
                assert!(word == "trylater" || said.contains("Response verify OK"), "{said}");
                return word;
            }
        }
        panic!("{said}");
    }

    /// How the revocation list is answered for.
    pub(super) async fn list(&self) -> u16 {
        let url = format!("{}/issuing.crl", self.centre.at().status);
        reqwest::get(url).await.unwrap().status().as_u16()
    }

    async fn db(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.centre.config.database_file()).read_only(true);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// Desks that have sent back everything.
    pub(super) async fn reports(&self) -> i64 {
        let mut db = self.db().await;
        let text = "SELECT COUNT(*) FROM recovery_report WHERE done = 1";
        let (count,): (i64,) = sqlx::query_as(text).fetch_one(&mut db).await.unwrap();
        db.close().await.unwrap();
        count
    }

    /// Places that are missing, and terminals that were not heard, as the operator is told.
    pub(super) async fn missing(&self) -> (u64, usize) {
        let config = &self.centre.config;
        let status =
            central::store::recovery::ask(&config.place().unwrap(), &config.institution.id).await.unwrap().unwrap();
        (status.missing.iter().map(|m| m.to - m.from).sum(), status.unheard.len())
    }

    /// The epoch that the mark beside the keys names.
    pub(super) fn epoch(&self) -> u32 {
        std::fs::read_to_string(self.centre.key_file("epoch")).unwrap().trim().parse().unwrap()
    }

    /// Every desk has seen all of the log, and what desks of one branch show is the same.
    pub(super) async fn agree(&self) {
        let mut db = self.db().await;
        for office in &self.offices {
            let branch = office.identity.branch.to_string();
            office
                .sign_in(if branch == "012" {
                    "T3001"
                } else if branch == "000" {
                    "H9001"
                } else {
                    "T1001"
                })
                .await;
        }
        let mut heads = Vec::new();
        for office in &self.offices {
            let desk = &office.desk;
            until("all of the log", || async {
                let text = "SELECT COUNT(*) FROM entry";
                let mut db = self.db().await;
                let (size,): (i64,) = sqlx::query_as(text).fetch_one(&mut db).await.unwrap();
                db.close().await.unwrap();
                let sync = desk.sync_status().await.unwrap();
                i64::from(sync.size) == size && sync.progress.is_none()
            })
            .await;
            heads.push(desk.sync_status().await.unwrap().root);
        }
        let (note,): (String,) =
            sqlx::query_as("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetch_one(&mut db).await.unwrap();
        db.close().await.unwrap();
        for head in heads {
            assert!(note.contains(&head), "a desk has another root: {head} in {note}");
        }
        let mut shown: std::collections::BTreeMap<String, Vec<desk::view::LogLine>> = Default::default();
        for office in &self.offices {
            let lines = office.desk.log_page(LogFilter::default(), None, 0, 500).await.unwrap().lines;
            let lines: Vec<_> = lines.into_iter().map(|line| desk::view::LogLine { offline: false, ..line }).collect();
            let first = shown.entry(office.identity.branch.to_string()).or_insert_with(|| lines.clone());
            assert_eq!(*first, lines);
        }
    }

    pub(super) async fn finish(mut self) {
        for office in &self.offices {
            assert_eq!(office.desk.status().await.unwrap().stopped, None);
            office.desk.close().await;
        }
        let mut db = self.db().await;
        // No serial, no id and no place is there twice.
        let (entries, ids, serials, distinct): (i64, i64, i64, i64) = sqlx::query_as(
            "SELECT COUNT(*), COUNT(DISTINCT id), (SELECT COUNT(serial) FROM certificate),
             (SELECT COUNT(DISTINCT serial) FROM certificate) FROM entry",
        )
        .fetch_one(&mut db)
        .await
        .unwrap();
        db.close().await.unwrap();
        assert_eq!((entries, serials), (ids, distinct));
        self.centre.stop();
        assert_eq!(self.centre.check().findings, []);
    }
}
