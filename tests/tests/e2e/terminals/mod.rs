//! The life of a branch PC: its first start, its certificate, its moves, its end.

mod end;
mod first;
mod kill;
mod office;
mod renewal;
mod shift;

use std::time::Duration;

use e2e::centre::{BRANCH, Centre};
use e2e::office::Office;

const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so.
async fn until<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    let all = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// A centre, a desk of the branch and one of head office.
async fn world() -> (Centre, Office, Office) {
    let mut centre = Centre::new(|_| {});
    let [branch, head] = [(BRANCH, "窓口 1番"), ("000", "本部 1番")].map(|(b, l)| centre.invite(b, l));
    centre.start();
    let (office, head) = (Office::enrol(&centre, &branch).await, Office::enrol(&centre, &head).await);
    head.sign_in("H9001").await;
    until("known there", || async { head.desk.terminals().await.unwrap().len() == 2 }).await;
    (centre, office, head)
}
