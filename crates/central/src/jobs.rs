//! What the centre does without anybody asking. Deadlines that have passed become entries, each exactly once: rights lapse,
//! certificates expire, the grace after that ends, closing days arrive, customers go over to another branch. A night that the service was down is made up for at
//! the next start. Sessions that ended by themselves are forgotten.

mod moving;

use std::time::Duration;

use domain::customer::CustomerCommand;
use domain::{Actor, Policy, calendar};

use crate::clock::Clock;
use crate::http::recovery;
use crate::store::act::{Act, Aside, Command};
use crate::store::db::Readers;
use crate::store::read;
use crate::store::writer::Writer;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(60);

/// What passes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deadline {
    /// 取得期限切れ
    Lapse,
    /// 期限切れ
    Expire,
    /// The time for a replacement on-line is over.
    Grace,
    /// 解約日
    Close,
}

const DEADLINES: [Deadline; 4] = [Deadline::Close, Deadline::Lapse, Deadline::Expire, Deadline::Grace];

/// Runs until aborted, in every instance, but looks only in the one that writes. A failure is logged and tried again at the next look.
pub(crate) async fn run(writer: Writer, readers: Readers, clock: Clock) {
    let (mut leads, mut due) = (writer.leads(), writer.due());
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            // Whoever writes from now on makes up at once for what is due.
            changed = leads.changed() => if changed.is_err() { return },
            // What two persons have decided begins at once.
            changed = due.changed() => if changed.is_err() { return },
        }
        if !*leads.borrow_and_update() {
            continue;
        }
        if writer.recovering() {
            // Nothing passes by itself on a state that may not be the last one.
            recovery::finish(&writer).await;
            continue;
        }
        if let Err(error) = look(&writer, &readers, &clock, &writer.policy(clock.now())).await {
            tracing::error!(%error, "what has passed was not recorded; trying again");
        }
        if let Err(error) = sweep(&writer, &readers, &clock).await {
            tracing::error!(%error, "forgetting old sessions failed; trying again");
        }
    }
}

/// Forgets sessions that ended an hour ago or earlier. Writes only where there are any.
async fn sweep(writer: &Writer, readers: &Readers, clock: &Clock) -> anyhow::Result<()> {
    let expired_before_ms = clock.now_ms() - 3_600_000;
    if read::sessions_over(readers, expired_before_ms).await? {
        writer.aside(Aside::Sweep { expired_before_ms }).await?;
    }
    Ok(())
}

/// Records everything that has passed by now; gives the number of entries.
pub(crate) async fn look(writer: &Writer, readers: &Readers, clock: &Clock, policy: &Policy) -> anyhow::Result<usize> {
    let mut count = 0;
    for deadline in DEADLINES {
        // In pages: after a long rest there may be many.
        loop {
            let done = record(deadline, writer, readers, clock, policy).await?;
            count += done;
            if done == 0 {
                break;
            }
        }
    }
    Ok(count + moving::look(writer, readers, clock).await?)
}

/// One page; gives how many became entries.
async fn record(
    deadline: Deadline,
    writer: &Writer,
    readers: &Readers,
    clock: &Clock,
    policy: &Policy,
) -> anyhow::Result<usize> {
    let now = clock.now();
    let today = calendar::jst_day(now);
    let passed = match deadline {
        Deadline::Lapse => read::overdue(readers, &today.to_string()).await?,
        Deadline::Expire => read::ended(readers, &now.to_rfc3339()).await?,
        Deadline::Grace => {
            let days = chrono::Duration::days(i64::from(policy.grace_days));
            read::grace_over(readers, &(now - days).to_rfc3339()).await?
        }
        Deadline::Close => read::closing(readers, &today.to_string()).await?,
    };
    let mut count = 0;
    for (customer, id) in passed {
        let (job, command) = match deadline {
            Deadline::Lapse => ("lapse", CustomerCommand::LapseRight { certificate: id.parse()? }),
            Deadline::Expire => ("expire", CustomerCommand::ExpireCertificate { certificate: id.parse()? }),
            Deadline::Grace => ("grace", CustomerCommand::EndGrace { certificate: id.parse()? }),
            Deadline::Close => ("close", CustomerCommand::CloseContract { contract: id.parse()? }),
        };
        let act = Act::new(Actor::System { job: job.to_owned() }, Command::Customer(customer.parse()?, command));
        match writer.act(act).await {
            Ok(_) => count += 1,
            // Fetched in the last moment, or the last hours of a day: its turn comes, or its state is another one now.
            Err(refusal) => tracing::info!(code = %refusal.code, job, "not yet, or no more"),
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests;
