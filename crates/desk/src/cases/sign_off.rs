//! 日次検印: the business days of a branch, what happened on one of them, and a supervisor's word that he has looked at it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::authorisation::acting_on_branch;
use domain::branch::{
    Branch, BranchCommand, BranchEvent, BusinessDays, Context, Span, may_sign_off, needs_comment, open_to,
};
use domain::calendar::{jst_day, later};
use domain::event::ViewKind;
use domain::id::BranchCode;
use domain::personal::Comment;
use domain::{Actor, ErrorCode, Event, PersonalData, Refusal};
use tlog::RootHash;
use wire::Body;
use wire::api::session::SignedIn;
use wire::head::Head;

use super::export::{Cell, Export, Sheet};
use super::words::{self, Words};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::replica::chunk;
use crate::replica::day::{self, Day};
use crate::view::{
    BranchChoice, ErrorView, ExportAs, SignOffCount, SignOffDays, SignOffDone, SignOffException, SignOffForm,
    SignOffLine, SignOffState, SignOffView,
};

/// Business days of the list at a time.
const DAYS: usize = 60;

/// A day as whoever signs it off has to look at it.
pub(super) struct LookedAt {
    pub(super) branch: Branch,
    pub(super) on: NaiveDate,
    /// The same when it is looked at again, whatever has become of the policy.
    pub(super) span: Span,
    pub(super) read: Day,
    pub(super) head: Head,
}

fn on(day: &str) -> Result<NaiveDate, Refusal> {
    day.parse().map_err(|_| Refusal::new(ErrorCode::DateOutOfRange).at("day"))
}

impl Desk {
    /// The business days of a branch (by default this desk's own) before a day, newest first.
    ///
    /// # Errors
    /// Nobody works here, this copy does not hold the branch, or the replica failed.
    pub async fn sign_off_days(&self, branch: Option<&str>, before: Option<&str>) -> Result<SignOffDays, DeskError> {
        let staff = self.working()?;
        let branch = self.branch_shown(branch).await?;
        let before = before.map(on).transpose()?.map(|before| before.to_string());
        let mut days = self.every_day(&branch, &staff).await?;
        let missing = days.iter().filter(|line| line.state == SignOffState::Missing).count();
        // As text: the form of a day sorts as days do.
        days.retain(|line| before.as_ref().is_none_or(|before| line.day < *before));
        let more = days.len() > DAYS;
        days.truncate(DAYS);
        let next = days.last().filter(|_| more).map(|last| last.day.clone());
        let missing = u32::try_from(missing).unwrap_or(u32::MAX);
        Ok(SignOffDays {
            branch_name: self.branch_name(branch.code.as_str()),
            branch: branch.code.to_string(),
            branches: self.branch_choices().await?,
            missing,
            days,
            before: next,
        })
    }

    /// The business days of a branch as a file.
    ///
    /// # Errors
    /// As [`Desk::sign_off_days`]; a character has no place in the chosen encoding.
    pub async fn export_sign_off_days(&self, branch: &str, how: impl Into<ExportAs>) -> Result<Export, DeskError> {
        let (staff, how) = (self.working()?, how.into());
        let words = Words(how.language());
        let branch = self.branch_shown(Some(branch)).await?;
        let days = self.every_day(&branch, &staff).await?;
        let text = |text: &str| Cell::Text(text.to_owned());
        let row = |line: SignOffLine| {
            let state = match line.state {
                SignOffState::Open => words.pick("営業中", "Open"),
                SignOffState::Missing => words.pick("未検印", "Not signed off"),
                SignOffState::Signed => words.pick("検印済", "Signed off"),
            };
            let at = line.at.as_deref().map(words::cell_time).unwrap_or_default();
            let by = line.by.unwrap_or_default();
            vec![text(&line.day.replace('-', "/")), text(state), text(&by), text(&at)]
        };
        let column = |title| words.column(title, false);
        let titles =
            [("営業日", "Business day"), ("状態", "State"), ("検印者", "Signed off by"), ("検印日時", "Signed off at")];
        let sheet = Sheet {
            title: words.pick("日次検印", "Daily sign-off").to_owned(),
            about: words.branch(&self.branch_name(branch.code.as_str()), branch.code.as_str()),
            columns: titles.map(column).to_vec(),
            rows: days.into_iter().map(row).collect(),
        };
        self.file(&staff, &sheet, how.format)
    }

