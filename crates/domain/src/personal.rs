//! Personal data that travels and is stored beside an entry, never in it. The entry holds the attachment's hash only, so
//! that the attachment can be erased after the retention time while the tree still verifies.

use serde::{Deserialize, Serialize};

use crate::error::Refusal;
use crate::text;

/// What an attachment holds; which kind belongs to which command is fixed in `decide`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PersonalData {
    /// Of a customer.
    Customer(CustomerDetails),
    /// Of an application.
    Application(ApplicationDetails),
    /// Of a supervisor's answer.
    Comment(Comment),
    /// Of a hand-over.
    Handover(HandoverDetails),
    /// Of a member of staff.
    Staff(StaffDetails),
    /// Of a report.
    Incident(IncidentDetails),
}

/// Name, reading and ways to reach a customer. Kept as given; search keys are derived.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerDetails {
    /// Legal name.
    pub name: String,
    /// Its reading in katakana.
    pub kana: String,
    /// Address.
    pub address: String,
    /// Phone, digits and hyphens.
    pub phone: String,
    /// E-mail, may be empty.
    pub email: String,
}

/// Free text of an application.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationDetails {
    /// Who came to the window or was visited.
    pub applicant: String,
    /// Remark for the supervisor, may be empty.
    pub note: String,
    /// With a change of name (名義変更): what the customer is called and how it is reached from the approval on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerDetails>,
}

/// A supervisor's words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// The words.
    pub text: String,
}

/// To whom a slip was handed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverDetails {
    /// The recipient's name.
    pub recipient: String,
}

/// Who reported a lost PC, and how to call back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentDetails {
    /// The caller's name.
    pub caller: String,
    /// Number to call back.
    pub phone: String,
    /// What was said, may be empty.
    pub note: String,
}

/// A member of staff.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffDetails {
    /// Name on screen and paper.
    pub name: String,
}

impl std::fmt::Debug for PersonalData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonalData(…)")
    }
}
macro_rules! redacted {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
redacted!(CustomerDetails ApplicationDetails Comment HandoverDetails StaffDetails IncidentDetails);

impl CustomerDetails {
    fn check(&self) -> Result<(), Refusal> {
        text::name("name", &self.name)?;
        text::kana("kana", &self.kana)?;
        text::line("address", &self.address, 120)?;
        text::phone("phone", &self.phone)?;
        text::email("email", &self.email)
    }
}

impl PersonalData {
    /// Checks every text of it; names the field of the first that is wrong.
    ///
    /// # Errors
    /// The refusals of [`crate::text`].
    pub fn check(&self) -> Result<(), Refusal> {
        match self {
            PersonalData::Customer(d) => d.check(),
            PersonalData::Application(d) => {
                text::name("applicant", &d.applicant)?;
                text::paragraph("note", &d.note, 500)?;
                d.customer.as_ref().map_or(Ok(()), CustomerDetails::check)
            }
            PersonalData::Comment(d) => {
                text::required("comment", &d.text)?;
                text::paragraph("comment", &d.text, 500)
            }
            PersonalData::Handover(d) => text::name("recipient", &d.recipient),
            PersonalData::Staff(d) => text::name("name", &d.name),
            PersonalData::Incident(d) => {
                text::name("caller", &d.caller)?;
                text::phone("phone", &d.phone)?;
                text::paragraph("note", &d.note, 500)
            }
        }
    }
}
