//! An enrolled terminal without a desk around it: signs and sends commands as a desk does, or as an attacker would.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use desk::Identity;
use desk::secrets::Secrets;
use domain::PersonalData;
use domain::customer::{CustomerCommand, IdentityDocument, NewUser, PaperChecks, Request, UserRole};
use domain::id::{ApplicationId, CertificateId, CommandId, CustomerId};
use domain::personal::{ApplicationDetails, CustomerDetails, StaffDetails};
use domain::pickup_code::PickupCode;
use domain::staff::StaffCommand;
use domain::terminal::TerminalCommand;
use wire::api::ErrorAnswer;
use wire::api::command::{CommandAccepted, Passwords, PushCommand};
use wire::api::feed::FeedAnswer;
use wire::api::session::{SignIn, SignedIn};
use wire::{Attachment, Body, Envelope, message};

use crate::centre::PASSWORD;

/// User IDs of one contract: a company with some PCs.
const CONTRACT: usize = 4;

/// A customer nobody writes to.
pub fn somebody() -> PersonalData {
    let (address, phone, email) = Default::default();
    PersonalData::Customer(CustomerDetails { name: "見本".into(), kana: "ミホン".into(), address, phone, email })
}

/// What stands on an application's paper.
pub fn paper() -> PersonalData {
    let (note, customer) = Default::default();
    PersonalData::Application(ApplicationDetails { applicant: "見本".into(), note, customer })
}

/// Everything on the paper was checked.
pub fn checked() -> PaperChecks {
    PaperChecks { seal: true, identity: Some(IdentityDocument::KnownCustomer), environment: true, terms: true }
}

/// A terminal without a desk around it.
pub struct Terminal {
    identity: Identity,
    client: reqwest::Client,
    /// Certificate and key, as the client takes them.
    pem: String,
    key: Arc<EcdsaKeyPair>,
}

fn client(identity: &Identity, pem: &str) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(identity.root.as_bytes()).unwrap()])
        .identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap())
}

