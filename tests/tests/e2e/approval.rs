//! What waits for an approval is never missing from the queue: by role, at the own branch and at another one, however fast it came.

use desk::view::ApplicationList;
use e2e::centre::Centre;
use e2e::office::Office;
use e2e::terminal::Terminal;

use crate::window_approvals::registers;

const MANY: u32 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_holds_whatever_waits() {
    let mut centre = Centre::new(|_| {});
    let [here, beside] = ["窓口 1番", "窓口 2番"].map(|label| centre.invite(e2e::centre::BRANCH, label));
    let elsewhere = centre.invite("012", "窓口 1番");
    let office = centre.invite("000", "事務部");
    centre.start();
    let here = Office::enrol(&centre, &here).await;
    let elsewhere = Office::enrol(&centre, &elsewhere).await;
    let office = Office::enrol(&centre, &office).await;
    let beside = Office::enrol(&centre, &beside).await;
    let terminal =
        Terminal::new(beside.identity.clone(), &desk::secrets::Secrets::Files(beside.dir.path().join("secrets")));
    let teller = terminal.sign_in("T1001").await;
    for n in 0..MANY {
        registers(&terminal, &teller, n).await;
    }
    // Each role of the branch sees them all, whether it may decide or not; another branch sees none.
    for (office, staff, count) in [
        (&here, "T1001", MANY),
        (&here, "R1101", MANY),
        (&here, "S2001", MANY),
        (&beside, "S2001", MANY),
        (&elsewhere, "S3001", 0),
        (&elsewhere, "T3001", 0),
        (&office, "H9001", MANY),
        (&office, "A9101", MANY),
    ] {
        office.sign_in(staff).await;
        let start = std::time::Instant::now();
        loop {
            let waiting = office.desk.applications(ApplicationList::WaitingForApproval).await.unwrap();
            let counted = office.desk.status().await.unwrap().counts.waiting_for_approval;
            if (waiting.len(), counted) == (count as usize, count) {
                break;
            }
            assert!(start.elapsed().as_secs() < 20, "{staff} sees {} of {count}, counted {counted}", waiting.len());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}
