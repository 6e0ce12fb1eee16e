//! A writer on a database of its own, for the tests of this crate. No keys but the log's, no listeners.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use chrono::{DateTime, Utc};
use domain::customer::{
    ChosenUser, CustomerCommand, IdentityDocument, NewUser, PaperChecks, Request, SignedCertificate, UserRole,
};
use domain::id::{ApplicationId, CertificateId, CommandId, CustomerId, Serial, SessionId, TerminalId};
use domain::institution::InstitutionEvent;
use domain::personal::{ApplicationDetails, CustomerDetails};
use domain::pickup_code::PickupCode;
use domain::terminal::TerminalCommand;
use domain::{Actor, ErrorCode, Evidence, PersonalData, Policy, Refusal, Role};
use tlog::CheckpointSigner;
use uuid::Uuid;
use wire::api::feed::FeedLeaf;
use wire::api::recovery::{HeldLeaf, SendBack};
use wire::{Attachment, Base64, Body, Envelope, message};

use crate::backup::{self, Restored, Target};
use crate::check::{Verdict, check};
use crate::cli::{Operator, init_with};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::{App, Parts};
use crate::issuance::Authority;
use crate::store::act::{Act, Answer, Aside, Attached, Command, Sealed};
use crate::store::db::copy::{Value, tables};
use crate::store::db::{Connection, Many, Place, Readers, Server, in_memory, query};
use crate::store::intent::{Asked, Intent};
use crate::store::lookup::Lookup;
use crate::store::writer::{Fault, Writer};
use crate::store::{self, Setting, writer};

pub(crate) const BRANCH: &str = "011";
pub(crate) const TERMINAL: TerminalId = TerminalId(Uuid::from_u128(1));
const SESSION: SessionId = SessionId(Uuid::from_u128(2));

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// One test on both: `on_both!(name, …)` for each `async fn name(kind: Kind)`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                super::$name($crate::testing::Kind::Sqlite).await;
            }

            #[cfg(unix)]
            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                super::$name($crate::testing::Kind::Postgres).await;
            }
        }
    )+};
}
pub(crate) use on_both;

impl Kind {
    /// An empty database; `dir` is for a file.
    pub(crate) fn place(self, dir: &tempfile::TempDir) -> Place {
        match self {
            Self::Sqlite => Place::Sqlite(dir.path().join("central.sqlite")),
            #[cfg(unix)]
            Self::Postgres => Place::Postgres(Server::new(&crate::cluster::fresh_database(), None, 4).unwrap()),
            #[cfg(not(unix))]
            Self::Postgres => unreachable!(),
        }
    }
}

/// Changes the database past the writer. The text is SQLite's; what PostgreSQL calls otherwise is put into its words.
pub(crate) async fn meddle(place: &Place, text: &str) -> u64 {
    let mut db = place.writer().await.unwrap();
    let text = match place {
        Place::Sqlite(_) => text.to_owned(),
        Place::Postgres(_) => text
            .replace("zeroblob(32)", "decode(repeat('00', 32), 'hex')")
            .replace("zeroblob(40)", "decode(repeat('00', 40), 'hex')")
            .replace("x'00'", "decode('00', 'hex')")
            .replace("CAST(REPLACE(CAST(bytes AS TEXT),", "convert_to(REPLACE(convert_from(bytes, 'UTF8'),")
            .replace(" AS BLOB)", ", 'UTF8')"),
    };
    let done = Many::made(text).build().execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    done
}

pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) place: Place,
    pub(crate) clock: Clock,
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
    signer: Arc<CheckpointSigner>,
    /// PKCS#8.
    terminal_key: Vec<u8>,
    task: tokio::task::JoinHandle<Result<(), Fault>>,
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-24T01:00:00Z".parse().unwrap()
}

pub(crate) fn operator() -> Actor {
    Actor::Operator { name: "root".into() }
}

pub(crate) fn staff(id: &str, role: Role, branch: &str) -> Actor {
    let branch = branch.parse().unwrap();
    Actor::Staff { staff: id.parse().unwrap(), role, branch, terminal: TERMINAL, session: SESSION, deputy: false }
}