    /// From today back to the first day on which the log tells of the branch. One that is no more has no day after the one
    /// on which its customers went.
    async fn every_day(&self, branch: &Branch, staff: &SignedIn) -> Result<Vec<SignOffLine>, DeskError> {
        let business = self.business_days(staff).await?;
        let today = business.day_of(self.centre_now());
        let first = day::told_first(&mut *self.inner.replica.readers.acquire().await?, &branch.code).await?;
        let first = first.map_or(today, |at| business.day_of(at));
        let last = self.last_day(branch, &business).await?.unwrap_or(today);
        let (mut days, mut at) = (Vec::new(), today);
        while at >= first {
            if at <= last {
                days.push(self.line_of(branch, at, business.closes(at)).await);
            }
            at = business.before(at);
        }
        Ok(days)
    }

    /// The last business day of a branch that has gone into another: the day on which its customers went, or the last one of which
    /// the log tells something.
    async fn last_day(&self, branch: &Branch, business: &BusinessDays) -> Result<Option<NaiveDate>, DeskError> {
        let Some(merger) = branch.merger.as_ref().filter(|merger| merger.on <= jst_day(self.centre_now())) else {
            return Ok(None);
        };
        // Its customers go at night: that is the next business day's.
        let mut went = merger.on;
        while business.closes(went).is_none() && went != NaiveDate::MAX {
            went = later(went, 1);
        }
        let told = day::told_last(&mut *self.inner.replica.readers.acquire().await?, &branch.code).await?;
        Ok(Some(told.map_or(went, |at| business.day_of(at)).max(went)))
    }

    /// Of a log that says nothing of the policy, what whoever works here was told at the sign-in.
    async fn business_days(&self, staff: &SignedIn) -> Result<BusinessDays, DeskError> {
        let told = self.inner.replica.business_days().await?;
        Ok(told.unwrap_or_else(|| BusinessDays::always(staff.policy.clone())))
    }

    async fn line_of(&self, branch: &Branch, day: NaiveDate, closes: Option<DateTime<Utc>>) -> SignOffLine {
        let done = branch.signed_off.get(&day);
        SignOffLine {
            day: day.to_string(),
            state: self.sign_off_state(branch, day, closes),
            by: match done {
                Some(done) => Some(self.staff_name(done.by.as_str()).await),
                None => None,
            },
            at: done.map(|done| done.at.to_rfc3339()),
        }
    }

    fn sign_off_state(&self, branch: &Branch, day: NaiveDate, closes: Option<DateTime<Utc>>) -> SignOffState {
        match () {
            () if branch.signed_off.contains_key(&day) => SignOffState::Signed,
            () if closes.is_some_and(|closes| self.centre_now() < closes) => SignOffState::Open,
            () => SignOffState::Missing,
        }
    }

