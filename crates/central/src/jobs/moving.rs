//! Customers who go over to another branch because it was decided: with their branch on the day of its merger, or by a request
//! (移管). Each of them is an entry of its own.

use domain::branch::{BranchCommand, Leaving, Transfer};
use domain::customer::CustomerCommand;
use domain::id::{BranchCode, CifNumber, CustomerId};
use domain::{Actor, ErrorCode, calendar};

use crate::clock::Clock;
use crate::store::act::{Act, Command};
use crate::store::db::Readers;
use crate::store::read;
use crate::store::writer::Writer;

/// What was decided about each branch is carried out; gives how many entries came of it.
pub(super) async fn look(writer: &Writer, readers: &Readers, clock: &Clock) -> anyhow::Result<usize> {
    let today = calendar::jst_day(clock.now());
    let mut count = 0;
    for branch in read::branches(readers).await? {
        if let Some(into) = branch.merged_into(today) {
            count += merge(writer, readers, &branch.code, into).await?;
        }
        for one in &branch.decided.transfers {
            count += transfer(writer, readers, &branch.code, one).await?;
        }
    }
    Ok(count)
}

/// Customers of a branch whose merger has come go over. Whose number is taken at the other branch, or whose off-line acts still
/// wait, stays for head office to look at, and is tried again.
async fn merge(writer: &Writer, readers: &Readers, from: &BranchCode, into: &BranchCode) -> anyhow::Result<usize> {
    let (mut count, mut after) = (0, String::new());
    loop {
        let page = read::customers_of(readers, from.as_str(), &after).await?;
        let Some((last, _)) = page.last() else { return Ok(count) };
        after.clone_from(last);
        for (cif, customer) in page {
            count += usize::from(go(writer, "merge", customer.parse()?, into, cif.parse()?, None).await?);
        }
    }
}

/// Customers of a confirmed request go over; then an entry says how many, and who stays. Begun again after whatever was lost,
/// it finds those who have gone already at the other branch.
async fn transfer(writer: &Writer, readers: &Readers, from: &BranchCode, transfer: &Transfer) -> anyhow::Result<usize> {
    let (mut moved, mut stayed) = (0, Vec::new());
    for one in &transfer.customers {
        match goes(writer, readers, (from, &transfer.into), one).await? {
            true => moved += 1,
            false => stayed.push(one.customer),
        }
    }
    let command = BranchCommand::EndTransfer { number: transfer.number, moved, stayed };
    let end = Act::new(Actor::System { job: "transfer".to_owned() }, Command::Branch(from.clone(), command));
    match writer.act(end).await {
        Ok(_) => Ok(usize::try_from(moved)? + 1),
        Err(refusal) => {
            tracing::warn!(code = %refusal.code, branch = %from, "a transfer does not end");
            Ok(0)
        }
    }
}

/// Has one of them gone over? As it was read: whoever acts on the customer in between is not run over, and it is tried once more.
async fn goes(
    writer: &Writer,
    readers: &Readers,
    (from, into): (&BranchCode, &BranchCode),
    one: &Leaving,
) -> anyhow::Result<bool> {
    for _ in 0..2 {
        let Some(customer) = read::customer(readers, one.customer).await? else { return Ok(false) };
        match customer.branch.as_ref() {
            Some(branch) if branch == into => return Ok(true),
            Some(branch) if branch == from => {}
            // Went elsewhere in the meantime.
            _ => return Ok(false),
        }
        if go(writer, "transfer", one.customer, into, one.cif.clone(), Some(customer.version)).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn go(
    writer: &Writer,
    job: &str,
    customer: CustomerId,
    into: &BranchCode,
    cif: CifNumber,
    expected_version: Option<u64>,
) -> anyhow::Result<bool> {
    let command = CustomerCommand::MoveCustomer { branch: into.clone(), cif };
    let act = Act::new(Actor::System { job: job.to_owned() }, Command::Customer(customer, command));
    match writer.act(Act { expected_version, ..act }).await {
        Ok(_) => Ok(true),
        // It says nothing about the customer: all of it is tried again.
        Err(refusal) if matches!(refusal.code, ErrorCode::Unavailable | ErrorCode::Recovering) => Err(refusal.into()),
        Err(refusal) => {
            tracing::warn!(code = %refusal.code, %customer, job, "stays at its branch");
            Ok(false)
        }
    }
}
