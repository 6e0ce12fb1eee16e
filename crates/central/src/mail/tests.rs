//! The words of every mail, and the queue on a real database. (The whole way to a real server: tests/e2e/mail.rs.)
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use chrono::Duration;
use domain::Policy;
use domain::customer::{Customer, CustomerCommand, IncidentCause, StopScope};
use domain::id::{CertificateId, IncidentId};
use domain::personal::CustomerDetails;
use uuid::Uuid;

use super::queue::{self, Mark};
use super::{Letterhead, message, new, remind};
use crate::config::Config;
use crate::store::act::{Aside, Command};
use crate::store::db::query;
use crate::testing::{Kind, World, act, contract, customer, holder, on_both, operator, start, teller};

fn letterhead(training: bool) -> Letterhead {
    let text = "data_dir = \"/x\"\n[institution]\nid = \"mihon\"\nname = \"見本信用金庫\"\nroman_name = \"Mihon\"\n\
                [mail]\nhost = \"mail.example.jp\"\nfrom = \"kinko@example.jp\"\n\
                [[contacts]]\ntitle = \"操作\"\nphone = \"0120-000-000\"\nhours = \"平日\"\n\
                [[contacts]]\ntitle = \"お申し込み\"\nphone = \"025-000-0000\"\nhours = \"平日\"\nemail = \"system@example.jp\"\n";
    let mut config: Config = toml::from_str(text).unwrap();
    config.institution.training = training;
    Letterhead::of(&config).unwrap()
}

/// Id, state, subject and body of every mail.
async fn mails(world: &World) -> Vec<(String, String, String, Option<String>)> {
    query("SELECT id, state, subject, body FROM mail ORDER BY made_ms, id").fetch_all(&world.readers).await.unwrap()
}

/// A certificate in use of customer `n`, who can be reached, good for `days` from the clock's time.
async fn active(world: &World, n: u128, user: &str, days: i64) -> CertificateId {
    let certificate = world.right_with(n, user, "mihon@example.jp").await;
    let (serial, key) = (format!("{n:032x}"), format!("{n:064x}"));
    world.intend(certificate, &serial, &key).await;
    let mut fetch = world.fetch(n, certificate, &serial, &key);
    if let Command::Customer(_, CustomerCommand::FetchCertificate { signed, .. }) = &mut fetch.command {
        signed.not_after = world.clock.now() + Duration::days(days);
    }
    world.writer.act(fetch).await.unwrap();
    let confirm = CustomerCommand::ConfirmCertificate { certificate };
    world.writer.act(act(holder(), n, confirm, None)).await.unwrap();
    certificate
}

async fn remind(world: &World) -> usize {
    remind::look(&letterhead(false), &Policy::default(), &world.writer, &world.readers, &world.clock).await.unwrap()
}

async fn an_entry_and_its_mail_come_together_and_again_only_once(kind: Kind) {
    let world = World::on(kind).await;
    let certificate = active(&world, 1, "ADMIN001", 365).await;
    let told = mails(&world).await;
    let kinds: Vec<&str> = told.iter().map(|m| m.0.rsplit_once('.').unwrap().1).collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    assert!(kinds.contains(&"issued") && kinds.contains(&"fetched"), "{kinds:?}");
    let issued = told.iter().find(|m| m.0.ends_with(".issued")).unwrap();
    assert_eq!(issued.2, "【見本信用金庫】電子証明書を発行しました(取得のお願い)");
    let body = issued.3.as_ref().unwrap();
    for part in [
        "株式会社見本 様",
        "利用者ID ADMIN001",
        "利用PC 経理課 1号機",
        "契約者番号 ****0001",
        "取得期限 2027年2月12日(令和9年)",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    // The same act again gets its first answer, and nobody is told twice.
    let stop = CustomerCommand::SuspendCertificates {
        incident: IncidentId(Uuid::from_u128(9)),
        cause: IncidentCause::Stolen,
        scope: StopScope::User { user: "ADMIN001".parse().unwrap() },
    };
    let stop = world.sealed(teller(), 1, stop, None, None);
    for _ in 0..2 {
        world.writer.act(stop.clone()).await.unwrap();
    }
    let told = mails(&world).await;
    let suspended: Vec<_> = told.iter().filter(|m| m.0.ends_with(".suspended")).collect();
    assert_eq!(suspended.len(), 1);
    let body = suspended[0].3.as_ref().unwrap();
    assert!(body.contains("「盗難」のご連絡により") && body.contains("ADMIN001"), "{body}");
    // What is derived from the log does not know of mails, and nothing is told again by a check or a restart.
    assert_eq!(world.check().await.findings, []);
    let world = world.restart(async |_| {}).await.unwrap();
    assert_eq!(mails(&world).await, told);
    assert!(!told.iter().any(|m| m.0.contains(&certificate.to_string())), "none of the calendar's");
}

async fn who_has_no_address_is_on_record(kind: Kind) {
    let world = World::on(kind).await;
    world.right(1, "ADMIN001").await;
    let told = mails(&world).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].1.as_str(), &told[0].3), ("no_address", &None));
    assert!(queue::due(&world.readers, i64::MAX, 9).await.unwrap().is_empty(), "there is nobody to send it to");
    // What is imported is nothing that happened to the customer.
    world.writer.act(act(operator(), 1, contract("20000001", "OTHER001"), None)).await.unwrap();
    assert_eq!(mails(&world).await.len(), 1);
}