impl Terminal {
    /// Of an enrolled identity.
    pub fn new(identity: Identity, secrets: &Secrets) -> Self {
        use base64::Engine as _;
        let pkcs8 = secrets.get("terminal-key").unwrap().unwrap();
        let body = base64::engine::general_purpose::STANDARD.encode(pkcs8.as_slice());
        let pem = format!("{}-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n", identity.certificate);
        let client = client(&identity, &pem).build().unwrap();
        let key = Arc::new(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8).unwrap());
        Self { identity, client, pem, key }
    }

    /// Waits no longer than this for an answer. `one_by_one`: one question at a time on a connection (HTTP/1.1), so that what
    /// happens to one is no other's affair.
    pub fn patience(mut self, longest: std::time::Duration, one_by_one: bool) -> Self {
        let client = client(&self.identity, &self.pem).timeout(longest);
        self.client = if one_by_one { client.http1_only() } else { client }.build().unwrap();
        self
    }

    /// The same terminal once more.
    pub fn another(&self) -> Self {
        let Self { identity, client, pem, key } = self;
        Self { identity: identity.clone(), client: client.clone(), pem: pem.clone(), key: Arc::clone(key) }
    }

    /// Its id.
    pub fn id(&self) -> domain::id::TerminalId {
        self.identity.terminal
    }

    /// The centre came back at another address.
    pub fn moved(&mut self, url: &str) {
        url.clone_into(&mut self.identity.terminal_url);
    }

    /// `https://host:port` of the terminal API it was told.
    pub fn address(&self) -> &str {
        &self.identity.terminal_url
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/terminal/v1/{path}", self.identity.terminal_url)
    }

    /// Signs a member of staff in.
    pub async fn sign_in(&self, staff: &str) -> SignedIn {
        self.sign_in_by(staff, PASSWORD).await
    }

    /// Signs in by another password than that of the tests' staff.
    pub async fn sign_in_by(&self, staff: &str, password: &str) -> SignedIn {
        let request = SignIn { staff: staff.parse().unwrap(), password: password.into(), over_lock: false };
        self.client.post(self.url("session")).json(&request).send().await.unwrap().json().await.unwrap()
    }

    /// Signs in over somebody's locked screen.
    pub async fn sign_in_over_lock(&self, staff: &str) -> SignedIn {
        let request = SignIn { staff: staff.parse().unwrap(), password: PASSWORD.into(), over_lock: true };
        self.client.post(self.url("session")).json(&request).send().await.unwrap().json().await.unwrap()
    }

    /// An act on something else than a customer, ready to be sent.
    pub fn seal_straight(&self, staff: &SignedIn, body: Body) -> PushCommand {
        self.sign(&self.envelope(staff, None, body))
    }

    /// The same, sent.
    ///
    /// # Errors
    /// The centre's refusal.
    pub async fn straight(&self, staff: &SignedIn, body: Body) -> Result<(), domain::ErrorCode> {
        self.send(staff, &self.seal_straight(staff, body)).await.map(|_| ()).map_err(|answer| answer.code)
    }

    /// A signed command, ready to be sent, or to be tampered with.
    pub fn seal(
        &self,
        staff: &SignedIn,
        customer: CustomerId,
        command: CustomerCommand,
        personal: Option<PersonalData>,
        code: Option<&PickupCode>,
    ) -> PushCommand {
        let attachment = personal.map(|data| Attachment::new([7; 16], data).to_bytes().unwrap());
        let envelope =
            self.envelope(staff, attachment.as_deref().map(Attachment::hash), Body::Customer { customer, command });
        let mut request = self.sign(&envelope);
        request.attachment = attachment.map(Into::into);
        request.code_sha256 = code.map(message::code_sha256);
        request
    }

    /// Anything that can stand in an envelope, signed; with what travels beside it. `offline`: made without the centre.
    pub fn seal_body(
        &self,
        staff: &SignedIn,
        body: Body,
        personal: Option<PersonalData>,
        offline: bool,
    ) -> PushCommand {
        let attachment = personal.map(|data| Attachment::new([7; 16], data).to_bytes().unwrap());
        let envelope = self.envelope(staff, attachment.as_deref().map(Attachment::hash), body);
        let mut request = self.sign(&Envelope { offline, ..envelope });
        request.attachment = attachment.map(Into::into);
        request
    }

    /// A command on a member of staff; `password` stands beside it.
    ///
    /// # Errors
    /// The centre's refusal.
    pub async fn administer(
        &self,
        staff: &SignedIn,
        of: &str,
        command: StaffCommand,
        password: Option<&str>,
    ) -> Result<CommandAccepted, ErrorAnswer> {
        let name = PersonalData::Staff(StaffDetails { name: format!("見本 {of}") });
        let personal = matches!(command, StaffCommand::AddStaff { .. }).then_some(name);
        let body = Body::Staff { staff: of.parse().unwrap(), command };
        let mut request = self.seal_body(staff, body, personal, false);
        request.password = password.map(|new| Passwords { new: new.to_owned(), old: None });
        self.send(staff, &request).await
    }

    /// Changes the own password.
    ///
    /// # Errors
    /// The centre's refusal.
    pub async fn change_password(
        &self,
        staff: &SignedIn,
        old: &str,
        new: &str,
    ) -> Result<CommandAccepted, ErrorAnswer> {
        let body = Body::Staff { staff: staff.staff.clone(), command: StaffCommand::ChangePassword {} };
        let mut request = self.seal_body(staff, body, None, false);
        request.password = Some(Passwords { new: new.to_owned(), old: Some(old.to_owned()) });
        self.send(staff, &request).await
    }

    /// Asks any address of the terminal API; the status, and the error's code where it is one.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<serde_json::Value>,
    ) -> (u16, Option<domain::ErrorCode>) {
        let mut request = self.client.request(method.parse().unwrap(), self.url(path));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json::<ErrorAnswer>().await.ok().map(|answer| answer.code))
    }

    /// Tries to sign in.
    ///
    /// # Errors
    /// The centre's refusal.
    pub async fn try_sign_in(&self, staff: &str, password: &str, over_lock: bool) -> Result<SignedIn, ErrorAnswer> {
        let request = SignIn { staff: staff.parse().unwrap(), password: password.into(), over_lock };
        let answer = self.client.post(self.url("session")).json(&request).send().await.unwrap();
        if answer.status().is_success() { Ok(answer.json().await.unwrap()) } else { Err(answer.json().await.unwrap()) }
    }

    fn envelope(&self, staff: &SignedIn, attachment: Option<String>, body: Body) -> Envelope {
        Envelope {
            v: 1,
            institution: self.identity.institution.clone(),
            id: CommandId(uuid::Uuid::now_v7()),
            terminal: self.identity.terminal,
            session: staff.session,
            staff: staff.staff.clone(),
            expected_version: None,
            made_at: chrono::DateTime::UNIX_EPOCH,
            offline: false,
            last_checkpoint: None,
            attachment,
            body,
        }
    }

    /// Signs an envelope as it is.
    pub fn sign(&self, envelope: &Envelope) -> PushCommand {
        let bytes = envelope.to_bytes().unwrap();
        let signature = self.key.sign(&SystemRandom::new(), &message::envelope(&bytes)).unwrap().as_ref().to_vec();
        PushCommand {
            envelope: bytes.into(),
            signature: signature.into(),
            attachment: None,
            code_sha256: None,
            password: None,
        }
    }

    /// Sends a command; the centre's answer, good or bad. Like a desk it sends the same octets once more where the connection
    /// was just closed.
    pub async fn send(&self, staff: &SignedIn, request: &PushCommand) -> Result<CommandAccepted, ErrorAnswer> {
        match self.try_send(staff, request).await {
            Ok(answer) => answer,
            Err(_) => self.try_send(staff, request).await.unwrap(),
        }
    }

    /// The same over a line that may break.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn try_send(
        &self,
        staff: &SignedIn,
        request: &PushCommand,
    ) -> reqwest::Result<Result<CommandAccepted, ErrorAnswer>> {
        let answer = self.client.post(self.url("commands")).bearer_auth(&staff.token).json(request).send().await?;
        Ok(if answer.status().is_success() { Ok(answer.json().await?) } else { Err(answer.json().await?) })
    }

    /// Tries a wrong password.
    pub async fn guess(&self, staff: &str) {
        let request = SignIn { staff: staff.parse().unwrap(), password: "a wrong guess".into(), over_lock: false };
        let answer = self.client.post(self.url("session")).json(&request).send().await.unwrap();
        assert!(answer.status().is_client_error());
    }

    /// Sends a stop that says when it was made.
    ///
    /// # Errors
    /// The centre's refusal.
    pub async fn claim(
        &self,
        staff: &SignedIn,
        customer: CustomerId,
        made_at: chrono::DateTime<chrono::Utc>,
        offline: bool,
    ) -> Result<(), domain::ErrorCode> {
        let command = CustomerCommand::SuspendCertificates {
            incident: domain::id::IncidentId(uuid::Uuid::now_v7()),
            cause: domain::customer::IncidentCause::Lost,
            scope: domain::customer::StopScope::User { user: "NOBODY01".parse().unwrap() },
        };
        let envelope = self.envelope(staff, None, Body::Customer { customer, command });
        let envelope = Envelope { made_at, offline, ..envelope };
        self.send(staff, &self.sign(&envelope)).await.map(|_| ()).map_err(|answer| answer.code)
    }

    /// Asks to cut another terminal off.
    ///
    /// # Errors
    /// The centre's refusal.
    pub async fn revoke(&self, staff: &SignedIn, terminal: domain::id::TerminalId) -> Result<(), domain::ErrorCode> {
        let envelope =
            self.envelope(staff, None, Body::Terminal { terminal, command: TerminalCommand::RevokeTerminal {} });
        self.send(staff, &self.sign(&envelope)).await.map(|_| ()).map_err(|answer| answer.code)
    }

    /// The size of the log.
    pub async fn size(&self) -> u64 {
        self.feed(0, 1).await.log_size
    }

    /// The log from an index on.
    pub async fn feed(&self, from: u64, limit: u32) -> FeedAnswer {
        let url = self.url(&format!("feed?from={from}&limit={limit}"));
        let answer = self.client.get(url).send().await.unwrap().bytes().await.unwrap();
        FeedAnswer::from_bytes(&answer).unwrap()
    }

    /// How the feed travels: its encoding, and its octets on the line.
    pub async fn feed_packed(&self) -> (String, usize) {
        let plain = client(&self.identity, &self.pem).no_gzip().no_zstd().build().unwrap();
        // As a desk asks.
        let asked = plain.get(self.url("feed?from=0")).header("accept-encoding", "gzip, zstd");
        let answer = asked.send().await.unwrap();
        let encoding = answer.headers().get("content-encoding").map(|v| v.to_str().unwrap().to_owned());
        (encoding.unwrap_or_default(), answer.bytes().await.unwrap().len())
    }

    /// Waits for news beyond an index, as a desk does.
    pub fn poll(&self, beyond: u64) -> impl Future<Output = Result<u16, String>> + Send + 'static {
        let (client, url) = (self.client.clone(), self.url(&format!("feed?from={beyond}&wait_s=25")));
        async move { client.get(url).send().await.map(|a| a.status().as_u16()).map_err(|e| e.to_string()) }
    }

    /// Asks for another certificate, DER.
    pub async fn renew(&self) -> Vec<u8> {
        let answer = self.client.post(self.url("certificate")).send().await.unwrap();
        answer.json::<wire::api::terminal::RenewedCertificate>().await.unwrap().certificate.0
    }

    /// What it is told at its next request.
    pub async fn denied(&self) -> domain::ErrorCode {
        let answer = self.client.get(self.url("info")).send().await.unwrap();
        answer.json::<ErrorAnswer>().await.unwrap().code
    }

    /// A chunk of the feed; `None` when the line broke, or the centre can't answer now.
    pub async fn follow(&self, from: u64, wait_s: u32) -> Option<FeedAnswer> {
        let url = self.url(&format!("feed?from={from}&wait_s={wait_s}"));
        let answer = self.client.get(url).send().await.ok()?;
        let (status, octets) = (answer.status(), answer.bytes().await.ok()?);
        assert!(status.is_success() || status.as_u16() == 503, "{from}: {octets:?}");
        status.is_success().then(|| FeedAnswer::from_bytes(&octets).unwrap())
    }

    /// HTTP status of a harmless question. One that met a connection just as the centre closed it is asked once more.
    pub async fn status(&self) -> u16 {
        let ask = || self.client.get(self.url("info")).send();
        match ask().await {
            Ok(answer) => answer.status().as_u16(),
            Err(_) => ask().await.unwrap().status().as_u16(),
        }
    }

    async fn push(
        &self,
        staff: &SignedIn,
        customer: CustomerId,
        command: CustomerCommand,
        personal: Option<PersonalData>,
        code: Option<&PickupCode>,
    ) {
        self.send(staff, &self.seal(staff, customer, command, personal, code)).await.unwrap();
    }

    /// Makes `count` rights; returns user IDs and codes.
    pub async fn rights(&self, count: usize) -> Vec<(String, String)> {
        let teller = self.sign_in("T1001").await;
        let supervisor = self.sign_in("S2001").await;
        let mut rights = Vec::with_capacity(count);
        for contract in 0..count.div_ceil(CONTRACT) {
            let customer = CustomerId(uuid::Uuid::now_v7());
            let record = CustomerCommand::RecordCustomer {
                branch: teller.branch.clone(),
                cif: format!("{contract:07}").parse().unwrap(),
            };
            self.push(&teller, customer, record, Some(somebody()), None).await;
            // A receipt number holds 25 bits of the id: counted, thousands of a day never meet.
            let drawn = uuid::Uuid::new_v4().as_u128() >> 25 << 25;
            let application = ApplicationId(uuid::Uuid::from_u128(drawn | contract as u128));
            let users: Vec<NewUser> = (0..CONTRACT)
                .map(|n| NewUser {
                    user: format!("B{contract:04}X{n:02}").parse().unwrap(),
                    role: if n == 0 { UserRole::Administrator } else { UserRole::Operator },
                    device_label: "PC".into(),
                })
                .collect();
            let submit = CustomerCommand::SubmitApplication {
                application,
                request: Request::NewContract {
                    contract: format!("{contract:010}").parse().unwrap(),
                    users: users.clone(),
                },
                checks: checked(),
                received_on: domain::calendar::jst_day(central::clock::Clock::System.now()),
            };
            self.push(&teller, customer, submit, Some(paper()), None).await;
            self.push(&supervisor, customer, CustomerCommand::ApproveApplication { application }, None, None).await;
            let (chosen, codes): (Vec<_>, Vec<_>) = users
                .iter()
                .take(count - rights.len())
                .enumerate()
                .map(|(n, user)| {
                    let mut entropy = [0; 10];
                    entropy[..8].copy_from_slice(&((contract * CONTRACT + n) as u64).to_be_bytes());
                    (user.user.clone(), PickupCode::from_entropy(entropy))
                })
                .unzip();
            let prints = chosen.iter().zip(&codes).map(|(user, code)| {
                let print = CustomerCommand::PrintSlip { certificate: CertificateId::of(application, user, 0) };
                self.push(&teller, customer, print, None, Some(code))
            });
            for print in prints {
                print.await;
            }
            rights.extend(chosen.iter().zip(&codes).map(|(user, code)| (user.to_string(), code.grouped())));
        }
        rights
    }
}