pub(crate) fn teller() -> Actor {
    staff("T1001", Role::Teller, BRANCH)
}

pub(crate) fn supervisor() -> Actor {
    staff("S2001", Role::Supervisor, BRANCH)
}

pub(crate) fn holder() -> Actor {
    Actor::Customer { evidence: Evidence::PickupCode { csr_sha256: "00".repeat(32) } }
}

pub(crate) fn customer(n: u128) -> CustomerId {
    CustomerId(Uuid::from_u128(0xc000 + n))
}

pub(crate) fn details() -> Option<PersonalData> {
    Some(PersonalData::Customer(CustomerDetails {
        name: "株式会社見本".into(),
        kana: "カブシキガイシャミホン".into(),
        address: "見本市1".into(),
        phone: "025-000-0001".into(),
        email: String::new(),
    }))
}

pub(crate) fn record(cif: &str) -> CustomerCommand {
    CustomerCommand::RecordCustomer { branch: BRANCH.parse().unwrap(), cif: cif.parse().unwrap() }
}

/// Everything on the paper is as it should be.
pub(crate) fn checked() -> PaperChecks {
    let identity = Some(IdentityDocument::DriversLicence);
    PaperChecks { seal: true, identity, environment: true, terms: true }
}

/// What was written on it.
pub(crate) fn paper() -> PersonalData {
    let (applicant, note) = ("見本 太郎".into(), String::new());
    PersonalData::Application(ApplicationDetails { applicant, note, customer: None })
}

pub(crate) fn contract(number: &str, user: &str) -> CustomerCommand {
    CustomerCommand::RecordContract {
        contract: number.parse().unwrap(),
        opened_on: start().date_naive(),
        closed: false,
        users: vec![NewUser {
            user: user.parse().unwrap(),
            role: UserRole::Administrator,
            device_label: "経理課".into(),
        }],
    }
}

/// The way to a right for the user ID of customer `n`'s contract: application, approval, the right.
fn application(n: u128, number: &str, user: &str, clock: &Clock) -> (CustomerCommand, CustomerCommand, CertificateId) {
    let application = ApplicationId(Uuid::from_u128(0xa000 + n));
    let submit = CustomerCommand::SubmitApplication {
        application,
        request: Request::MoveToCertificate {
            contract: number.parse().unwrap(),
            users: vec![ChosenUser { user: user.parse().unwrap(), device_label: "経理課 1号機".into() }],
        },
        checks: checked(),
        received_on: domain::calendar::jst_day(clock.now()),
    };
    let certificate = CertificateId::of(application, &user.parse().unwrap(), 0);
    (submit, CustomerCommand::ApproveApplication { application }, certificate)
}

/// An intent that rests on the code with this HMAC.
pub(crate) fn asked(certificate: CertificateId, serial: &str, key_sha256: &str, code: Option<&[u8]>) -> Asked {
    let intent = Intent {
        certificate_id: certificate.to_string(),
        serial: serial.parse::<Serial>().unwrap().as_str().to_owned(),
        key_sha256: key_sha256.to_owned(),
        not_before_ms: 0,
        not_after_ms: 1,
    };
    Asked { intent, code: code.map(|hmac| Base64(hmac.to_vec())) }
}

/// An act without an envelope.
pub(crate) fn act(actor: Actor, n: u128, command: CustomerCommand, personal: Option<PersonalData>) -> Act {
    let attached = personal.map(attached);
    Act {
        id: CommandId(Uuid::now_v7()),
        actor,
        command: Command::Customer(customer(n), command),
        expected_version: None,
        attached,
        sealed: None,
        asides: Vec::new(),
    }
}

fn setting() -> Setting {
    let institution = "見本信用金庫".into();
    let letterhead = Some(crate::mail::Letterhead { institution, training: false, contacts: Vec::new() });
    let stamp = store::Stamp::new(&[7; 32]);
    Setting { institution: "mihon".parse().unwrap(), policy: Policy::default(), letterhead, stamp }
}

