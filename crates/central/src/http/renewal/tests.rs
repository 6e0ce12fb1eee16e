//! Renewal without the handshake.
#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::Duration;
use domain::customer::CustomerCommand;
use domain::{ErrorCode, Evidence};

use super::fetch::renew;
use super::holder::Holder;
use crate::http::portal::fetch;
use crate::issuance::{csr, odd_keys};
use crate::testing::{Service, act, details, holder, operator, record};

/// With a renewal that was begun and not fetched.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_back_does_not_open_the_grace_again() {
    let service = Service::new(|_| {}).await;
    let app = &service.app;
    let key = || csr::parse(&odd_keys::p256().good, &app.policy().key_types).unwrap();
    let evidence = || Evidence::PickupCode { csr_sha256: String::new() };
    let (certificate, _) = service.issued(1, "ADMIN001").await;
    let right = app.lookup.right(certificate).await.unwrap().unwrap();
    let fetched = fetch::sign(app, &right, &key(), evidence()).await.ok().unwrap();
    app.writer.act(act(holder(), 1, CustomerCommand::ConfirmCertificate { certificate }, None)).await.unwrap();
    service.clock.advance(Duration::days(i64::from(app.policy().validity_days)));
    let begin = CustomerCommand::RenewCertificate { certificate, again: false };
    app.writer.act(act(holder(), 1, begin, None)).await.unwrap();
    let shown = Holder::of(app, &fetched.certificate.0).await.ok().unwrap();
    let open = async || super::open::presented(app, &shown).await.ok().unwrap().refused.map(|refusal| refusal.code);
    assert_eq!(open().await, None);
    let late = Duration::days(i64::from(app.policy().grace_days) + 1);
    service.clock.advance(late);
    // Any act: the log has seen the day.
    app.writer.act(act(operator(), 2, record("2"), details())).await.unwrap();
    service.clock.advance(-late);
    assert_eq!(open().await, Some(ErrorCode::RenewalTooLate));
    let refused = renew(app, &shown, &key(), false, shown.evidence("")).await.err().unwrap();
    assert_eq!(refused.code(), ErrorCode::RenewalTooLate);
    assert_eq!(service.count("SELECT COUNT(*) FROM signing_intent").await, 1, "that of the first");
}
