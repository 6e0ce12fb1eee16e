//! The line is slow, cut or lying: what the branch can still do, what arrives afterwards, and whom the centre trusts.

mod held;
mod offline;
mod refused;
mod sync;
mod trust;

use std::time::Duration;

use desk::Desk;
use desk::view::{OutboxItem, OutboxState};
use e2e::centre::{BRANCH, Centre};
use e2e::line::Line;
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

async fn on_line(desk: &Desk, expected: bool) {
    until(if expected { "on-line" } else { "off-line" }, || async { desk.status().await.unwrap().online == expected })
        .await;
}

/// A centre, and a desk of the branch behind a line that can be cut.
struct World {
    centre: Centre,
    office: Office,
    line: Line,
    /// For a second terminal of the branch.
    invitation: String,
}

async fn world() -> World {
    world_of(|_| {}).await
}

async fn world_of(change: impl FnOnce(&mut Centre)) -> World {
    let mut centre = Centre::new(|_| {});
    change(&mut centre);
    let first = centre.invite(BRANCH, "窓口 1番");
    let invitation = centre.invite(BRANCH, "窓口 2番");
    centre.start();
    let line = Line::to(&centre.at().terminal).await;
    let mut office = Office::enrol(&centre, &first).await;
    office.identity.terminal_url = line.url();
    let office = office.reopen().await;
    on_line(&office.desk, true).await;
    World { centre, office, line, invitation }
}

impl World {
    /// Cuts the line and waits until the desk has noticed.
    async fn cut(&self) {
        self.line.cut();
        on_line(&self.office.desk, false).await;
    }

    async fn outbox(&self) -> Vec<OutboxItem> {
        self.office.desk.sync_status().await.unwrap().outbox
    }

    async fn states(&self) -> Vec<OutboxState> {
        self.outbox().await.iter().map(|item| item.state).collect()
    }

    /// Nothing is lost, nothing is doubled.
    async fn finish(mut self) {
        self.office.desk.close().await;
        self.centre.stop();
        assert_eq!(self.centre.check().findings, []);
    }
}