fn attached(data: PersonalData) -> Attached {
    Attached { bytes: Attachment::new([7; 16], data.clone()).to_bytes().unwrap(), data }
}

/// Every row of every table.
pub(crate) async fn everything(place: &Place) -> Vec<(String, Vec<Vec<Value>>)> {
    let mut db = place.reader().await.unwrap();
    let mut all = Vec::new();
    for table in tables(&mut in_memory().await.unwrap()).await.unwrap() {
        all.push((table.name().to_owned(), table.rows(&mut db).await.unwrap()));
    }
    db.close().await.unwrap();
    all
}

impl World {
    /// A log that is open, with one enrolled terminal.
    pub(crate) async fn new() -> Self {
        Self::on(Kind::Sqlite).await
    }

    /// The same on either database.
    pub(crate) async fn on(kind: Kind) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = kind.place(&dir);
        Self::within(dir, place).await
    }

    /// The same on this empty database.
    #[cfg(unix)]
    pub(crate) async fn at(place: Place) -> Self {
        Self::within(tempfile::tempdir().unwrap(), place).await
    }

    async fn within(dir: tempfile::TempDir, place: Place) -> Self {
        let signer = Arc::new(CheckpointSigner::generate("madoguchi/mihon").unwrap());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        let terminal_key = pkcs8.as_ref().to_vec();
        let world = Self::open(dir, place, signer, terminal_key, Clock::at(start())).await.unwrap();
        let institution: domain::id::InstitutionId = "mihon".parse().unwrap();
        let opened = InstitutionEvent::LogOpened {
            institution: institution.clone(),
            epoch: 0,
            log_key: world.signer.verifier().to_vkey(),
            root_sha256: "00".repeat(32),
        };
        world.command(operator(), Command::Institution(institution, opened)).await.unwrap();
        let invite = TerminalCommand::InviteTerminal { branch: BRANCH.parse().unwrap(), label: "窓口".into() };
        world.command(operator(), Command::Terminal(TERMINAL, invite)).await.unwrap();
        let prefix = hex::decode("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
        let spki = Base64([&prefix[..], world.terminal_key().public_key().as_ref()].concat());
        let public_key = serde_json::to_value(spki).unwrap().as_str().unwrap().to_owned();
        let enrol = TerminalCommand::EnrolTerminal { public_key, certificate_sha256: "00".repeat(32), not_after: None };
        world.command(Actor::Terminal { terminal: TERMINAL }, Command::Terminal(TERMINAL, enrol)).await.unwrap();
        world
    }

    async fn open(
        dir: tempfile::TempDir,
        place: Place,
        signer: Arc<CheckpointSigner>,
        terminal_key: Vec<u8>,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let database = store::open(&place).await?;
        let (writer, readers, task) = writer::start(database, setting(), Arc::clone(&signer), clock.clone()).await?;
        Ok(Self { dir, place, clock, writer, readers, signer, terminal_key, task })
    }

    fn terminal_key(&self) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.terminal_key).unwrap()
    }

    /// A backup of it, as it is now.
    pub(crate) async fn backup(&self) -> PathBuf {
        let path = self.dir.path().join(format!("{}.backup", Uuid::new_v4()));
        backup::write(&self.place, &"mihon".parse().unwrap(), &path, self.clock.now()).await.unwrap();
        path
    }

    /// Another centre with the same keys, where the backup was put back. `keys`: where the mark of the epoch is.
    pub(crate) async fn restored(&self, backup: &Path, keys: &Path) -> anyhow::Result<Self> {
        self.restored_on(self.kind(), backup, keys).await
    }

    /// The same on the other database, or on this one.
    pub(crate) async fn restored_on(&self, kind: Kind, backup: &Path, keys: &Path) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir().unwrap();
        let place = kind.place(&dir);
        self.target(&place, keys, backup, None).await?;
        Self::open(dir, place, Arc::clone(&self.signer), self.terminal_key.clone(), self.clock.clone()).await
    }

    fn kind(&self) -> Kind {
        match self.place {
            Place::Sqlite(_) => Kind::Sqlite,
            Place::Postgres(_) => Kind::Postgres,
        }
    }

    /// Puts a backup back at a place.
    pub(crate) async fn target(
        &self,
        place: &Place,
        keys: &Path,
        backup: &Path,
        epoch: Option<u32>,
    ) -> anyhow::Result<Restored> {
        let (setting, now) = (setting(), self.clock.now());
        Target { place, keys, setting: &setting, log: &self.signer, now }.restore(backup, epoch, operator()).await
    }

    /// What a terminal that has seen everything here sends back to a centre that was restored at `size`.
    pub(crate) async fn held(&self, epoch: u32, size: u64) -> SendBack {
        let end = *self.writer.size().borrow();
        let note = crate::store::read::checkpoint_at(&self.readers, end).await.unwrap().unwrap();
        let leaves = crate::store::span::leaves(&self.readers, size, end, None).await.unwrap();
        let leaves = leaves.into_iter().map(|leaf| match leaf {
            FeedLeaf::Entry { e, a } => HeldLeaf::Entry { e, a },
            FeedLeaf::Hash { h } => HeldLeaf::Hash { h },
        });
        let former = self.writer.epochs().current();
        SendBack { epoch, former, size: end, note, from: size, leaves: leaves.collect() }
    }

    /// Every row of every table.
    pub(crate) async fn everything(&self) -> Vec<(String, Vec<Vec<Value>>)> {
        everything(&self.place).await
    }

    /// A connection past the writer.
    pub(crate) async fn meddler(&self) -> Connection {
        self.place.writer().await.unwrap()
    }

    /// Stops and starts again; `between` may meddle with the file.
    pub(crate) async fn restart(self, between: impl AsyncFnOnce(Place)) -> anyhow::Result<Self> {
        let Self { dir, place, clock, writer, readers, signer, terminal_key, task } = self;
        drop(writer);
        readers.close().await;
        task.await.unwrap().unwrap();
        between(place.clone()).await;
        Self::open(dir, place, signer, terminal_key, clock).await
    }

    pub(crate) async fn check(&self) -> Verdict {
        check(&self.place, &self.signer.verifier().to_vkey()).await.unwrap()
    }

    pub(crate) async fn command(&self, actor: Actor, command: Command) -> Answer {
        let id = CommandId(Uuid::now_v7());
        let (expected_version, attached, sealed, asides) = Default::default();
        self.writer.act(Act { id, actor, command, expected_version, attached, sealed, asides }).await
    }

    /// An act in an envelope the terminal signed.
    pub(crate) fn sealed(
        &self,
        actor: Actor,
        n: u128,
        command: CustomerCommand,
        personal: Option<PersonalData>,
        expected_version: Option<u64>,
    ) -> Act {
        let Actor::Staff { staff, .. } = &actor else { panic!("only staff seal") };
        let mut act = act(actor.clone(), n, command.clone(), personal);
        let envelope = Envelope {
            v: 1,
            institution: "mihon".parse().unwrap(),
            id: act.id,
            terminal: TERMINAL,
            session: SESSION,
            staff: staff.clone(),
            expected_version,
            made_at: self.clock.now(),
            offline: false,
            last_checkpoint: None,
            attachment: act.attached.as_ref().map(|a| Attachment::hash(&a.bytes)),
            body: Body::Customer { customer: customer(n), command: command.clone() },
        };
        act.expected_version = expected_version;
        act.sealed = Some(self.seal(envelope.to_bytes().unwrap(), command.kind()));
        act
    }

    /// The envelope under the terminal's signature.
    pub(crate) fn seal(&self, envelope: Vec<u8>, kind: &str) -> Sealed {
        let signature = self.terminal_key().sign(&SystemRandom::new(), &message::envelope(&envelope)).unwrap();
        let (request_sha256, signature) = (wire::sha256_hex(&envelope), signature.as_ref().to_vec());
        Sealed { envelope, signature, request_sha256, kind: kind.to_owned() }
    }

    /// Customer `n` with one contract and one user ID whose right was granted and whose slip was printed.
    pub(crate) async fn right(&self, n: u128, user: &str) -> CertificateId {
        self.right_with(n, user, "").await
    }

    /// [`World::right`] for a customer with this address.
    pub(crate) async fn right_with(&self, n: u128, user: &str, email: &str) -> CertificateId {
        let number = format!("{:08}", 10_000_000 + n);
        let mut details = details();
        if let Some(PersonalData::Customer(details)) = &mut details {
            details.email = email.to_owned();
        }
        self.writer.act(act(operator(), n, record(&n.to_string()), details)).await.unwrap();
        self.writer.act(act(operator(), n, contract(&number, user), None)).await.unwrap();
        let (submit, approve, certificate) = application(n, &number, user, &self.clock);
        self.writer.act(self.sealed(teller(), n, submit, Some(paper()), None)).await.unwrap();
        self.writer.act(self.sealed(supervisor(), n, approve, None, None)).await.unwrap();
        self.writer.act(self.print(n, certificate)).await.unwrap();
        certificate
    }

    pub(crate) fn print(&self, n: u128, certificate: CertificateId) -> Act {
        let mut print = self.sealed(teller(), n, CustomerCommand::PrintSlip { certificate }, None, None);
        print.asides = vec![Aside::PickupCode { certificate, hmac: vec![1; 32] }];
        print
    }

    /// Records the intent to sign for a right, by the code in force; `None`: the key is in use.
    pub(crate) async fn intend(&self, certificate: CertificateId, serial: &str, key_sha256: &str) -> Option<Intent> {
        let code: Option<(Vec<u8>,)> = query("SELECT hmac FROM pickup_code WHERE certificate_id = $1")
            .bind(certificate.to_string())
            .fetch_optional(&self.readers)
            .await
            .unwrap();
        let code = code.map(|(hmac,)| hmac);
        match self.writer.intend(asked(certificate, serial, key_sha256, code.as_deref())).await {
            Ok(intent) => Some(intent),
            Err(Refusal { code: ErrorCode::KeyReused, .. }) => None,
            Err(refusal) => panic!("{refusal}"),
        }
    }

    pub(crate) fn fetch(&self, n: u128, certificate: CertificateId, serial: &str, key_sha256: &str) -> Act {
        let signed = SignedCertificate {
            serial: serial.parse().unwrap(),
            key_sha256: key_sha256.to_owned(),
            not_before: start(),
            not_after: start(),
            der: "AAAA".into(),
        };
        act(holder(), n, CustomerCommand::FetchCertificate { certificate, signed }, None)
    }

    pub(crate) async fn count(&self, text: &'static str) -> i64 {
        let (count,): (i64,) = query(text).fetch_one(&self.readers).await.unwrap();
        count
    }
}

