//! The line is slow, cut or lying: what the branch can still do, what arrives afterwards, and whom the centre trusts.

mod held;
mod offline;
mod refused;
mod sync;
#[cfg(target_os = "linux")]
mod thin;
mod trust;

use std::time::Duration;

use central::cli::Operator;
use central::clock::Clock;
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
    world_at(Clock::System).await
}

async fn world_at(clock: Clock) -> World {
    let mut centre = Centre::with_clock(clock, |_| {});
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

    /// Lets the operator work; the service is back at the same address.
    fn operate(&mut self, work: impl FnOnce(&Operator, &tokio::runtime::Runtime) + Send + 'static) {
        let at = self.centre.at().terminal.clone();
        self.centre.stop();
        self.centre.operate(work);
        self.centre.config.listen.terminal = at.trim_start_matches("https://").parse().unwrap();
        self.centre.start();
    }

    async fn outbox(&self) -> Vec<OutboxItem> {
        self.office.desk.sync_status().await.unwrap().outbox
    }

    /// Waits until nothing waits any more; says what does, if it never ends.
    async fn sent(&self) {
        let all = async {
            while !self.outbox().await.is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            panic!("{:#?}\n{:?}", self.outbox().await, self.office.desk.status().await);
        }
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
