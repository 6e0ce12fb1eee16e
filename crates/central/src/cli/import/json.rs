//! The layout of the file: that of `assets/training/customers.json`. A word or a key that nobody knows is refused.

use chrono::NaiveDate;
use domain::customer::UserRole;
use domain::id::{BranchCode, CifNumber, ContractNumber, UserId};
use domain::personal::CustomerDetails;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerLine {
    pub(super) cif: CifNumber,
    pub(super) branch: BranchCode,
    name: String,
    kana: String,
    address: String,
    phone: String,
    email: String,
    pub(super) contracts: Vec<ContractLine>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContractLine {
    pub(super) number: ContractNumber,
    status: Status,
    opened_on: NaiveDate,
    pub(super) users: Vec<UserLine>,
}

/// Is the contract still in force?
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Active,
    Closed,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserLine {
    pub(super) user_id: UserId,
    role: UserRole,
    device_label: String,
    /// How the user signs in before the first certificate.
    #[serde(default, rename = "login")]
    _login: Login,
}

/// There is no other way.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Login {
    #[default]
    Password,
}

impl CustomerLine {
    pub(super) fn details(&self) -> CustomerDetails {
        CustomerDetails {
            name: self.name.clone(),
            kana: self.kana.clone(),
            address: self.address.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
        }
    }

    /// The same with other details.
    pub(super) fn with(self, details: CustomerDetails) -> Self {
        let CustomerDetails { name, kana, address, phone, email } = details;
        Self { name, kana, address, phone, email, ..self }
    }

    /// A line of `import`, in the order of its columns.
    pub(super) fn cells<'a>(&'a self, contract: &'a ContractLine, user: &'a UserLine) -> [String; 13] {
        let status = match contract.status {
            Status::Active => "契約中",
            Status::Closed => "解約済",
        };
        let role = match user.role {
            UserRole::Administrator => "管理者",
            UserRole::Approver => "承認者",
            UserRole::Operator => "一般者",
        };
        [
            self.branch.as_str(),
            self.cif.as_str(),
            &self.name,
            &self.kana,
            &self.address,
            &self.phone,
            &self.email,
            contract.number.as_str(),
            &contract.opened_on.to_string(),
            status,
            user.user_id.as_str(),
            role,
            &user.device_label,
        ]
        .map(str::to_owned)
    }
}