impl World {
    #[cfg(unix)]
    pub(crate) fn setting(&self) -> Setting {
        setting()
    }

    #[cfg(unix)]
    pub(crate) fn signer(&self) -> Arc<CheckpointSigner> {
        Arc::clone(&self.signer)
    }

    pub(crate) fn verifier(&self) -> tlog::CheckpointVerifier {
        self.signer.verifier()
    }

    /// Rewrites entries as somebody could who has the database and the log's key: every hash and checkpoint fits again.
    pub(crate) async fn forge(&self, old: &str, new: &str) -> usize {
        let mut db = self.meddler().await;
        let rows: Vec<(i64, Vec<u8>)> =
            query("SELECT idx, bytes FROM entry ORDER BY idx").fetch_all(&mut db).await.unwrap();
        let mut frontier = tlog::Frontier::new();
        let mut changed = 0;
        for (idx, bytes) in rows {
            let text = String::from_utf8(bytes).unwrap();
            changed += usize::from(text.contains(old));
            let bytes = text.replace(old, new).into_bytes();
            let leaf = tlog::leaf_hash(&bytes);
            frontier.append(leaf);
            query("UPDATE entry SET bytes = $2, leaf = $3 WHERE idx = $1")
                .bind(idx)
                .bind(bytes)
                .bind(leaf.0.to_vec())
                .execute(&mut db)
                .await
                .unwrap();
            let origin = self.signer.name().to_owned();
            let note = self.signer.sign(&tlog::Checkpoint { origin, size: frontier.size(), root: frontier.root() });
            query("UPDATE checkpoint SET frontier = $2, note = $3 WHERE size = $1")
                .bind(idx + 1)
                .bind(frontier.to_bytes())
                .bind(note)
                .execute(&mut db)
                .await
                .unwrap();
        }
        db.close().await.unwrap();
        changed
    }
}