async fn each_threshold_is_told_once_and_after_a_rest_only_the_nearest(kind: Kind) {
    let world = World::on(kind).await;
    let (one, two) = (active(&world, 1, "ADMIN001", 365).await, active(&world, 2, "ADMIN002", 385).await);
    let reminders = async |world: &World| -> Vec<String> {
        let ids = mails(world).await.into_iter().map(|m| m.0);
        ids.filter(|id| id.contains(".ending-")).collect()
    };
    // Day by day, looked at twice a day; a restart in between changes nothing.
    let mut told = Vec::new();
    for day in 0..=385 {
        let (first, again) = (remind(&world).await, remind(&world).await);
        assert_eq!(again, 0, "day {day}");
        if first > 0 {
            told.push((day, first));
        }
        world.clock.advance(Duration::days(1));
    }
    // `one` ends 365 days from the start and `two` after 385: thirty and ten days before that.
    assert_eq!(told, [(335, 1), (355, 2), (375, 1)]);
    let mut wanted: Vec<String> =
        [(one, 30), (one, 10), (two, 30), (two, 10)].iter().map(|(c, days)| format!("{c}.ending-{days}")).collect();
    let mut ids = reminders(&world).await;
    wanted.sort();
    ids.sort();
    assert_eq!(ids, wanted);

    let world = World::on(kind).await;
    let late = active(&world, 1, "ADMIN001", 365).await;
    // The service rests from before the first threshold until after the second.
    world.clock.advance(Duration::days(362));
    assert_eq!((remind(&world).await, remind(&world).await), (1, 0));
    assert_eq!(reminders(&world).await, [format!("{late}.ending-10")]);
    let body = mails(&world).await.pop().unwrap().3.unwrap();
    assert!(body.contains("(あと3日)") && body.contains("更新できる期間 2027年10月25日(令和9年)"), "{body}");
}

async fn a_stopped_certificate_is_not_reminded_of(kind: Kind) {
    let world = World::on(kind).await;
    let certificate = active(&world, 1, "ADMIN001", 365).await;
    world.clock.advance(Duration::days(340));
    let letter = new(
        &letterhead(false),
        &Customer::unknown(customer(1)),
        format!("{certificate}.ending-30"),
        message::Letter { kind: "ending", subject: String::new(), text: String::new() },
        world.clock.now(),
    );
    let stop = CustomerCommand::SuspendCertificates {
        incident: IncidentId(Uuid::from_u128(9)),
        cause: IncidentCause::Lost,
        scope: StopScope::User { user: "ADMIN001".parse().unwrap() },
    };
    world.writer.act(world.sealed(teller(), 1, stop, None, None)).await.unwrap();
    assert_eq!(remind(&world).await, 0);
    // Nor where it was stopped between the look and the writing.
    world.writer.aside(Aside::Mail(Mark::Remind(vec![(certificate, letter)]))).await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM mail WHERE kind = 'ending'").await, 0);
}

