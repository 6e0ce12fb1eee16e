//! Import of customers that exist in the banking system. Nothing is written unless every line is good.

use std::path::Path;

use anyhow::Context as _;
use chrono::NaiveDate;
use domain::customer::{CustomerCommand, NewUser, UserRole};
use domain::id::{BranchCode, CifNumber, ContractNumber, CustomerId, UserId};
use domain::personal::CustomerDetails;
use domain::{ErrorCode, PersonalData};
use serde::Deserialize;

use super::operator::Operator;
use crate::store::act::Command;
use crate::store::read;

#[derive(Debug, Deserialize)]
struct Line {
    cif: CifNumber,
    branch: BranchCode,
    name: String,
    kana: String,
    address: String,
    phone: String,
    email: String,
    contracts: Vec<ContractLine>,
}

#[derive(Debug, Deserialize)]
struct ContractLine {
    number: ContractNumber,
    status: String,
    opened_on: NaiveDate,
    users: Vec<UserLine>,
}

#[derive(Debug, Deserialize)]
struct UserLine {
    user_id: UserId,
    role: UserRole,
    device_label: String,
}

/// Imports the customers of a JSON file; those that are there already (same branch and number) are left alone.
///
/// # Errors
/// The file can't be read, or a line breaks a rule; the message names it.
pub(super) async fn customers(operator: &Operator, file: &Path) -> anyhow::Result<usize> {
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    let lines: Vec<Line> = serde_json::from_str(&text).with_context(|| format!("in {}", file.display()))?;
    for line in &lines {
        details(line).check().map_err(|r| anyhow::anyhow!("customer {}: {} {:?}", line.cif, r.code, r.args))?;
    }
    let mut count = 0;
    for line in lines {
        let said = |r: domain::Refusal| anyhow::anyhow!("customer {}: {} {:?}", line.cif, r.code, r.args);
        let known = read::customer_by_number(&operator.readers, line.branch.as_str(), line.cif.as_str()).await?;
        let customer = match known {
            Some(id) => id.parse().map_err(said)?,
            None => {
                let id = CustomerId(uuid::Uuid::now_v7());
                let command = CustomerCommand::RecordCustomer { branch: line.branch.clone(), cif: line.cif.clone() };
                operator.act(Command::Customer(id, command), Some(details(&line)), Vec::new()).await.map_err(said)?;
                count += 1;
                id
            }
        };
        for contract in &line.contracts {
            let command = CustomerCommand::RecordContract {
                contract: contract.number.clone(),
                opened_on: contract.opened_on,
                closed: contract.status == "closed",
                users: contract.users.iter().map(user).collect(),
            };
            match operator.act(Command::Customer(customer, command), None, Vec::new()).await {
                Err(refusal) if refusal.code != ErrorCode::ContractExists => return Err(said(refusal)),
                _ => {}
            }
        }
    }
    Ok(count)
}

fn details(line: &Line) -> PersonalData {
    PersonalData::Customer(CustomerDetails {
        name: line.name.clone(),
        kana: line.kana.clone(),
        address: line.address.clone(),
        phone: line.phone.clone(),
        email: line.email.clone(),
    })
}

fn user(line: &UserLine) -> NewUser {
    NewUser { user: line.user_id.clone(), role: line.role, device_label: line.device_label.clone() }
}
