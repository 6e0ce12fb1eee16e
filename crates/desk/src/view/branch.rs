//! Branches, as their screen shows and sends them.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What two persons decide about a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BranchChangeKind {
    /// 店舗統廃合
    Merge,
    /// 統合の取りやめ
    WithdrawMerger,
    /// 移管
    MoveCustomers,
}

views! {
    /// A branch.
    BranchView {
        code: String,
        name: String,
        kana: String,
        /// Its customers in this copy of the log.
        customers: u32,
        merges_into: Option<String>,
        merges_on: Option<String>,
        /// The day has come.
        merged: bool,
        /// What waits for a second person.
        proposal: Option<BranchProposalView>,
        /// So many customers are on their way to another branch.
        on_their_way: u32,
        /// How the last request ended.
        carried: Option<CarriedView>,
    }
    /// A request that waits for its second person.
    BranchProposalView {
        number: u32,
        change: BranchChangeKind,
        into: Option<String>,
        into_name: String,
        on: Option<String>,
        customers: Vec<LeavingView>,
        by: String,
        at: String,
        own: bool,
    }
    /// A customer that is to go over.
    LeavingView {
        name: String,
        cif: String,
        new_cif: String,
    }
    /// How a request ended.
    CarriedView {
        number: u32,
        into: String,
        moved: u32,
        stayed: Vec<LeavingView>,
        at: String,
    }
    /// What goes over, as the centre counts it.
    TakenAlongView {
        customers: u32,
        users: u32,
        certificates: u32,
        held: u32,
    }
    /// 移管 of some customers.
    MoveForm {
        branch: String,
        into: String,
        customers: Vec<MoveLine>,
    }
    /// One of them.
    MoveLine {
        cif: String,
        /// Empty: the same number.
        new_cif: String,
    }
    /// What a request would do.
    MoveOutlook {
        customers: Vec<LeavingView>,
        taken_along: TakenAlongView,
    }
}
