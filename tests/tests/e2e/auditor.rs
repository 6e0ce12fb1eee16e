//! An auditor reads every branch and changes nothing; what is looked at is an entry first, and without the line there is nothing
//! to see.

use desk::view::{ApplicationList, ExportFormat, LogFilter, TodayList};
use domain::event::{AccessEvent, ViewKind};
use domain::{ErrorCode, Event};
use e2e::centre::{BRANCH, Centre};
use e2e::office::Office;
use wire::Entry;
use wire::api::feed::FeedLeaf;

use crate::staff::terminal;

#[tokio::test(flavor = "multi_thread")]
async fn every_look_is_an_entry_and_nothing_is_seen_without_the_line() {
    let mut centre = Centre::new(|_| {});
    let seats =
        [(BRANCH, "窓口 1番"), ("000", "監査"), ("000", "事務部")].map(|(branch, label)| centre.invite(branch, label));
    centre.start();
    let branch = Office::enrol(&centre, &seats[0]).await;
    let audit = Office::enrol(&centre, &seats[1]).await;
    let reader = terminal(&centre, &seats[2], "reader").await;
    branch.sign_in("T1001").await;
    let mut customers = Vec::new();
    for n in 0..3 {
        let customer =
            branch.record_customer(&format!("{}", 100 + n), &format!("見本商店{n}"), "ミホンショウテン").await;
        let form = branch.new_contract(&customer, &format!("{:010}", 800 + n), &format!("KANSA{n:03}")).await;
        branch.submit(form).await;
        customers.push(customer);
    }
    let looks = async || {
        let mut looks = Vec::new();
        for leaf in reader.feed(0, 10_000).await.leaves {
            let FeedLeaf::Entry { e, .. } = leaf else { panic!("head office reads everything") };
            let entry = Entry::from_bytes(&e.0).unwrap();
            if let [Event::Access(AccessEvent::Viewed { what, customers, count })] = entry.events.as_slice() {
                assert_eq!(entry.actor.staff().unwrap().as_str(), "A9101");
                looks.push((*what, customers.len(), *count, entry.branch.unwrap().to_string()));
            }
        }
        looks
    };
    audit.sign_in("A9101").await;
    let begun = std::time::Instant::now();
    while u64::from(audit.desk.sync_status().await.unwrap().size) < reader.size().await {
        assert!(begun.elapsed().as_secs() < 20, "the auditor's desk does not follow");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(looks().await.is_empty(), "nothing was looked at so far");

    // One page, opened twice: one entry, in the customer's branch.
    let page = audit.desk.customer(&customers[0]).await.unwrap();
    let known = looks().await;
    assert_eq!(known, [(ViewKind::Customer, 1, 1, BRANCH.to_owned())]);
    assert_eq!(page.details.unwrap().name, "見本商店0");
    audit.desk.customer(&customers[0]).await.unwrap();
    assert_eq!(looks().await, known);
    // A search names whom it showed for the first time, and narrowing it shows nobody new.
    assert_eq!(audit.desk.search("ミホン").await.unwrap().hits.len(), 3);
    audit.desk.search("ミホンシ").await.unwrap();
    let searched = |looks: Vec<(ViewKind, usize, u32, String)>| -> u32 {
        looks.into_iter().filter(|(what, ..)| *what == ViewKind::Search).map(|(_, _, count, _)| count).sum()
    };
    assert_eq!(searched(looks().await), 3, "each customer once: {:?}", looks().await);
    // Whoever was only among the hits has not been opened: the page says more, and its branch reads of it.
    audit.desk.customer(&customers[1]).await.unwrap();
    assert_eq!(looks().await.last().unwrap(), &(ViewKind::Customer, 1, 1, BRANCH.to_owned()));
    // A file counts each time.
    for n in 1..3 {
        audit.desk.export_list(TodayList::Applications, ExportFormat::CsvUtf8).await.unwrap();
        let exports = looks().await.into_iter().filter(|(what, ..)| *what == ViewKind::Export).collect::<Vec<_>>();
        assert_eq!(exports, vec![(ViewKind::Export, 3, 3, "000".to_owned()); n]);
    }
    // Another session begins anew.
    audit.sign_in("A9101").await;
    let count = looks().await.len();
    audit.desk.applications(ApplicationList::WaitingForApproval).await.unwrap();
    assert_eq!(looks().await.len(), count + 1);

    // Nothing is changed, here or at the centre.
    let view = audit.desk.applications(ApplicationList::WaitingForApproval).await.unwrap().remove(0);
    let refused = audit.desk.approve_application(&view.application_id, &view.customer_version).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::RoleNotPermitted);

    // Without the line: signed in or not, nothing personal is shown.
    centre.stop();
    let begun = std::time::Instant::now();
    while audit.desk.status().await.unwrap().online {
        assert!(begun.elapsed().as_secs() < 40, "never off-line");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let gone = |error: desk::DeskError| error.code();
    assert_eq!(audit.desk.customer(&customers[0]).await.map(drop).map_err(gone), Err(ErrorCode::Offline));
    assert_eq!(audit.desk.search("ミホン").await.map(drop).map_err(gone), Err(ErrorCode::Offline));
    assert_eq!(
        audit.desk.log_page(LogFilter::default(), None, 0, 10).await.map(drop).map_err(gone),
        Err(ErrorCode::Offline)
    );
    assert_eq!(
        audit.desk.export_list(TodayList::Applications, ExportFormat::CsvUtf8).await.map(drop).map_err(gone),
        Err(ErrorCode::Offline)
    );
    audit.desk.sign_in("A9101", e2e::centre::PASSWORD).await.unwrap();
    assert_eq!(audit.desk.customer(&customers[0]).await.map(drop).map_err(gone), Err(ErrorCode::SignInOffline));
    assert_eq!(centre.check().findings, []);
}