    /// What happened on a business day, and whether whoever works here may sign it off.
    ///
    /// # Errors
    /// Nobody works here, this copy does not hold the branch, it is no business day, or the replica failed.
    pub async fn sign_off_day(&self, branch: &str, day: &str) -> Result<SignOffView, DeskError> {
        let staff = self.working()?;
        let looked = self.looked_at(&staff, branch, day).await?;
        let LookedAt { branch, on, span, read, head } = &looked;
        let found: Vec<_> = read.entries.iter().filter(|one| !one.exceptions.is_empty()).collect();
        let entries: Vec<_> = found.iter().map(|one| (one.index, one.entry.clone())).collect();
        let lines = self.lines(&mut *self.inner.replica.readers.acquire().await?, &entries).await?;
        let lines = found.into_iter().zip(lines);
        let exceptions: Vec<_> = lines
            .map(|(one, line)| SignOffException { kinds: one.exceptions.iter().copied().collect(), line })
            .collect();
        let customers = exceptions.iter().filter_map(|one| one.line.customer_id.clone());
        self.showing(&staff, ViewKind::Log, customers.collect()).await?;
        let (actor, role) = self.signs_as(&staff);
        let done = self.done(branch, *on).await?;
        let refusal = self.may_not(&looked, &actor, &staff).err();
        let refusal = match refusal {
            // What everybody sees from the state needs no words.
            Some(refusal) if done.is_none() => Some(self.named(DeskError::Refused(refusal).view()).await),
            _ => None,
        };
        Ok(SignOffView {
            branch_name: self.branch_name(branch.code.as_str()),
            branch: branch.code.to_string(),
            day: on.to_string(),
            state: self.sign_off_state(branch, *on, Some(span.until)),
            from: span.from.to_rfc3339(),
            until: span.until.to_rfc3339(),
            size: head.size.to_string(),
            root: RootHash(head.root).to_base64(),
            words: head.words().into_iter().map(str::to_owned).collect(),
            entries: read.facts.entries,
            counts: counts(read),
            comment_needed: needs_comment(role, read.facts.exceptions),
            exceptions,
            done,
            refusal,
        })
    }

    /// Signs a day off, as of what was shown.
    ///
    /// # Errors
    /// The rules or the centre refuse, or the centre is out of reach.
    pub async fn sign_off(&self, form: &SignOffForm) -> Result<(), DeskError> {
        let staff = self.working()?;
        let looked = self.looked_at(&staff, &form.branch, &form.day).await?;
        let (actor, role) = self.signs_as(&staff);
        self.may_not(&looked, &actor, &staff)?;
        let size: u64 = form.size.parse().map_err(|_| ErrorCode::RequestMalformed)?;
        if size < looked.read.facts.end {
            return Err(ErrorCode::DayChanged.into());
        }
        let comment = form.comment.trim();
        let exceptions = looked.read.facts.exceptions;
        if comment.is_empty() && needs_comment(role, exceptions) {
            return Err(Refusal::new(ErrorCode::DayCommentMissing).with("count", exceptions).at("comment").into());
        }
        let personal = (!comment.is_empty()).then(|| PersonalData::Comment(Comment { text: comment.to_owned() }));
        personal.as_ref().map_or(Ok(()), PersonalData::check)?;
        let command = BranchCommand::SignOffDay { day: looked.on, size, root: form.root.clone() };
        let body = Body::Branch { branch: looked.branch.code, command };
        self.straight_beside(body, None, personal).await
    }

    /// An error as the screen shows it: whoever is named in it by number is named by name.
    pub async fn named_view(&self, error: &DeskError) -> ErrorView {
        self.named(error.view()).await
    }

    /// As whom somebody signs off here.
    fn signs_as(&self, staff: &SignedIn) -> (Actor, domain::Role) {
        let command = BranchCommand::SignOffDay { day: NaiveDate::MIN, size: 0, root: String::new() };
        let here = (&self.inner.identity.branch, staff.deputy.is_some());
        let (role, branch, deputy) = acting_on_branch((staff.role, &staff.branch), here, &command);
        let (terminal, session) = (self.inner.identity.terminal, staff.session);
        (Actor::Staff { staff: staff.staff.clone(), role, branch, terminal, session, deputy }, role)
    }

    /// What this copy knows against it. The centre decides again, and may know more.
    fn may_not(&self, looked: &LookedAt, actor: &Actor, staff: &SignedIn) -> Result<(), Refusal> {
        may_sign_off(&looked.branch.code, actor)?;
        let day = Some(&looked.read.facts);
        let context = Context { actor, personal: None, now: self.centre_now(), day };
        open_to(&looked.branch, looked.on, &staff.staff, &looked.read.facts, &context)
    }

