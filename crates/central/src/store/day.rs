//! What the log says of a branch's business day: read in the transaction in which its 日次検印 is decided, so that nothing comes
//! in between, and nothing rests on what a desk says that it saw.

use chrono::{DateTime, Utc};
use domain::Subject;
use domain::branch::{BranchCommand, BusinessDays, DayFacts, Seen, Span, concerns, may_sign_off};
use domain::id::BranchCode;
use tlog::Frontier;
use wire::Entry;

use super::act::{Act, Command};
use super::aggregate::{self, Aggregate};
use super::batch::Batch;
use super::db::query;
use super::rows::int;
use super::writer::Fault;

/// Entries read at a time.
const PAGE: i64 = 1000;

impl Batch<'_> {
    /// With a 日次検印 of somebody who may: what happened at the branch on the day.
    pub(super) async fn day(&mut self, act: &Act) -> Result<Option<DayFacts>, Fault> {
        let Command::Branch(branch, BranchCommand::SignOffDay { day, size, root }) = &act.command else {
            return Ok(None);
        };
        // Who may not is refused without the log being read for him.
        if may_sign_off(branch, &act.actor).is_err() {
            return Ok(None);
        }
        let days = self.business_days().await?;
        let mut facts = DayFacts::default();
        // On no business day there is nothing to count.
        let Some(Span { from, until }) = days.span(*day) else { return Ok(Some(facts)) };
        facts.span = Some(Span { from, until });
        let (from, until) = (self.first_at(from).await?, self.first_at(until).await?);
        facts.head = self.root_at(*size).await?.as_deref() == Some(root);
        let mut next = from;
        while next < until {
            let page = self.of_branch(branch, next, until).await?;
            let Some((last, _)) = page.last() else { break };
            next = last + 1;
            for (index, bytes) in page {
                let entry = Entry::from_bytes(&bytes)?;
                if !concerns(branch, entry.branch.as_ref(), &entry.events) {
                    facts.sign_in(&entry.events);
                    continue;
                }
                let (at, actor, offline) = (entry.at, &entry.actor, entry.offline());
                facts.add(&Seen { at, actor, events: &entry.events, offline }, &days);
                facts.end = index + 1;
            }
        }
        facts.first = match facts.entries {
            0 => self.told_first(branch).await?.map(|at| days.day_of(at)),
            _ => Some(*day),
        };
        Ok(Some(facts))
    }

    /// As the log has them, with what this batch did to the policy.
    async fn business_days(&mut self) -> Result<BusinessDays, Fault> {
        let subject = Subject::Policy(self.setting.institution.clone());
        let log = match self.load(&subject, &aggregate::key(&subject)).await? {
            Aggregate::Policy(log) => log,
            _ => return Err(Fault::Log("the policy is no policy".into())),
        };
        Ok(BusinessDays::of_log(&log, &self.setting.policy))
    }

    /// The place of the first stored entry that is not older than this. Entries never are older than the ones before them.
    async fn first_at(&mut self, time: DateTime<Utc>) -> Result<u64, Fault> {
        let (mut low, mut high) = (0, self.stored());
        while low < high {
            let middle = low + (high - low) / 2;
            let (bytes,): (Vec<u8>,) = query("SELECT bytes FROM entry WHERE idx = $1")
                .bind(int(middle))
                .fetch_optional(&mut *self.db)
                .await?
                .unwrap_or_default();
            if Entry::from_bytes(&bytes)?.at < time { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    /// What may be of the branch; with it every word about staff, for sign-ins over a locked screen.
    async fn of_branch(&mut self, branch: &BranchCode, from: u64, until: u64) -> Result<Vec<(u64, Vec<u8>)>, Fault> {
        let rows: Vec<(i64, Vec<u8>)> = query(
            "SELECT idx, bytes FROM entry WHERE idx >= $1 AND idx < $2
               AND (branch = $3 OR also = $3 OR subject LIKE 'staff/%') ORDER BY idx LIMIT $4",
        )
        .bind(int(from))
        .bind(int(until))
        .bind(branch.as_str())
        .bind(PAGE)
        .fetch_all(&mut *self.db)
        .await?;
        Ok(rows.into_iter().map(|(idx, bytes)| (u64::try_from(idx).unwrap_or_default(), bytes)).collect())
    }

    /// When the log told of a branch first.
    async fn told_first(&mut self, branch: &BranchCode) -> Result<Option<DateTime<Utc>>, Fault> {
        let opened: Option<(Vec<u8>,)> = query("SELECT bytes FROM entry WHERE subject = $1 ORDER BY idx LIMIT 1")
            .bind(aggregate::key(&Subject::Branch(branch.clone())))
            .fetch_optional(&mut *self.db)
            .await?;
        let first: Option<(Vec<u8>,)> = query("SELECT bytes FROM entry WHERE branch = $1 ORDER BY idx LIMIT 1")
            .bind(branch.as_str())
            .fetch_optional(&mut *self.db)
            .await?;
        let mut found = None;
        for (bytes,) in opened.into_iter().chain(first) {
            found = found.into_iter().chain([Entry::from_bytes(&bytes)?.at]).min();
        }
        Ok(found)
    }

    /// The root of the tree of this size, if one was signed.
    async fn root_at(&mut self, size: u64) -> Result<Option<String>, Fault> {
        let row: Option<(Vec<u8>,)> = query("SELECT frontier FROM checkpoint WHERE size = $1")
            .bind(int(size))
            .fetch_optional(&mut *self.db)
            .await?;
        let frontier = row.and_then(|(bytes,)| Frontier::from_bytes(&bytes).ok());
        Ok(frontier.map(|frontier| frontier.root().to_base64()))
    }
}
