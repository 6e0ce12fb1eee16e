//! What the centre does without anybody asking: rights whose deadline has passed lapse, each by one entry; sessions that
//! ended by themselves are forgotten.

use std::time::Duration;

use domain::customer::CustomerCommand;
use domain::id::CommandId;
use domain::{Actor, calendar};
use sqlx::SqlitePool;

use crate::clock::Clock;
use crate::store::act::{Act, Aside, Command};
use crate::store::read;
use crate::store::writer::Writer;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(60);

/// Runs until aborted. A failure is logged and tried again at the next look.
pub(crate) async fn run(writer: Writer, readers: SqlitePool, clock: Clock) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = lapse(&writer, &readers, &clock).await {
            tracing::error!(%error, "lapsing overdue rights failed; trying again");
        }
        if let Err(error) = sweep(&writer, &readers, &clock).await {
            tracing::error!(%error, "forgetting old sessions failed; trying again");
        }
    }
}

/// Forgets sessions that ended an hour ago or earlier. Writes only where there are any.
async fn sweep(writer: &Writer, readers: &SqlitePool, clock: &Clock) -> anyhow::Result<()> {
    let expired_before_ms = clock.now_ms() - 3_600_000;
    if read::sessions_over(readers, expired_before_ms).await? {
        writer.aside(Aside::Sweep { expired_before_ms }).await?;
    }
    Ok(())
}

/// Lapses what is overdue today.
pub(crate) async fn lapse(writer: &Writer, readers: &SqlitePool, clock: &Clock) -> anyhow::Result<usize> {
    let today = calendar::jst_day(clock.now()).to_string();
    let overdue = read::overdue(readers, &today).await?;
    let count = overdue.len();
    for (customer, certificate) in overdue {
        let certificate = certificate.parse()?;
        let act = Act {
            id: CommandId(uuid::Uuid::now_v7()),
            actor: Actor::System { job: "lapse".to_owned() },
            command: Command::Customer(customer.parse()?, CustomerCommand::LapseRight { certificate }),
            expected_version: None,
            attached: None,
            sealed: None,
            asides: Vec::new(),
        };
        if let Err(refusal) = writer.act(act).await {
            // Fetched in the last moment: its state is another one now.
            tracing::info!(code = %refusal.code, "a right did not lapse");
        }
    }
    Ok(count)
}
