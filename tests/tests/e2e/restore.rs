//! The centre's database is lost and put back from a backup: the desks bring back what came after it, a stopped PC stays
//! stopped, and what nobody holds is given up by a person only.

mod kill;
mod world;

use desk::view::{ApplicationForm, OutboxState};
use domain::ErrorCode;
use domain::customer::{CertificateState, IncidentCause};
use e2e::centre::BRANCH;
use e2e::customer::fresh_key;
use e2e::office::Office;
use world::{World, until};

/// A form that a desk fills in while the line is cut.
async fn form(office: &Office, customer: &str) -> ApplicationForm {
    office.new_contract(customer, "7000000777", "OFFLINE01").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_after_the_backup_comes_back_from_the_desks() {
    let mut world =
        World::begin(&[(BRANCH, "窓口 1番"), (BRANCH, "窓口 2番"), ("012", "窓口 1番"), ("000", "本部")]).await;
    let [stopped, kept] = [world.certificate(1).await, world.certificate(2).await];
    let far = &world.offices[2];
    far.sign_in("T3001").await;
    let customer = far.record_customer("0000012", "遠方商店", "エンポウショウテン").await;
    let waits = form(far, &customer).await;
    world.agree().await;
    let backup = world.backup().await;

    // After the backup: a certificate is stopped, another is fetched, a slip is printed.
    let desk = &world.offices[0].desk;
    world.offices[0].sign_in("T1001").await;
    let stop = desk.suspend(&stopped.customer, IncidentCause::Stolen, &stopped.contract, None).await.unwrap();
    assert_eq!(stop.state, OutboxState::Confirmed, "{:?}", stop.error);
    let later = world.certificate(3).await;
    let (user, code) = world.offices[0].issue(4).await;
    world.agree().await;
    assert_eq!(world.ocsp(&stopped.serial), "revoked");

    // Its disk burns. One desk is off for the night, another has an act on its way.
    let night = world.offices.pop().unwrap();
    night.desk.close().await;
    world.lose();
    let queued = world.offices[2].desk.submit_application(waits).await.unwrap();
    assert_eq!(queued.state, OutboxState::Waiting);
    assert_eq!(world.restore(&backup).await, 1);
    world.start();
    for office in &world.offices {
        until("heard of the restore", || async { office.desk.status().await.unwrap().recovering }).await;
    }

    // Nobody is told "good", and nothing is given out, while it is not known who was stopped.
    for serial in [&stopped.serial, &kept.serial, &later.serial] {
        assert_eq!(world.ocsp(serial), "trylater");
    }
    assert_eq!(world.list().await, 503);
    let refused = world.portal().fetch(&user, &code, &fresh_key().1).await.unwrap_err();
    assert_eq!((refused.status.as_u16(), refused.answer.code), (503, ErrorCode::Recovering));
    // Staff sign in and report losses; nothing else is decided.
    let office = &world.offices[0];
    office.sign_in("T1001").await;
    let stop = office.desk.suspend(&kept.customer, IncidentCause::Stolen, &kept.contract, None).await.unwrap();
    assert_eq!(stop.state, OutboxState::Confirmed, "{:?}", stop.error);
    assert!(office.desk.status().await.unwrap().recovering);

    // The last desk comes to work, and everything is there.
    world.offices.push(night.reopen().await);
    for office in &world.offices {
        until("over", || async { !office.desk.status().await.unwrap().recovering }).await;
    }
    assert_eq!([&stopped, &kept, &later].map(|c| world.ocsp(&c.serial)), ["revoked", "revoked", "good"]);
    assert_eq!(world.list().await, 200);
    for office in &world.offices {
        assert_eq!(office.desk.status().await.unwrap().lost, 0);
    }
    // The queued act is decided now, when its desk's staff have signed in again.
    let far = &world.offices[2];
    far.sign_in("T3001").await;
    until("sent", || async { far.desk.sync_status().await.unwrap().outbox.is_empty() }).await;
    world.agree().await;

    // The code is gone with the database: the slip is to be printed again, and the old one opens nothing.
    let office = &world.offices[0];
    office.sign_in("T1001").await;
    let denied = world.portal().fetch(&user, &code, &fresh_key().1).await.unwrap_err();
    assert_eq!(denied.answer.code, ErrorCode::PickupDenied);
    let right = world.right(&user).await;
    assert_eq!((right.state, right.slips), (CertificateState::Authorised, 0));
    let code = office.print(&right.certificate_id).await;
    let fetched = world.portal().fetch(&user, &code, &fresh_key().1).await.unwrap();
    let epochs: Vec<String> = [&stopped.serial, &later.serial, &world::serial(&fetched.certificate.0)]
        .map(|serial| serial[..2].to_owned())
        .into();
    assert_eq!(epochs, ["01", "01", "02"], "serials name their epoch");
    world.agree().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_brings_back_is_signed_off_and_shown() {
    let mut world = World::begin(&[(BRANCH, "窓口 1番"), ("012", "窓口 1番")]).await;
    world.agree().await;
    let backup = world.backup().await;
    let kept = world.certificate(1).await;
    let far = world.offices.pop().unwrap();
    far.sign_in("T3001").await;
    far.record_customer("0000012", "遠方商店", "エンポウショウテン").await;
    until("seen by both", || async {
        let near = &world.offices[0];
        near.sign_in("T1001").await;
        near.desk.sync_status().await.unwrap().size == far.desk.sync_status().await.unwrap().size
    })
    .await;
    // The other branch's PC burns with the centre.
    far.desk.close().await;
    world.lose();
    world.restore(&backup).await;
    world.start();
    let near = &world.offices[0];
    until("heard of the restore", || async { near.desk.status().await.unwrap().recovering }).await;
    until("sent back", || async { world.reports().await == 1 }).await;
    let (missing, unheard) = world.missing().await;
    assert!(missing >= 2 && unheard == 1, "{missing} {unheard}");
    assert_eq!(world.ocsp(&kept.serial), "trylater", "one branch does not speak for the other");

    world.centre.stop();
    let refused =
        world.centre.operate(|operator, runtime| runtime.block_on(operator.accept_loss(" ")).unwrap_err().to_string());
    assert!(refused.contains("text_missing"), "{refused}");
    world.centre.operate(|operator, runtime| runtime.block_on(operator.accept_loss("012支店の火災")).unwrap());
    world.start();
    let near = &world.offices[0];
    until("over", || async { !near.desk.status().await.unwrap().recovering }).await;
    assert_eq!(world.ocsp(&kept.serial), "good");
    assert_eq!(near.desk.status().await.unwrap().lost, 0);

    // It had not burnt after all: its desk sees what is gone, goes over, and works on.
    let far = far.reopen().await;
    far.desk.sync_now();
    until("over there, too", || async {
        let status = far.desk.status().await.unwrap();
        status.online && !status.recovering && status.lost > 0
    })
    .await;
    far.sign_in("T3001").await;
    let lost = far.desk.sync_status().await.unwrap().lost;
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!((lost[0].events[0].as_str(), lost[0].customer_name.as_str()), ("customer_recorded", "遠方商店"));
    far.record_customer("0000012", "遠方商店", "エンポウショウテン").await;
    world.offices.push(far);
    world.agree().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restored_again_and_again_it_goes_on() {
    let mut world = World::begin(&[(BRANCH, "窓口 1番"), (BRANCH, "窓口 2番")]).await;
    let old = world.backup().await;
    let mut serials = Vec::new();
    for (n, epoch) in [(1, 1), (2, 2), (3, 3)] {
        let issued = world.certificate(n).await;
        world.agree().await;
        world.lose();
        // The second time from the oldest backup: everything since is with the desks.
        let backup = if epoch == 3 { world.backups.last().unwrap().clone() } else { old.clone() };
        assert_eq!(world.restore(&backup).await, epoch);
        world.start();
        for office in &world.offices {
            until("over", || async {
                let status = office.desk.status().await.unwrap();
                status.online && !status.recovering && world.epoch() == epoch
            })
            .await;
        }
        world.agree().await;
        serials.push(issued.serial.clone());
        for serial in &serials {
            assert_eq!(world.ocsp(serial), "good", "{serial} after {epoch} restores");
        }
        world.backup().await;
    }
    serials.sort();
    serials.dedup();
    assert_eq!(serials.len(), 3);
    world.finish().await;
}
