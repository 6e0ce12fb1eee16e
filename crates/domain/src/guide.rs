//! The incident guide (事故・変更の受付): what happened, the one or two questions that matter, and exactly one way to go on.
//!
//! It only advises: it decides nothing, and whatever comes of it is a command that `decide` judges like any other. What
//! the customer's state already says is never asked.

mod facts;
mod outcome;

use std::slice::Iter;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use outcome::{Effect, Ending, Note, Outcome, Reason, RevokePath, Touched, When, Whose};

use crate::customer::{Customer, Happening, IncidentCause, ReissueCause};
use crate::error::{ErrorCode, Refusal};
use crate::id::{ContractNumber, UserId};
use crate::policy::Policy;
use facts::Facts;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// What happened?
    Happened,
    /// Which change of contract or users?
    WhichChange,
    /// Which PC (user ID), or all of a contract?
    Whose,
    /// Did the PC or its disk leave the customer's hands? Yes, too, if nobody knows.
    OutOfHands,
    /// Is there a backup of the certificate?
    Backup,
    /// Did you delete it yourself, and do you remember doing it? No, too, if nobody knows.
    DeletedByHand,
    /// Was the PC found?
    Found,
    /// Could anybody else have used it meanwhile? Yes, too, if nobody knows.
    OutOfControl,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// This happened.
    Happened {
        /// In the branch's words.
        happened: Happening,
    },
    /// Contract or users changed.
    Change,
    /// This user ID.
    User {
        /// 利用者ID.
        #[cfg_attr(feature = "specta", specta(type = String))]
        user: UserId,
    },
    /// Every user ID of this contract.
    Contract {
        /// 契約者番号.
        #[cfg_attr(feature = "specta", specta(type = String))]
        contract: ContractNumber,
    },
    /// Yes.
    Yes,
    /// No.
    No,
}

/// Where a conversation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// One more question.
    Ask {
        /// What is asked.
        question: Question,
        /// What may be answered, in the order of the number keys.
        options: Vec<Answer>,
    },
    /// What to do.
    End(Box<Ending>),
}

/// Why a walk stops early.
enum Halt {
    Ask(Question, Vec<Answer>),
    Refused(Refusal),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Where the answers given so far lead.
///
/// # Errors
/// [`ErrorCode::RequestMalformed`] (field `answers`) for an answer that was not among the options.
pub fn guide(customer: &Customer, answers: &[Answer], policy: &Policy, now: DateTime<Utc>) -> Result<Step, Refusal> {
    let mut walk = Walk { answers: answers.iter() };
    match walk.end(customer, policy, now) {
        Ok(_) if walk.answers.next().is_some() => Err(unexpected()),
        Ok(ending) => Ok(Step::End(Box::new(ending))),
        Err(Halt::Ask(question, options)) => Ok(Step::Ask { question, options }),
        Err(Halt::Refused(refusal)) => Err(refusal),
    }
}

fn unexpected() -> Refusal {
    Refusal::new(ErrorCode::RequestMalformed).at("answers")
}

/// The answers, taken one by one.
struct Walk<'a> {
    answers: Iter<'a, Answer>,
}

