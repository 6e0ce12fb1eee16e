//! An outside auditor: the log as a file, judged by the service's own command on its own and by a verifier that shares no
//! code with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use e2e::centre::Kind;
use e2e::office;
use e2e::on_both;

/// The independent verifier; its Python has the `cryptography` package.
fn judged(bundle: &Path, key: &str) -> Option<Output> {
    let python = PathBuf::from(std::env::var_os("MADOGUCHI_PKILINT_DIR")?).join("python3");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bundle.py");
    Some(Command::new(python).arg(script).arg(bundle).arg(key).output().unwrap())
}

async fn what_is_exported_is_verified_elsewhere(kind: Kind) {
    let (mut centre, office) = office::branch(|config| kind.choose(config)).await;
    office.sign_in("T1001").await;
    let id = office.record_customer("1234567", "見本商事株式会社", "ミホンショウジカブシキガイシャ").await;
    let form = office.new_contract(&id, "1000000001", "mihon001").await;
    let application = form.application_id.clone();
    office.submit(form).await;
    office.sign_in("S2001").await;
    let view = office.desk.application(&application).await.unwrap();
    office.desk.approve_application(&application, &view.customer_version).await.unwrap();
    // What 検証 shows and 発行管理簿 prints, at the desk.
    let head = office.desk.verification().await.unwrap().head;
    let key = std::fs::read_to_string(centre.key_file("log.vkey")).unwrap();
    let key = key.trim();
    let bundle = centre.dir.path().join("log.jsonl");
    let (place, institution) = (centre.config.place().unwrap(), centre.config.institution.id.clone());
    // While the service runs.
    let size = central::bundle::export(&place, &institution, key, true, &bundle).await.unwrap();
    centre.stop();

    // On a machine that has neither configuration nor passphrase.
    if let Some(program) = std::env::var_os("MADOGUCHI_CENTRAL_BIN") {
        let verify = |heads: &[&str]| {
            let mut command = Command::new(&program);
            command.env_clear().args(["log", "verify"]).arg(&bundle).arg("--log-key").arg(centre.key_file("log.vkey"));
            for head in heads {
                command.args(["--head", head]);
            }
            command.output().unwrap()
        };
        let said = verify(&[]);
        let text = String::from_utf8(said.stdout).unwrap();
        assert!(said.status.success() && text.contains(&format!("{size} entries")), "{text}");
        let root = text.split("root ").nth(1).unwrap().split(',').next().unwrap().to_owned();
        assert!(verify(&[&format!("{size}:{root}")]).status.success());
        let signs: Vec<char> = head.root.to_uppercase().chars().collect();
        let groups: Vec<String> = signs.chunks(8).map(|group| group.iter().collect()).collect();
        let (hex, words) =
            (format!("{}:{}", head.size, groups.join(" ")), format!("{}:{}", head.size, head.words.join(" ")));
        let said = verify(&[&head.line, &hex, &words]);
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
        let mistyped = verify(&[hex.trim_end_matches(|c: char| c != ' ').trim()]);
        assert!(String::from_utf8_lossy(&mistyped.stderr).contains("mistyped"), "{mistyped:?}");
        let other = verify(&[&format!("{}:{root}", size - 1)]);
        assert!(!other.status.success(), "{}", String::from_utf8_lossy(&other.stdout));
    }
    if let Some(said) = judged(&bundle, key) {
        let text = String::from_utf8(said.stdout).unwrap();
        assert!(said.status.success(), "{text} {}", String::from_utf8_lossy(&said.stderr));
        let counts: Vec<u64> = text.split_whitespace().map(|count| count.parse().unwrap()).collect();
        assert_eq!(counts[0], size);
        assert!(counts[1] > 0 && counts[2] >= 3, "notes and terminals' signatures: {text}");
    }
    // A changed octet is found by both.
    let mut bytes = std::fs::read(&bundle).unwrap();
    let at = bytes.len() / 2;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    let lie = centre.dir.path().join("lie.jsonl");
    std::fs::write(&lie, bytes).unwrap();
    let own = central::bundle::verify(&lie, Some(key), &[]);
    assert!(own.map_or(true, |verified| !verified.verdict.findings.is_empty()));
    assert!(judged(&lie, key).is_none_or(|said| !said.status.success()));
}

on_both!(what_is_exported_is_verified_elsewhere);