pub(crate) const PASSPHRASE: &str = "a passphrase for tests";
pub(crate) const PASSWORD: &str = "himitsu-2026";

/// Everything the handlers use, without listeners; the teller T1001 can sign in.
pub(crate) struct Service {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    _dir: tempfile::TempDir,
}

/// A configuration in a folder of its own.
pub(crate) fn config(dir: &tempfile::TempDir) -> Config {
    toml::from_str(&format!(
        "data_dir = {:?}\n[institution]\nid = \"mihon\"\nname = \"見本信用金庫\"\nroman_name = \"Mihon\"\n",
        dir.path().join("data")
    ))
    .unwrap()
}

impl Service {
    pub(crate) async fn new(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = config(&dir);
        change(&mut config);
        let clock = Clock::at(start());
        init_with(&config, PASSPHRASE, &clock).await.unwrap();
        let operator = Operator::open_with(&config, PASSPHRASE, clock.clone()).await.unwrap();
        operator.add_staff("T1001", "見本 花子", "teller", BRANCH, PASSWORD).await.unwrap();
        operator.close().await.unwrap();
        let authority = Arc::new(Authority::open(&config, PASSPHRASE).unwrap());
        let database = store::open(&config.place().unwrap()).await.unwrap();
        let setting = store::Setting::of(&config, &authority);
        let (writer, readers, _) = writer::start(database, setting, authority.log(), clock.clone()).await.unwrap();
        let app = App::from(Parts {
            pickup_tries: Default::default(),
            sought_in_vain: Default::default(),
            crl: Default::default(),
            imports: Default::default(),
            alarm: Default::default(),
            contacts: Default::default(),
            renewing: Default::default(),
            portal_limit: crate::http::PortalLimit::new(&config.portal),
            config,
            clock: clock.clone(),
            authority,
            writer,
            lookup: Lookup::start(&readers).await.unwrap(),
            readers,
            listening: Default::default(),
            gate: Default::default(),
            stopping: tokio::sync::watch::channel(false).1,
        });
        Self { app, clock, _dir: dir }
    }

