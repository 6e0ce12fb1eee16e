//! Branches of the institution: opened, renamed, merged into another on a day (店舗統廃合), and their business days signed off.
//! Customers go over to the other branch one by one; each of them is an act on that customer.

mod day;
mod sign_off;

pub use day::{DayException, DayFacts, Seen, Span, business_day_before, concerns, day_of, span};
pub use sign_off::{may_sign_off, needs_comment, open_to};

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Role};
use crate::calendar;
use crate::error::{ErrorCode, Refusal};
use crate::id::{BranchCode, StaffId};
use crate::personal::PersonalData;
use crate::policy::Policy;
use crate::text;

/// A merger lies no further ahead, days.
const AHEAD: u32 = 366;

/// A merger into another branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merger {
    /// Into which.
    pub into: BranchCode,
    /// From this day on (JST).
    pub on: NaiveDate,
}

/// 日次検印 of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOff {
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A branch, derived from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// 店番.
    pub code: BranchCode,
    /// Number of events applied.
    pub version: u64,
    /// 店名; empty: nobody has opened it.
    pub name: String,
    /// Its reading, as the zengin data has it.
    pub kana: String,
    /// What was decided about its end.
    pub merger: Option<Merger>,
    /// Business days that were signed off.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signed_off: BTreeMap<NaiveDate, SignedOff>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum BranchCommand {
    /// A branch that the log does not know.
    OpenBranch {
        /// 店名.
        name: String,
        /// Its reading.
        kana: String,
    },
    /// Another name.
    RenameBranch {
        /// 店名.
        name: String,
        /// Its reading.
        kana: String,
    },
    /// 店舗統廃合: its customers go over to another branch on a day.
    MergeBranch {
        /// Into which.
        into: BranchCode,
        /// From this day on (JST), today or later.
        on: NaiveDate,
    },
    /// A merger whose day has not come does not take place.
    WithdrawMerger {},
    /// 日次検印 of a business day (attachment: `Comment`, where there is something to say).
    SignOffDay {
        /// Which day (JST).
        day: NaiveDate,
        /// Size of the tree as of which it was looked at.
        size: u64,
        /// The root of that tree, Base64.
        root: String,
    },
}

impl BranchCommand {
    /// The kind, as in the serde tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OpenBranch { .. } => "open_branch",
            Self::RenameBranch { .. } => "rename_branch",
            Self::MergeBranch { .. } => "merge_branch",
            Self::WithdrawMerger {} => "withdraw_merger",
            Self::SignOffDay { .. } => "sign_off_day",
        }
    }
}

/// What happened. Stored: variants and fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BranchEvent {
    /// Opened.
    BranchOpened {
        /// 店名.
        name: String,
        /// Its reading.
        kana: String,
    },
    /// Renamed.
    BranchRenamed {
        /// 店名.
        name: String,
        /// Its reading.
        kana: String,
    },
    /// It will be merged into another.
    BranchMerged {
        /// Into which.
        into: BranchCode,
        /// From this day on (JST).
        on: NaiveDate,
    },
    /// It will not.
    MergerWithdrawn {},
    /// A supervisor has looked at what happened on a business day (attachment: `Comment`, where there was something to say).
    DaySignedOff {
        /// Which day (JST).
        day: NaiveDate,
        /// Size of the tree as of which it was looked at.
        size: u64,
        /// The root of that tree, Base64.
        root: String,
        /// Entries of the branch on that day.
        entries: u32,
        /// Of those, how many were exceptions.
        exceptions: u32,
    },
}

impl BranchEvent {
    /// Is it that branch's business alone? Which branches there are is everybody's.
    pub fn concerns_the_branch_only(&self) -> bool {
        matches!(self, Self::DaySignedOff { .. })
    }
}

/// What a decision rests on beside the branch itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// What travels beside the command.
    pub personal: Option<&'a PersonalData>,
    /// In force now.
    pub policy: &'a Policy,
    /// Now.
    pub now: DateTime<Utc>,
    /// With [`BranchCommand::SignOffDay`]: what the log says of that day.
    pub day: Option<&'a DayFacts>,
}

