//! A real SMTP server on loopback (aiosmtpd), in a process of its own, that can be down and up again.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

/// A mail as the server took it, decoded by a parser that is not ours.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    /// Of the envelope.
    pub recipients: Vec<String>,
    /// By name, in small letters.
    pub headers: BTreeMap<String, String>,
    /// Every header's name, in order.
    pub names: Vec<String>,
    /// Type and charset.
    pub content_type: String,
    /// The text.
    pub text: String,
    /// As it came over the line.
    pub raw: String,
    /// Over TLS?
    pub tls: bool,
    /// By a user with a password?
    pub authenticated: bool,
}

impl Mail {
    /// The subject.
    pub fn subject(&self) -> &str {
        &self.headers["subject"]
    }
}

/// The server and the folder of what it took. The folder stays while the server is down.
pub struct Smtp {
    dir: tempfile::TempDir,
    /// Where it listens, or will again.
    pub port: u16,
    tls: Option<(String, String)>,
    user: Option<(String, String)>,
    child: Option<Child>,
}

impl Smtp {
    /// One that is down; its port is free now.
    pub fn down() -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        Self { dir: tempfile::tempdir().unwrap(), port, tls: None, user: None, child: None }
    }

    /// One that takes mails.
    pub fn up() -> Self {
        let mut smtp = Self::down();
        smtp.start();
        smtp
    }

    /// Demands STARTTLS with a certificate of its own, and a password. Gives the certificate's file.
    pub fn protected(user: &str, password: &str) -> (Self, std::path::PathBuf) {
        let mut smtp = Self::down();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let (certificate, key) = (smtp.dir.path().join("server.pem"), smtp.dir.path().join("server.key"));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        smtp.tls = Some((certificate.display().to_string(), key.display().to_string()));
        smtp.user = Some((user.to_owned(), password.to_owned()));
        smtp.start();
        (smtp, certificate)
    }

    /// Comes up, at the same port.
    pub fn start(&mut self) {
        let pair = |pair: &Option<(String, String)>| pair.clone().unwrap_or_default();
        let ((certificate, key), (user, password)) = (pair(&self.tls), pair(&self.user));
        let mut child = Command::new("/usr/bin/python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/smtp.py"))
            .arg(self.dir.path())
            .args([&self.port.to_string(), &certificate, &key, &user, &password])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 (python3-aiosmtpd)");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line.trim(), self.port.to_string(), "the SMTP server did not start (python3-aiosmtpd)");
        self.child = Some(child);
    }

    /// Goes down.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// What the next recipients are answered instead of 250.
    pub fn answer(&self, answers: &[&str]) {
        std::fs::write(self.dir.path().join("answers"), answers.iter().map(|a| format!("{a}\n")).collect::<String>())
            .unwrap();
    }

    /// Answers that were not given yet.
    pub fn unanswered(&self) -> usize {
        std::fs::read_to_string(self.dir.path().join("answers")).unwrap_or_default().lines().count()
    }

    /// Every mail so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        let files = std::fs::read_dir(self.dir.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "json")).collect();
        files.sort();
        files.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }

    /// Waits until there are so many, and gives them.
    pub async fn wait(&self, count: usize) -> Vec<Mail> {
        let start = Instant::now();
        loop {
            let mails = self.mails();
            if mails.len() >= count {
                return mails;
            }
            let subjects: Vec<_> = mails.iter().map(Mail::subject).collect();
            assert!(start.elapsed() < Duration::from_secs(40), "only {} of {count} mails: {subjects:?}", mails.len());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.stop();
    }
}