    /// Customer `n` with a right for this user ID, and the code on its slip.
    pub(crate) async fn issued(&self, n: u128, user: &str) -> (CertificateId, String) {
        let number = format!("{:08}", 10_000_000 + n);
        let (submit, approve, certificate) = application(n, &number, user, &self.clock);
        for (actor, command, personal) in [
            (operator(), record(&n.to_string()), details()),
            (operator(), contract(&number, user), None),
            (teller(), submit, Some(paper())),
            (supervisor(), approve, None),
        ] {
            self.app.writer.act(act(actor, n, command, personal)).await.unwrap();
        }
        (certificate, self.print(n, certificate, 1).await)
    }

    /// Prints the `nth` slip; gives its code.
    pub(crate) async fn print(&self, n: u128, certificate: CertificateId, nth: u8) -> String {
        let code = PickupCode::from_entropy([nth; 10]);
        let hmac = self.app.authority.code_hmac(&message::code_sha256(&code));
        let mut print = act(teller(), n, CustomerCommand::PrintSlip { certificate }, None);
        print.asides = vec![Aside::PickupCode { certificate, hmac }];
        self.app.writer.act(print).await.unwrap();
        code.grouped()
    }

    pub(crate) async fn count(&self, text: &'static str) -> i64 {
        let (count,): (i64,) = query(text).fetch_one(&self.app.readers).await.unwrap();
        count
    }
}
