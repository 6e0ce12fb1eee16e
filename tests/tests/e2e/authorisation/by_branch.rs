//! Every command on a branch in every state of what two persons decide about it, by everybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::branch::{BranchCommand, Leaving};
use domain::id::{BranchCode, CustomerId};
use domain::{ErrorCode, calendar};
use wire::Body;

use super::person::{Person, Persons};
use super::table::Table;
use super::thing::{Thing, chapter};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unknown,
    Opened,
    /// Its merger, by the person of head office who tries.
    Proposed,
    ProposedByAnother,
    Dismissed,
    /// On a day ahead.
    Merging,
    WithdrawalProposed,
    Merged,
}

const STATES: [(&str, State); 8] = [
    ("that nobody opened", State::Unknown),
    ("opened", State::Opened),
    ("merger proposed by the same person", State::Proposed),
    ("merger proposed by another", State::ProposedByAnother),
    ("merger dismissed", State::Dismissed),
    ("merges on a day ahead", State::Merging),
    ("end of the merger proposed by another", State::WithdrawalProposed),
    ("merged", State::Merged),
];

/// Codes that are nobody's.
static COUNT: AtomicU32 = AtomicU32::new(100);

/// A branch, one to go into, and how many requests there were about it.
struct Place {
    code: BranchCode,
    into: BranchCode,
    number: u32,
}

fn code() -> BranchCode {
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    assert!(n < 700, "more codes");
    format!("{n:03}").parse().unwrap()
}

async fn sent(person: &Person, branch: &BranchCode, command: BranchCommand) -> Result<(), ErrorCode> {
    person.terminal.straight(&person.session, Body::Branch { branch: branch.clone(), command }).await
}

fn open() -> BranchCommand {
    BranchCommand::OpenBranch { name: "見本支店".into(), kana: "ミホン".into() }
}

/// What a row asks for, of whichever branch.
type Asks = fn(&Place, chrono::NaiveDate) -> BranchCommand;

impl Thing for State {
    type Id = Place;
    type Command = (Asks, chrono::NaiveDate);

    fn commands(persons: &Persons) -> Vec<(&'static str, Self::Command)> {
        let rows: [(&str, Asks); 10] = [
            ("open_branch", |_, _| open()),
            ("rename_branch", |_, _| BranchCommand::RenameBranch { name: "見本".into(), kana: "ミホン".into() }),
            ("merge_branch", |place, on| BranchCommand::MergeBranch { into: place.into.clone(), on }),
            ("withdraw_merger", |_, _| BranchCommand::WithdrawMerger {}),
            ("move_customers (nobody's)", |place, _| {
                let nobody = Leaving { customer: CustomerId(uuid::Uuid::nil()), cif: "1".parse().unwrap() };
                BranchCommand::MoveCustomers { into: place.into.clone(), customers: vec![nobody] }
            }),
            ("confirm_branch_change", |place, _| BranchCommand::ConfirmBranchChange { number: place.number }),
            ("dismiss_branch_change", |place, _| BranchCommand::DismissBranchChange { number: place.number }),
            ("end_transfer", |_, _| BranchCommand::EndTransfer { number: 1, moved: 0, stayed: Vec::new() }),
            ("import_customers (a file that nobody sent)", |_, _| BranchCommand::ImportCustomers {
                sha256: "b".repeat(64),
                rows: 1,
            }),
            ("sign_off_day (a day that is not over)", |_, today| BranchCommand::SignOffDay {
                day: calendar::business_days_after(today, 1, &[]),
                size: 0,
                root: String::new(),
            }),
        ];
        let today = persons.today();
        rows.map(|(row, asks)| (row, (asks, today))).to_vec()
    }

    async fn made(self, persons: &Persons) -> Place {
        let (head, other, today) = (persons.named("head office"), &persons.second_head, persons.today());
        let mut place = Place { code: code(), into: "778".parse().unwrap(), number: 1 };
        if self == Self::Unknown {
            return place;
        }
        let on = if self == Self::Merged { today } else { calendar::later(today, 30) };
        let merge = || BranchCommand::MergeBranch { into: place.into.clone(), on };
        let mut steps = vec![(other, open())];
        steps.extend(match self {
            Self::Unknown | Self::Opened => vec![],
            Self::Proposed => vec![(head, merge())],
            Self::ProposedByAnother => vec![(other, merge())],
            Self::Dismissed => vec![(head, merge()), (other, BranchCommand::DismissBranchChange { number: 1 })],
            Self::Merging | Self::WithdrawalProposed | Self::Merged => {
                vec![(head, merge()), (other, BranchCommand::ConfirmBranchChange { number: 1 })]
            }
        });
        if self == Self::WithdrawalProposed {
            steps.push((other, BranchCommand::WithdrawMerger {}));
            place.number = 2;
        }
        for (by, step) in steps {
            sent(by, &place.code, step).await.unwrap();
        }
        place
    }

    async fn asked(self, person: &Person, place: &Place, (asks, today): &Self::Command) -> Result<(), ErrorCode> {
        sent(person, &place.code, asks(place, *today)).await
    }
}

pub(super) async fn branches(persons: &Arc<Persons>) -> Table {
    let lead = "The same in every state of the branch; \"the same person\" is the one of head office who tries.";
    chapter(persons, "Branches by state", lead, &STATES).await
}
