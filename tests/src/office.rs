//! A branch office: a desk enrolled with a centre, and the ways its staff work.

use desk::enrol::{certificate_pem, enrol};
use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::view::{ActResult, ApplicationForm, CustomerForm, OutboxState, RequestKind, RequestUser};
use desk::{Desk, Identity};
use domain::customer::{IdentityDocument, UserRole};

use crate::centre::{BRANCH, Centre, PASSWORD};

/// A desk with its folder.
pub struct Office {
    _closing: Closing,
    /// Its folder.
    pub dir: tempfile::TempDir,
    /// Its identity.
    pub identity: Identity,
    /// The desk.
    pub desk: Desk,
}

/// Closes the desk with its office: a process that ends while a database's own thread is at work may crash on its way out.
struct Closing(Desk);

impl Drop for Closing {
    fn drop(&mut self) {
        use tokio::runtime::{Handle, RuntimeFlavor};
        if let Ok(runtime) = Handle::try_current()
            && runtime.runtime_flavor() == RuntimeFlavor::MultiThread
        {
            tokio::task::block_in_place(|| runtime.block_on(self.0.close()));
        }
    }
}

/// The centre's root as PEM.
pub fn root_pem(centre: &Centre) -> String {
    certificate_pem(&std::fs::read(centre.key_file("root.cer")).unwrap())
}

/// A serving centre and the desk of a branch; `change` adjusts the centre's configuration.
pub async fn branch(change: impl FnOnce(&mut central::config::Config)) -> (Centre, Office) {
    let mut centre = Centre::new(change);
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let office = Office::enrol(&centre, &invitation).await;
    (centre, office)
}

impl Office {
    /// Enrols a desk with an invitation and opens it.
    pub async fn enrol(centre: &Centre, invitation: &str) -> Self {
        Self::enrol_in(tempfile::tempdir().unwrap(), centre, invitation).await
    }

    /// The same in a folder that is there.
    pub async fn enrol_in(dir: tempfile::TempDir, centre: &Centre, invitation: &str) -> Self {
        let secrets = Secrets::Files(dir.path().join("secrets"));
        let identity = enrol(&centre.at().enrol, &root_pem(centre), invitation, &secrets).await.unwrap();
        let desk = open(&dir, &identity).await;
        Self { _closing: Closing(desk.clone()), dir, identity, desk }
    }

    /// Closes and opens the desk again, as after a restart.
    pub async fn reopen(self) -> Self {
        self.desk.close().await;
        let Self { dir, identity, .. } = self;
        let desk = open(&dir, &identity).await;
        Self { _closing: Closing(desk.clone()), dir, identity, desk }
    }

    /// Signs in.
    pub async fn sign_in(&self, staff: &str) {
        self.desk.sign_in(staff, PASSWORD).await.unwrap();
    }

    /// Records a customer and returns its id.
    pub async fn record_customer(&self, cif: &str, name: &str, kana: &str) -> String {
        record(&self.desk, cif, name, kana).await
    }

    /// A filled form of a new contract with one administrator.
    pub async fn new_contract(&self, customer: &str, contract: &str, user: &str) -> ApplicationForm {
        let mut form = self.desk.new_application(customer, RequestKind::NewContract).await.unwrap();
        form.contract = contract.into();
        form.users = vec![RequestUser {
            user_id: user.into(),
            role: Some(UserRole::Administrator),
            device_label: "経理課 1号機".into(),
            ..Default::default()
        }];
        fill(&mut form);
        form
    }

    /// Submits a form that must be accepted.
    pub async fn submit(&self, form: ApplicationForm) -> ActResult {
        let result = self.desk.submit_application(form).await.unwrap();
        assert_eq!(result.state, OutboxState::Confirmed, "{:?}", result.error);
        result
    }

    /// Approves what must be approvable.
    pub async fn approve(&self, application: &str) {
        let view = self.desk.application(application).await.unwrap();
        let result = self.desk.approve_application(application, &view.customer_version).await.unwrap();
        assert_eq!(result.state, OutboxState::Confirmed, "{:?}", result.error);
    }

    /// Prints a slip and reads the code from the paper, as the customer does.
    pub async fn print(&self, certificate: &str) -> String {
        let slip = self.desk.print_slip(certificate).await.unwrap();
        let ticket = slip.print_ticket.unwrap();
        let pdf = self.desk.slip_pdf(&ticket).unwrap();
        self.desk.slip_done(&ticket);
        read_code(&pdf)
    }

    /// From a new customer to a printed slip; returns the code.
    pub async fn issue(&self, n: u32) -> (String, String) {
        self.sign_in("T1001").await;
        let customer =
            self.record_customer(&format!("{:07}", 2_000_000 + n), &format!("見本商店{n}"), "ミホンショウテン").await;
        let user = format!("USER{n:05}");
        let form = self.new_contract(&customer, &format!("{:010}", 5_000_000 + n), &user).await;
        let application = form.application_id.clone();
        self.submit(form).await;
        self.sign_in("S2001").await;
        self.approve(&application).await;
        let view = self.desk.application(&application).await.unwrap();
        (user, self.print(&view.certificates[0].certificate_id).await)
    }
}

/// Fills what the paper needs.
pub fn fill(form: &mut ApplicationForm) {
    form.checks.seal = true;
    form.checks.identity = Some(IdentityDocument::KnownCustomer);
    form.checks.environment = true;
    form.checks.terms = true;
    form.applicant = "見本 太郎".into();
}

/// What is written on a PDF.
pub fn text(pdf: &[u8]) -> String {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut tool = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext (poppler-utils)");
    tool.stdin.take().unwrap().write_all(pdf).unwrap();
    String::from_utf8(tool.wait_with_output().unwrap().stdout).unwrap()
}

/// The pickup code on a printed slip.
pub fn read_code(pdf: &[u8]) -> String {
    let text = text(pdf);
    text.split_whitespace()
        .find(|word| word.len() == 21 && word.matches('-').count() == 4)
        .unwrap_or_else(|| panic!("no code on the slip: {text}"))
        .to_owned()
}

async fn open(dir: &tempfile::TempDir, identity: &Identity) -> Desk {
    let secrets = Secrets::Files(dir.path().join("secrets"));
    let profile = Profile { dir: dir.path().to_owned(), training: true };
    Desk::open(profile, &secrets, identity.clone(), Default::default()).await.unwrap()
}

/// Records a customer at a desk and returns its id.
pub async fn record(desk: &Desk, cif: &str, name: &str, kana: &str) -> String {
    let form = CustomerForm {
        cif: cif.into(),
        name: name.into(),
        kana: kana.into(),
        address: "見本市1-1".into(),
        phone: "025-000-0001".into(),
        email: "mihon@example.jp".into(),
    };
    let result = desk.record_customer(form).await.unwrap();
    assert_eq!(result.state, OutboxState::Confirmed);
    result.receipt.unwrap()
}
