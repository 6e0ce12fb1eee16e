//! The certificate of a terminal is renewed in the last third of its life, once, and nobody notices.

use central::clock::Clock;
use desk::secrets::Secrets;
use e2e::terminal::Terminal;

use super::*;

/// A centre that was founded so many days ago, by its own clock, with a desk of that day.
pub(super) async fn founded(days: i64) -> (Centre, Office, Clock) {
    let now = Clock::System.now();
    let clock = Clock::at(now - chrono::Duration::days(days));
    let mut centre = Centre::with_clock(clock.clone(), |_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let office = Office::enrol(&centre, &invitation).await;
    (centre, office, clock)
}

pub(super) async fn entries(centre: &Centre) -> usize {
    let rows: Vec<(Vec<u8>,)> =
        e2e::table::rows(&centre.config, "SELECT bytes FROM entry WHERE subject LIKE 'terminal/%'").await;
    rows.iter().filter(|(bytes,)| String::from_utf8_lossy(bytes).contains("\"terminal_renewed\"")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_last_third_of_its_life_it_is_renewed_once() {
    let (mut centre, office, clock) = founded(500).await;
    let first = office.desk.certificate_until().unwrap();
    until("on-line", || async { office.desk.status().await.unwrap().online }).await;
    office.sign_in("T1001").await;
    office.desk.sync_now();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(office.desk.certificate_until(), Some(first), "not before its time");
    let terminal = Terminal::new(office.identity.clone(), &Secrets::Files(office.dir.path().join("secrets")));
    assert_eq!(terminal.renew().await, terminal.renew().await, "too early: what it has");
    assert_eq!(entries(&centre).await, 0);

    clock.advance(chrono::Duration::days(490));
    until("renewed", || async {
        office.desk.sync_now();
        office.desk.certificate_until().is_some_and(|until| until > first + chrono::Duration::days(480))
    })
    .await;
    // A day later the staff signs in as ever; work goes on, over connections that show the new one.
    office.sign_in("T1001").await;
    let customer = office.record_customer("1234567", "見本", "ミホン").await;
    office.desk.sync_now();
    // Whoever asks with the old one gets the same new one; and the old one is good to its end.
    let given = terminal.renew().await;
    assert_eq!(given, terminal.renew().await);
    assert_eq!(entries(&centre).await, 1);

    // It is the one the desk opens with.
    let renewed = office.desk.certificate_until();
    office.desk.close().await;
    let profile = desk::profile::Profile { dir: office.dir.path().to_owned(), training: true };
    let secrets = Secrets::Files(office.dir.path().join("secrets"));
    let desk = desk::Desk::open_with(profile, &secrets).await.unwrap();
    assert_eq!(desk.certificate_until(), renewed);
    until("on-line", || async { desk.status().await.unwrap().online }).await;
    desk.sign_in("T1001", e2e::centre::PASSWORD).await.unwrap();
    until("here", || async { desk.customer(&customer).await.is_ok() }).await;
    desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

/// The service's own certificates are made anew beside it: no desk has to be told anything.
#[tokio::test(flavor = "multi_thread")]
async fn the_service_gets_another_certificate_and_every_desk_comes_back() {
    let (mut centre, office, _) = founded(700).await;
    let at = centre.at().terminal.trim_start_matches("https://").parse().unwrap();
    let keys = centre.config.keys();
    let read = |name: &str| std::fs::read(keys.join(name)).unwrap();
    let (server, ocsp, key) = (read("server.cer"), read("ocsp.cer"), read("server.key"));
    until("on-line", || async { office.desk.status().await.unwrap().online }).await;
    for which in ["renew-server", "renew-ocsp"] {
        let said = e2e::served::operator(&centre, &[which]).unwrap();
        assert!(said.contains("restart the service"), "{said}");
    }
    assert!(read("server.cer") != server && read("ocsp.cer") != ocsp && read("server.key") == key);
    centre.stop();
    centre.config.listen.terminal = at;
    centre.start();
    until("back", || async {
        office.desk.sync_now();
        office.desk.status().await.unwrap().online
    })
    .await;
    // Judged by a tool that is not ours: chain, purpose, and a life of two years from today.
    let dir = centre.dir.path();
    for (name, by) in [("server", "root"), ("ocsp", "issuing")] {
        for one in [name, by, "root"] {
            std::fs::write(dir.join(format!("{one}.pem")), desk::enrol::certificate_pem(&read(&format!("{one}.cer"))))
                .unwrap();
        }
        let mut openssl = std::process::Command::new("openssl");
        openssl.current_dir(dir).args(["verify", "-CAfile", "root.pem", "-untrusted", &format!("{by}.pem")]);
        if name == "server" {
            openssl.args(["-purpose", "sslserver", "-verify_ip", "127.0.0.1"]);
        }
        let said = openssl.arg(format!("{name}.pem")).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let lives = std::process::Command::new("openssl")
            .current_dir(dir)
            .args(["x509", "-noout", "-checkend", &(600 * 86_400).to_string(), "-in", &format!("{name}.pem")])
            .status()
            .unwrap();
        assert!(lives.success(), "{name} lives for two years more");
    }
    office.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}