async fn what_was_sent_is_forgotten_after_thirty_days_and_what_waits_is_not(kind: Kind) {
    let world = World::on(kind).await;
    active(&world, 1, "ADMIN001", 365).await;
    let due = queue::due(&world.readers, world.clock.now_ms(), 9).await.unwrap();
    assert_eq!(due.len(), 2);
    let sent = |id: &str| Mark::Sent { id: id.to_owned(), now_ms: world.clock.now_ms() };
    world.writer.aside(Aside::Mail(sent(&due[0].id))).await.unwrap();
    let bodies = "SELECT COUNT(*) FROM mail WHERE body IS NOT NULL AND recipient IS NOT NULL AND subject IS NOT NULL";
    for (days, left) in [(29, 2), (2, 1), (400, 1)] {
        world.clock.advance(Duration::days(days));
        let sent_before_ms = (world.clock.now() - queue::KEPT).timestamp_millis();
        world.writer.aside(Aside::Mail(Mark::Forget { sent_before_ms })).await.unwrap();
        assert_eq!(world.count(bodies).await, left, "{days}");
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM mail").await, 2, "that it was sent stays known");
}

#[test]
fn nothing_a_customer_writes_becomes_a_header_or_a_line_of_its_own() {
    let mut somebody = Customer::unknown(customer(1));
    somebody.details = Some(CustomerDetails {
        name: "見本\r\nBcc: dieb@example.com\r\n\r\n偽の本文\u{202e}".into(),
        kana: String::new(),
        address: String::new(),
        phone: String::new(),
        email: "mihon@example.jp".into(),
    });
    let letter = message::Letter { kind: "issued", subject: "見本".into(), text: "本文".into() };
    let mail = new(&letterhead(true), &somebody, "x.issued".into(), letter, start());
    assert_eq!(mail.subject, "【訓練】【見本信用金庫】見本");
    assert!(mail.body.starts_with("【訓練】これは訓練用のメールです。"), "{}", mail.body);
    assert!(mail.body.contains("見本  Bcc: dieb@example.com    偽の本文  様\n"), "{}", mail.body);
    for contact in ["操作\n  電話 0120-000-000\n", "お申し込み\n  電話 025-000-0000\n", "system@example.jp"]
    {
        assert!(mail.body.contains(contact), "{}", mail.body);
    }
    assert!(!mail.body.contains("http"), "no link");
    assert_eq!(mail.recipient.as_deref(), Some("mihon@example.jp"));
}

async fn a_renewal_is_told_and_the_old_one_ends_by_its_name(kind: Kind) {
    let world = World::on(kind).await;
    let old = active(&world, 1, "ADMIN001", 365).await;
    world.clock.advance(Duration::days(350));
    let renew = CustomerCommand::RenewCertificate { certificate: old, again: false };
    world.writer.act(act(holder(), 1, renew, None)).await.unwrap();
    let (new,): (String,) = query("SELECT certificate_id FROM certificate WHERE state = 'authorised'")
        .fetch_one(&world.readers)
        .await
        .unwrap();
    let new: CertificateId = new.parse().unwrap();
    let (serial, key) = ("a".repeat(32), "b".repeat(64));
    world.intend(new, &serial, &key).await;
    world.writer.act(world.fetch(1, new, &serial, &key)).await.unwrap();
    let confirm = CustomerCommand::ConfirmCertificate { certificate: new };
    world.writer.act(act(holder(), 1, confirm, None)).await.unwrap();
    let told = mails(&world).await;
    let subjects: Vec<&str> = told[2..].iter().map(|m| m.2.as_str()).collect();
    assert_eq!(subjects, ["【見本信用金庫】電子証明書が更新されました", "【見本信用金庫】電子証明書を失効しました"]);
    assert!(told[3].3.as_ref().unwrap().contains("理由 更新(新しい電子証明書への切替)"), "{:?}", told[3].3);
}

on_both!(
    an_entry_and_its_mail_come_together_and_again_only_once,
    who_has_no_address_is_on_record,
    each_threshold_is_told_once_and_after_a_rest_only_the_nearest,
    a_stopped_certificate_is_not_reminded_of,
    what_was_sent_is_forgotten_after_thirty_days_and_what_waits_is_not,
    a_renewal_is_told_and_the_old_one_ends_by_its_name,
);