    /// A day of a branch, with the tree head as of which it is shown: that of the sign-off, or of everything that is here.
    pub(super) async fn looked_at(&self, staff: &SignedIn, branch: &str, day: &str) -> Result<LookedAt, DeskError> {
        let branch = self.branch_shown(Some(branch)).await?;
        let on = on(day)?;
        let business = self.business_days(staff).await?;
        let Some(span) = business.span(on) else {
            return Err(Refusal::new(ErrorCode::DayNotBusiness).with("day", on).at("day").into());
        };
        let mut db = self.inner.replica.readers.acquire().await?;
        let frontier = chunk::head(&mut *db).await?;
        if *self.inner.replica.applied.borrow() < frontier.size() {
            // What has come is still being taken in.
            return Err(ErrorCode::DayChanged.into());
        }
        let read = day::of(&mut db, &branch.code, span, &business).await?;
        drop(db);
        let mut head = Head { size: frontier.size(), root: frontier.root().0 };
        if let Some((entry, _)) = self.signing(&branch, on).await? {
            for event in &entry.events {
                if let Event::Branch(BranchEvent::DaySignedOff { size, root, .. }) = event
                    && let Ok(root) = RootHash::from_base64(root)
                {
                    head = Head { size: *size, root: root.0 };
                }
            }
        }
        Ok(LookedAt { branch, on, span, read, head })
    }

    async fn signing(
        &self,
        branch: &Branch,
        on: NaiveDate,
    ) -> Result<Option<(wire::Entry, Option<String>)>, DeskError> {
        match branch.signed_off.get(&on) {
            Some(done) => {
                day::signed_off(&mut *self.inner.replica.readers.acquire().await?, &branch.code, done.at, on).await
            }
            None => Ok(None),
        }
    }

    pub(super) async fn done(&self, branch: &Branch, on: NaiveDate) -> Result<Option<SignOffDone>, DeskError> {
        let Some((entry, comment)) = self.signing(branch, on).await? else { return Ok(None) };
        let (role, deputy) = match &entry.actor {
            Actor::Staff { role, deputy, .. } => (Some(*role), *deputy),
            _ => (None, false),
        };
        let by = match entry.actor.staff() {
            Some(staff) => self.staff_name(staff.as_str()).await,
            None => String::new(),
        };
        let counted = entry.events.iter().find_map(|event| match event {
            Event::Branch(BranchEvent::DaySignedOff { entries, exceptions, .. }) => Some((*entries, *exceptions)),
            _ => None,
        });
        let (entries, exceptions) = counted.unwrap_or_default();
        let at = entry.happened_at().to_rfc3339();
        Ok(Some(SignOffDone { by, role, deputy, at, comment, entries, exceptions }))
    }

    /// The branch whose days are asked for, if this copy holds it.
    async fn branch_shown(&self, code: Option<&str>) -> Result<Branch, DeskError> {
        let code: BranchCode = match code {
            Some(code) => code.parse()?,
            None => self.inner.identity.branch.clone(),
        };
        if !self.branch_choices().await?.iter().any(|one| one.code == code.as_str()) {
            return Err(Refusal::new(ErrorCode::BranchNotPermitted).at("branch").into());
        }
        let known = self.inner.replica.branches_known().await?;
        Ok(known.into_iter().find(|one| one.code == code).unwrap_or_else(|| Branch::unknown(code)))
    }

    /// Branches that can be looked at here: this desk's own; at head office every one.
    pub(super) async fn branch_choices(&self) -> Result<Vec<BranchChoice>, DeskError> {
        let mut codes = day::branches(&mut *self.inner.replica.readers.acquire().await?).await?;
        if !codes.contains(&self.inner.identity.branch) {
            codes.insert(0, self.inner.identity.branch.clone());
        }
        let choice = |code: BranchCode| BranchChoice { name: self.branch_name(code.as_str()), code: code.to_string() };
        Ok(codes.into_iter().map(choice).collect())
    }
}

/// How often each thing happened, the most frequent first.
fn counts(day: &Day) -> Vec<SignOffCount> {
    let mut counted: BTreeMap<String, u32> = BTreeMap::new();
    for event in day.entries.iter().flat_map(|one| &one.entry.events) {
        *counted.entry(event.word()).or_default() += 1;
    }
    let mut counts: Vec<_> = counted.into_iter().map(|(word, count)| SignOffCount { word, count }).collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.word.cmp(&b.word)));
    counts
}