impl Branch {
    /// A branch nobody has opened yet.
    pub fn unknown(code: BranchCode) -> Self {
        let (name, kana, signed_off) = Default::default();
        Self { code, version: 0, name, kana, merger: None, signed_off }
    }

    /// Has it been opened? Of a branch that the banking system knows and the log does not, days can be signed off all the same.
    pub fn opened(&self) -> bool {
        !self.name.is_empty()
    }

    /// The branch its customers go over to, once the day has come.
    pub fn merged_into(&self, today: NaiveDate) -> Option<&BranchCode> {
        self.merger.as_ref().filter(|merger| merger.on <= today).map(|merger| &merger.into)
    }

    /// May customers go over to it?
    ///
    /// # Errors
    /// Nobody has opened it, or it is merged into another itself.
    pub fn may_receive(&self) -> Result<(), Refusal> {
        match &self.merger {
            _ if !self.opened() => Err(Refusal::new(ErrorCode::BranchUnknown).at("branch")),
            Some(merger) => Err(Refusal::new(ErrorCode::BranchMerged).at("branch").with("into", &merger.into)),
            None => Ok(()),
        }
    }
}

fn named(name: &str, kana: &str) -> Result<(), Refusal> {
    text::name("name", name)?;
    // 全銀: ﾄｳｷﾖｳ, with its own signs.
    text::name("kana", kana)
}

/// Decides a command. Whether another branch may receive customers is asked of that branch ([`Branch::may_receive`]).
///
/// # Errors
/// A [`Refusal`] that names the rule.
pub fn decide(branch: &Branch, command: &BranchCommand, context: &Context<'_>) -> Result<Vec<BranchEvent>, Refusal> {
    if let BranchCommand::SignOffDay { day, size, root } = command {
        return sign_off::decide(branch, (*day, *size, root), context);
    }
    match context.actor {
        Actor::Staff { role: Role::HeadOffice, .. } => {}
        Actor::Staff { .. } => return Err(ErrorCode::RoleNotPermitted.into()),
        // The list comes from a file; a merger is decided by whoever answers for it.
        Actor::Operator { .. }
            if matches!(command, BranchCommand::OpenBranch { .. } | BranchCommand::RenameBranch { .. }) => {}
        _ => return Err(ErrorCode::ActorNotPermitted.into()),
    }
    if context.personal.is_some() {
        return Err(ErrorCode::AttachmentMismatch.into());
    }
    let known = branch.opened();
    let today = calendar::jst_day(context.now);
    match command {
        BranchCommand::OpenBranch { .. } if known => Err(ErrorCode::BranchExists.into()),
        BranchCommand::OpenBranch { name, kana } => {
            named(name, kana)?;
            Ok(vec![BranchEvent::BranchOpened { name: name.clone(), kana: kana.clone() }])
        }
        _ if !known => Err(Refusal::new(ErrorCode::BranchUnknown).at("branch")),
        BranchCommand::RenameBranch { name, kana } => {
            named(name, kana)?;
            Ok(vec![BranchEvent::BranchRenamed { name: name.clone(), kana: kana.clone() }])
        }
        BranchCommand::MergeBranch { into, on } => {
            if *into == branch.code {
                return Err(Refusal::new(ErrorCode::BranchSame).at("into"));
            }
            if let Some(merger) = &branch.merger {
                return Err(Refusal::new(ErrorCode::BranchMerged).with("into", &merger.into));
            }
            if !(today..=calendar::later(today, AHEAD)).contains(on) {
                return Err(Refusal::new(ErrorCode::DateOutOfRange).at("on"));
            }
            Ok(vec![BranchEvent::BranchMerged { into: into.clone(), on: *on }])
        }
        BranchCommand::WithdrawMerger {} => match &branch.merger {
            Some(merger) if merger.on > today => Ok(vec![BranchEvent::MergerWithdrawn {}]),
            Some(merger) => Err(Refusal::new(ErrorCode::BranchMerged).with("into", &merger.into)),
            None => Err(Refusal::new(ErrorCode::BranchUnknown).at("branch")),
        },
        BranchCommand::SignOffDay { .. } => Err(ErrorCode::DayChanged.into()),
    }
}

