//! A lock that one instance was asked for holds at the other when the answer is there.

use domain::ErrorCode;
use domain::staff::StaffCommand;
use e2e::centre::PASSWORD;
use e2e::cluster::fresh_database;

use super::{Two, two};

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_at_one_instance_ends_the_sessions_of_the_other() {
    let Two { centre, first, second, at_first, at_second, .. } = two(fresh_database()).await;
    // By way of the instance that does not write, and of the one that does.
    for (lock_at, work_at, staff) in [(&at_second, &at_first, "T1001"), (&at_first, &at_second, "R1101")] {
        let (head, session) = (lock_at.sign_in("H9001").await, work_at.sign_in(staff).await);
        let (status, _) = work_at.ask("POST", "session/verify", &session.token, Some(verify())).await;
        assert_eq!(status, 204, "{staff} works");
        lock_at.administer(&head, staff, StaffCommand::LockStaff {}, None).await.unwrap();
        let (_, code) = work_at.ask("POST", "session/verify", &session.token, Some(verify())).await;
        assert_eq!(code, Some(ErrorCode::SessionMissing), "{staff}, at once");
        for terminal in [&at_first, &at_second] {
            let refused = terminal.try_sign_in(staff, PASSWORD, false).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::AccountLocked, "{staff}");
        }
    }
    drop((first, second));
    assert_eq!(centre.check().findings, []);
}

fn verify() -> serde_json::Value {
    serde_json::json!({ "password": PASSWORD })
}
