//! Customers who go over to another branch because it was decided: with their branch on the day of its merger, or by a request
//! (移管). Each of them is an entry of its own.

use domain::branch::{BranchCommand, Transfer};
use domain::customer::CustomerCommand;
use domain::id::{BranchCode, CifNumber, CustomerId};
use domain::{Actor, ErrorCode, calendar};

use crate::clock::Clock;
use crate::store::act::{Act, Command};
use crate::store::db::Readers;
use crate::store::read;
use crate::store::writer::Writer;

/// Customers of branches whose merger has come go over. Whose number is taken at the other branch, or whose off-line acts still
/// wait, stays for head office to look at, and is tried again.
pub(super) async fn merge(writer: &Writer, readers: &Readers, clock: &Clock) -> anyhow::Result<usize> {
    let today = calendar::jst_day(clock.now());
    let mut count = 0;
    for branch in read::branches(readers).await? {
        let Some(into) = branch.merged_into(today) else { continue };
        let mut after = String::new();
        loop {
            let page = read::customers_of(readers, branch.code.as_str(), &after).await?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            for (cif, customer) in page {
                count += usize::from(go(writer, "merge", customer.parse()?, into, cif.parse()?, None).await?);
            }
        }
    }
    Ok(count)
}

/// Customers of confirmed requests go over; then an entry says how many, and who stays. Begun again after whatever was lost,
/// it finds those who have gone already at the other branch.
pub(super) async fn transfer(writer: &Writer, readers: &Readers) -> anyhow::Result<usize> {
    let mut count = 0;
    for branch in read::branches(readers).await? {
        for transfer in &branch.decided.transfers {
            let stayed = carry_out(writer, readers, &branch.code, transfer).await?;
            let moved = transfer.customers.len().saturating_sub(stayed.len());
            let (number, moved) = (transfer.number, u32::try_from(moved)?);
            let command = Command::Branch(branch.code.clone(), BranchCommand::EndTransfer { number, moved, stayed });
            match writer.act(Act::new(Actor::System { job: "transfer".to_owned() }, command)).await {
                Ok(_) => count += usize::try_from(moved)? + 1,
                Err(refusal) => tracing::warn!(code = %refusal.code, branch = %branch.code, "a transfer does not end"),
            }
        }
    }
    Ok(count)
}

/// Gives who stays.
async fn carry_out(
    writer: &Writer,
    readers: &Readers,
    from: &BranchCode,
    transfer: &Transfer,
) -> anyhow::Result<Vec<CustomerId>> {
    let mut stayed = Vec::new();
    for one in &transfer.customers {
        let Some(customer) = read::customer(readers, one.customer).await? else {
            stayed.push(one.customer);
            continue;
        };
        match customer.branch.as_ref() {
            Some(branch) if branch == from => {}
            Some(branch) if *branch == transfer.into => continue,
            // Went elsewhere in the meantime.
            _ => {
                stayed.push(one.customer);
                continue;
            }
        }
        // As it was read: whoever acts on the customer in between is not run over, and it is tried once more.
        let mut gone =
            go(writer, "transfer", one.customer, &transfer.into, one.cif.clone(), Some(customer.version)).await?;
        if !gone {
            let version = read::customer(readers, one.customer).await?.map(|customer| customer.version);
            gone = go(writer, "transfer", one.customer, &transfer.into, one.cif.clone(), version).await?;
        }
        if !gone {
            stayed.push(one.customer);
        }
    }
    Ok(stayed)
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
