//! Mails and reminders are sent by the instance that writes, and by whoever takes over: each once.

use std::collections::BTreeSet;

use e2e::centre::Kind;
use e2e::customer::{Customer, fresh_key};
use e2e::office::{self, root_pem};
use e2e::served::Served;
use e2e::smtp::Smtp;

/// User IDs, and mails about each: issued, fetched.
const USERS: u32 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_send_each_mail_once_and_the_second_goes_on() {
    let smtp = Smtp::up();
    let (mut centre, office) = office::branch(|config| {
        Kind::Postgres.choose(config);
        crate::mail::mail(config, &smtp);
    })
    .await;
    let beside = Served::beside(&centre).await;
    let mut rights = Vec::new();
    for n in 0..USERS {
        rights.push(office.issue(n).await);
    }
    office.desk.close().await;
    smtp.wait(USERS as usize).await;
    let portal = Customer::new(&beside.at.portal, &root_pem(&centre));
    let later = rights.split_off(USERS as usize / 2);
    fetch(&portal, rights).await;
    smtp.wait(USERS as usize * 3 / 2).await;
    centre.stop();
    fetch(&portal, later).await;
    let mails = smtp.wait(USERS as usize * 2).await;
    let ids: BTreeSet<&str> = mails.iter().map(|mail| mail.headers["message-id"].as_str()).collect();
    assert_eq!((mails.len(), ids.len()), (USERS as usize * 2, USERS as usize * 2), "said twice");
    drop(beside);
    assert_eq!(centre.check().findings, []);
}

async fn fetch(portal: &Customer, rights: Vec<(String, String)>) {
    for (user, code) in rights {
        let (key, csr) = fresh_key();
        let fetched = portal.fetch(&user, &code, &csr).await.unwrap();
        portal.confirm(&fetched, &key).await.unwrap();
    }
}
