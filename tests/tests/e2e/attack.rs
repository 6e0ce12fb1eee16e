//! What an enrolled terminal with a real session may not do, tried from outside through the API.

use desk::secrets::Secrets;
use domain::customer::CustomerCommand;
use domain::id::{ApplicationId, CustomerId};
use domain::personal::CustomerDetails;
use domain::{ErrorCode, PersonalData};
use e2e::centre::{BRANCH, Centre};
use e2e::office::root_pem;
use e2e::terminal::Terminal;
use wire::Envelope;

fn details() -> Option<PersonalData> {
    Some(PersonalData::Customer(CustomerDetails {
        name: "見本".into(),
        kana: "ミホン".into(),
        address: String::new(),
        phone: String::new(),
        email: String::new(),
    }))
}

fn record(cif: &str, branch: &str) -> CustomerCommand {
    CustomerCommand::RecordCustomer { branch: branch.parse().unwrap(), cif: cif.parse().unwrap() }
}

async fn terminal(centre: &Centre, invitation: &str, name: &str) -> Terminal {
    let secrets = Secrets::Files(centre.dir.path().join(name));
    let identity = desk::enrol::enrol(&centre.at().enrol, &root_pem(centre), invitation, &secrets).await.unwrap();
    Terminal::new(identity, &secrets)
}

#[tokio::test(flavor = "multi_thread")]
async fn replayed_and_tampered_commands_change_nothing() {
    let mut centre = Centre::new(|_| {});
    let (one, two) = (centre.invite(BRANCH, "窓口 1番"), centre.invite(BRANCH, "窓口 2番"));
    centre.start();
    let (here, there) = (terminal(&centre, &one, "one").await, terminal(&centre, &two, "two").await);
    let teller = here.sign_in("T1001").await;
    let customer = CustomerId(uuid::Uuid::now_v7());

    // The same bytes again, also all at once: the first answer, one entry.
    let good = here.seal(&teller, customer, record("1", BRANCH), details(), None);
    let first = here.send(&teller, &good).await.unwrap();
    for _ in 0..10 {
        assert_eq!(here.send(&teller, &good).await.unwrap(), first);
    }
    // A refusal is an answer, too, and stays the same.
    let double = here.seal(&teller, CustomerId(uuid::Uuid::now_v7()), record("1", BRANCH), details(), None);
    for _ in 0..3 {
        assert_eq!(here.send(&teller, &double).await.unwrap_err().code, ErrorCode::CustomerExists);
    }
    // The same id with another body.
    let mut envelope = Envelope::from_bytes(&good.envelope.0).unwrap();
    envelope.made_at += chrono::Duration::seconds(1);
    let mut other = here.sign(&envelope);
    other.attachment = good.attachment.clone();
    assert_eq!(here.send(&teller, &other).await.unwrap_err().code, ErrorCode::CommandIdReused);

    // Tampered bytes, another's signature, another terminal's session, a foreign institution.
    let mut flipped = good.clone();
    flipped.envelope.0[40] ^= 1;
    assert_eq!(here.send(&teller, &flipped).await.unwrap_err().code, ErrorCode::EnvelopeSignatureInvalid);
    assert_eq!(there.send(&teller, &good).await.unwrap_err().code, ErrorCode::SessionMismatch);
    let mut envelope = Envelope::from_bytes(&good.envelope.0).unwrap();
    envelope.staff = "S2001".parse().unwrap();
    let mut forged = here.sign(&envelope);
    forged.attachment = good.attachment.clone();
    assert_eq!(here.send(&teller, &forged).await.unwrap_err().code, ErrorCode::SessionMismatch);
    envelope.staff = teller.staff.clone();
    envelope.institution = "kunren".parse().unwrap();
    assert_eq!(here.send(&teller, &here.sign(&envelope)).await.unwrap_err().code, ErrorCode::InstitutionMismatch);

    // Another attachment than the one that was signed, or none.
    let mut swapped = here.seal(&teller, CustomerId(uuid::Uuid::now_v7()), record("2", BRANCH), details(), None);
    swapped.attachment = None;
    assert_eq!(here.send(&teller, &swapped).await.unwrap_err().code, ErrorCode::AttachmentMismatch);

    // A teller approves nothing, and nobody acts for another branch.
    let approve = CustomerCommand::ApproveApplication { application: ApplicationId(uuid::Uuid::nil()) };
    let approve = here.seal(&teller, customer, approve, None, None);
    assert_eq!(here.send(&teller, &approve).await.unwrap_err().code, ErrorCode::RoleNotPermitted);
    let foreign = here.seal(&teller, CustomerId(uuid::Uuid::now_v7()), record("3", "012"), details(), None);
    assert_eq!(here.send(&teller, &foreign).await.unwrap_err().code, ErrorCode::BranchNotPermitted);
    // What only the customer or a job of the centre may do.
    let lapse = CustomerCommand::LapseRight { certificate: domain::id::CertificateId(uuid::Uuid::nil()) };
    let lapse = here.seal(&teller, customer, lapse, None, None);
    assert_eq!(here.send(&teller, &lapse).await.unwrap_err().code, ErrorCode::RoleNotPermitted);

    centre.stop();
    assert_eq!(centre.check().findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_terminal_gets_nothing() {
    let mut centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let stolen = terminal(&centre, &invitation, "one").await;
    let id = stolen.id().to_string();
    let teller = stolen.sign_in("T1001").await;
    let command = stolen.seal(&teller, CustomerId(uuid::Uuid::now_v7()), record("1", BRANCH), details(), None);
    centre.stop();
    centre.operate(move |operator, runtime| runtime.block_on(operator.revoke(&id)).unwrap());
    // The same address as before, so that the stolen terminal finds it.
    centre.config.listen.terminal = stolen.address().trim_start_matches("https://").parse().unwrap();
    centre.start();
    assert_eq!(stolen.send(&teller, &command).await.unwrap_err().code, ErrorCode::TerminalRevoked);
}