impl Walk<'_> {
    fn ask(&mut self, question: Question, options: Vec<Answer>) -> Result<Answer, Halt> {
        match self.answers.next() {
            None => Err(Halt::Ask(question, options)),
            Some(answer) if options.contains(answer) => Ok(answer.clone()),
            Some(_) => Err(unexpected().into()),
        }
    }

    fn yes(&mut self, question: Question) -> Result<bool, Halt> {
        Ok(self.ask(question, vec![Answer::Yes, Answer::No])? == Answer::Yes)
    }

    fn end(&mut self, customer: &Customer, policy: &Policy, now: DateTime<Utc>) -> Result<Ending, Halt> {
        let happened = self.happened()?;
        let Some(whose) = self.whose(customer, happened)? else {
            return Ok(Ending::nobody(happened));
        };
        let facts = Facts::of(customer, &whose, policy, now);
        let (outcome, note) = self.outcome(happened, &facts)?;
        Ok(facts.ending(happened, outcome, note))
    }

    fn happened(&mut self) -> Result<Happening, Halt> {
        use Happening as H;
        let of = |all: &[H]| all.iter().map(|happened| Answer::Happened { happened: *happened }).collect::<Vec<_>>();
        let mut options = of(&[H::Lost, H::Stolen, H::Misuse, H::Broken, H::Gone, H::Replaced, H::NotFetched]);
        options.push(Answer::Change);
        let answer = match self.ask(Question::Happened, options)? {
            Answer::Change => self.ask(Question::WhichChange, of(&[H::Left, H::Closed, H::Recontract, H::Renamed]))?,
            answer => answer,
        };
        match answer {
            Answer::Happened { happened } => Ok(happened),
            _ => Err(unexpected().into()),
        }
    }

    /// `None`: there is nobody it could have happened to. One possibility is no question.
    fn whose(&mut self, customer: &Customer, happened: Happening) -> Result<Option<Whose>, Halt> {
        let options = facts::whose(customer, happened);
        let answer = match options.as_slice() {
            [] => return Ok(None),
            [only] => only.clone(),
            _ => self.ask(Question::Whose, options)?,
        };
        match answer {
            Answer::User { user } => Ok(Some(Whose::User(user))),
            Answer::Contract { contract } => Ok(Some(Whose::Contract(contract))),
            _ => Err(unexpected().into()),
        }
    }

    fn outcome(&mut self, happened: Happening, facts: &Facts<'_>) -> Result<(Outcome, Option<Note>), Halt> {
        use Happening as H;
        match happened {
            H::Lost => self.stop(IncidentCause::Lost, facts),
            H::Stolen => self.stop(IncidentCause::Stolen, facts),
            H::Misuse => self.stop(IncidentCause::Misuse, facts),
            H::Broken if facts.key_made() && facts.report().is_none() => {
                if self.yes(Question::OutOfHands)? {
                    return Ok(facts.reissue(ReissueCause::DiskLeft));
                }
                self.restored(ReissueCause::Broken, facts)
            }
            H::Gone if facts.key_made() && facts.report().is_none() => {
                if !self.yes(Question::DeletedByHand)? {
                    // Malware deletes a certificate so that the next one can be stolen on import.
                    let cause = IncidentCause::Misuse;
                    return Ok((Outcome::SuspendNow { cause }, Some(Note::MalwareCheck)));
                }
                self.restored(ReissueCause::Deleted, facts)
            }
            H::Broken => Ok(facts.reissue(ReissueCause::Broken)),
            H::Gone => Ok(facts.reissue(ReissueCause::Deleted)),
            H::Replaced => Ok(facts.reissue(ReissueCause::Replaced)),
            H::NotFetched => Ok(facts.not_fetched()),
            H::Left => Ok(facts.revoke(RevokePath::RemoveUser)),
            H::Closed => Ok(facts.revoke(RevokePath::CloseContract)),
            H::Recontract => Ok(facts.revoke(RevokePath::Recontract)),
            H::Renamed => Ok(facts.renamed()),
        }
    }

    /// Stop first: nothing is asked while there is something that could be used.
    fn stop(&mut self, cause: IncidentCause, facts: &Facts<'_>) -> Result<(Outcome, Option<Note>), Halt> {
        if facts.stoppable() {
            return Ok((Outcome::SuspendNow { cause }, None));
        }
        let Some(report) = facts.report() else {
            return Ok((Outcome::NothingToDo, Some(facts.nothing_left())));
        };
        // What was a loss is graver: nobody may resume it from now on.
        if cause != IncidentCause::Lost && facts.resumable() {
            return Ok((Outcome::SuspendNow { cause }, None));
        }
        let settle = || {
            let path = RevokePath::SettleReport { incident: report.id };
            (Outcome::Revoke { path }, Some(Note::SupervisorSettles))
        };
        if (cause, report.cause) != (IncidentCause::Lost, IncidentCause::Lost) {
            return Ok(settle());
        }
        if !self.yes(Question::Found)? {
            return Ok((Outcome::NothingToDo, Some(Note::StoppedAlready)));
        }
        if self.yes(Question::OutOfControl)? {
            return Ok(settle());
        }
        Ok((Outcome::NothingToDo, Some(Note::SupervisorResumes)))
    }

    /// With a backup nothing has to be issued.
    fn restored(&mut self, cause: ReissueCause, facts: &Facts<'_>) -> Result<(Outcome, Option<Note>), Halt> {
        if facts.backup_possible() && self.yes(Question::Backup)? {
            return Ok((Outcome::Restore, None));
        }
        Ok(facts.reissue(cause))
    }
}