/// Applies an event. Infallible.
pub fn apply(branch: &mut Branch, event: &BranchEvent, actor: &Actor, at: DateTime<Utc>) {
    branch.version += 1;
    match event {
        BranchEvent::BranchOpened { name, kana } | BranchEvent::BranchRenamed { name, kana } => {
            branch.name.clone_from(name);
            branch.kana.clone_from(kana);
        }
        BranchEvent::BranchMerged { into, on } => branch.merger = Some(Merger { into: into.clone(), on: *on }),
        BranchEvent::MergerWithdrawn {} => branch.merger = None,
        BranchEvent::DaySignedOff { day, .. } => {
            if let Some(by) = actor.staff() {
                branch.signed_off.insert(*day, SignedOff { by: by.clone(), at });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use chrono::TimeZone as _;
    use uuid::Uuid;

    use super::*;
    use crate::id::{SessionId, TerminalId};

    fn person(role: Role) -> Actor {
        Actor::Staff {
            staff: "H9001".parse().unwrap(),
            role,
            branch: "000".parse().unwrap(),
            terminal: TerminalId(Uuid::nil()),
            session: SessionId(Uuid::nil()),
            deputy: false,
        }
    }

    /// 2026-11-24 10:00 JST.
    fn run(branch: &mut Branch, command: &BranchCommand, actor: &Actor) -> Result<(), ErrorCode> {
        let now = Utc.with_ymd_and_hms(2026, 11, 24, 1, 0, 0).unwrap();
        let context = Context { actor, personal: None, policy: &Policy::default(), now, day: None };
        let events = decide(branch, command, &context).map_err(|refusal| refusal.code)?;
        events.iter().for_each(|event| apply(branch, event, actor, now));
        Ok(())
    }

    #[test]
    fn opened_renamed_and_merged_by_head_office() {
        let code = |text: &str| text.parse::<BranchCode>().unwrap();
        let (head, operator) = (person(Role::HeadOffice), Actor::Operator { name: "root".into() });
        let open = BranchCommand::OpenBranch { name: "見本支店".into(), kana: "ミホン".into() };
        let day = |n| NaiveDate::from_ymd_opt(2026, 11, n).unwrap();
        let merge = |into: &str, on| BranchCommand::MergeBranch { into: code(into), on };
        let mut branch = Branch::unknown(code("011"));
        assert_eq!(run(&mut branch, &merge("012", day(30)), &head), Err(ErrorCode::BranchUnknown));
        assert_eq!(run(&mut branch, &open, &person(Role::Supervisor)), Err(ErrorCode::RoleNotPermitted));
        run(&mut branch, &open, &operator).unwrap();
        assert_eq!(run(&mut branch, &open, &head), Err(ErrorCode::BranchExists));
        let rename = BranchCommand::RenameBranch { name: "新見本支店".into(), kana: "シンミホン".into() };
        run(&mut branch, &rename, &operator).unwrap();
        assert_eq!(run(&mut branch, &merge("012", day(30)), &operator), Err(ErrorCode::ActorNotPermitted));
        assert_eq!(run(&mut branch, &merge("011", day(30)), &head), Err(ErrorCode::BranchSame));
        assert_eq!(run(&mut branch, &merge("012", day(23)), &head), Err(ErrorCode::DateOutOfRange));
        branch.may_receive().unwrap();
        run(&mut branch, &merge("012", day(30)), &head).unwrap();
        assert_eq!(branch.may_receive().unwrap_err().code, ErrorCode::BranchMerged);
        assert_eq!(branch.merged_into(day(29)), None);
        assert_eq!(branch.merged_into(day(30)), Some(&code("012")));
        run(&mut branch, &BranchCommand::WithdrawMerger {}, &head).unwrap();
        run(&mut branch, &merge("012", day(24)), &head).unwrap();
        assert_eq!(run(&mut branch, &BranchCommand::WithdrawMerger {}, &head), Err(ErrorCode::BranchMerged));
    }
}
