//! What ends something, sent by those who may not, where it does not fit, and several times at once: past the desk,
//! through the API of the centre.

use desk::secrets::Secrets;
use domain::customer::{ChosenUser, CustomerCommand, MovedUser, NewUser, PaperChecks, Request, UserRole};
use domain::id::{ApplicationId, CertificateId, ContractNumber, CustomerId, UserId};
use domain::personal::{ApplicationDetails, CustomerDetails};
use domain::{ErrorCode, PersonalData};
use e2e::office::root_pem;
use e2e::terminal::Terminal;
use wire::api::session::SignedIn;

use super::world::{ADMIN, NEW, OLD, OPERATOR, World, world};

/// Nobody's desk, but somebody's terminal.
struct Attacker<'a> {
    world: &'a World,
    terminal: Terminal,
    staff: SignedIn,
}

fn application() -> ApplicationId {
    ApplicationId(uuid::Uuid::new_v4())
}

fn old() -> ContractNumber {
    OLD.parse().unwrap()
}

fn admin() -> UserId {
    ADMIN.parse().unwrap()
}

fn details(renamed: bool) -> PersonalData {
    let details = CustomerDetails {
        name: "見本".into(),
        kana: "ミホン".into(),
        address: String::new(),
        phone: String::new(),
        email: String::new(),
    };
    let customer = renamed.then_some(details);
    PersonalData::Application(ApplicationDetails { applicant: "見本".into(), note: String::new(), customer })
}

/// Everything that ends something; the last one is head office's.
fn requests(world: &World) -> Vec<Request> {
    let (contract, users) = (old(), vec![admin()]);
    let leaving = vec![OPERATOR.parse().unwrap()];
    let today = domain::calendar::jst_day(world.centre.clock.now());
    let chosen = vec![ChosenUser { user: admin(), device_label: "PC".into() }];
    let moved = NewUser { user: admin(), role: UserRole::Administrator, device_label: "PC".into() };
    vec![
        Request::RemoveUsers { contract: contract.clone(), users: leaving },
        Request::Close { contract: contract.clone(), closing_on: today },
        Request::Recontract {
            contract: NEW.parse().unwrap(),
            old: contract.clone(),
            closing_on: today,
            opened_on: today,
            users: vec![MovedUser { from: admin(), user: moved }],
        },
        Request::Rename { contract: contract.clone(), users: chosen },
        Request::ForceStop { contract, users },
    ]
}

impl<'a> Attacker<'a> {
    /// At the terminal of the world's branch.
    async fn here(world: &'a World, staff: &str) -> Self {
        let secrets = Secrets::Files(world.office.dir.path().join("secrets"));
        let terminal = Terminal::new(world.office.identity.clone(), &secrets);
        let staff = terminal.sign_in(staff).await;
        Self { world, terminal, staff }
    }

    async fn send(&self, command: CustomerCommand, personal: Option<PersonalData>) -> Result<(), ErrorCode> {
        let customer: CustomerId = self.world.customer.parse().unwrap();
        let sealed = self.terminal.seal(&self.staff, customer, command, personal, None);
        self.terminal.send(&self.staff, &sealed).await.map(|_| ()).map_err(|answer| answer.code)
    }

    fn submission(&self, id: ApplicationId, request: Request) -> CustomerCommand {
        let received_on = domain::calendar::jst_day(self.world.centre.clock.now());
        let checks = PaperChecks {
            seal: true,
            identity: Some(domain::customer::IdentityDocument::KnownCustomer),
            environment: true,
            terms: true,
        };
        CustomerCommand::SubmitApplication { application: id, request, checks, received_on }
    }

    async fn submit(&self, id: ApplicationId, request: Request) -> Result<(), ErrorCode> {
        let renamed = matches!(request, Request::Rename { .. });
        self.send(self.submission(id, request), Some(details(renamed))).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_ends_anything() {
    let world = world(|_| {}).await;
    let secrets = Secrets::Files(world.centre.dir.path().join("elsewhere"));
    let root = root_pem(&world.centre);
    let identity = desk::enrol::enrol(&world.centre.at().enrol, &root, &world.elsewhere, &secrets).await.unwrap();
    let terminal = Terminal::new(identity, &secrets);
    let staff = terminal.sign_in("T3001").await;
    let mut other = Attacker { world: &world, terminal, staff };
    let here = Attacker::here(&world, "T1001").await;
    let auditor = Attacker::here(&world, "A9101").await;
    let head = Attacker::here(&world, "H9001").await;
    for request in requests(&world) {
        let forced = matches!(request, Request::ForceStop { .. });
        let kind = format!("{request:?}");
        let expected = if forced { ErrorCode::RoleNotPermitted } else { ErrorCode::BranchNotPermitted };
        assert_eq!(other.submit(application(), request.clone()).await, Err(expected), "another branch: {kind}");
        let denied = Err(ErrorCode::RoleNotPermitted);
        assert_eq!(auditor.submit(application(), request.clone()).await, denied, "an auditor: {kind}");
        if !forced {
            assert_eq!(head.submit(application(), request.clone()).await, denied, "head office: {kind}");
            continue;
        }
        assert_eq!(here.submit(application(), request).await, denied, "a teller stops nobody by force");
    }
    // Another branch's supervisor approves nothing, nor does the one who brought it in.
    let id = application();
    here.submit(id, requests(&world).remove(1)).await.unwrap();
    other.staff = other.terminal.sign_in("S3001").await;
    let approve = CustomerCommand::ApproveApplication { application: id };
    assert_eq!(other.send(approve.clone(), None).await, Err(ErrorCode::BranchNotPermitted));
    assert_eq!(here.send(approve, None).await, Err(ErrorCode::RoleNotPermitted));

    // A new name comes with a rename and with nothing else.
    let rename = here.submission(application(), requests(&world).remove(3));
    assert_eq!(here.send(rename, Some(details(false))).await, Err(ErrorCode::AttachmentMismatch));
    let close = here.submission(application(), requests(&world).remove(1));
    assert_eq!(here.send(close, Some(details(true))).await, Err(ErrorCode::AttachmentMismatch));

    // What the calendar does, nobody does in its place.
    let supervisor = Attacker::here(&world, "S2001").await;
    let certificate: CertificateId = world.view().await.certificates.remove(0).certificate_id.parse().unwrap();
    for command in [
        CustomerCommand::CloseContract { contract: old() },
        CustomerCommand::ExpireCertificate { certificate },
        CustomerCommand::EndGrace { certificate },
        CustomerCommand::LapseRight { certificate },
    ] {
        assert_eq!(supervisor.send(command.clone(), None).await, Err(ErrorCode::RoleNotPermitted), "{command:?}");
    }
    assert_eq!(world.told().await, ["good", "good"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_again_and_again_it_happens_once() {
    let world = world(|_| {}).await;
    // In an order in which each leaves something for the next; what is closed last is the contract that came of it.
    for n in [3, 4, 0, 2, 1] {
        let mut request = requests(&world).remove(n);
        if let Request::Close { contract, .. } = &mut request {
            *contract = NEW.parse().unwrap();
        }
        let forced = matches!(request, Request::ForceStop { .. });
        let (teller, supervisor) = if forced { ("H9001", "H9002") } else { ("T1001", "S2001") };
        let teller = Attacker::here(&world, teller).await;
        let supervisor = Attacker::here(&world, supervisor).await;
        let id = application();
        let submit = || teller.submit(id, request.clone());
        let (a, b, c, d) = tokio::join!(submit(), submit(), submit(), submit());
        let submitted = [a, b, c, d];
        assert_eq!(submitted.iter().filter(|answer| answer.is_ok()).count(), 1, "{n}: {submitted:?}");
        assert!(submitted.iter().all(|answer| matches!(answer, Ok(()) | Err(ErrorCode::ApplicationExists))));
        let approve = || supervisor.send(CustomerCommand::ApproveApplication { application: id }, None);
        let (a, b, c, d) = tokio::join!(approve(), approve(), approve(), approve());
        let approved = [a, b, c, d];
        assert_eq!(approved.iter().filter(|answer| answer.is_ok()).count(), 1, "{n}: {approved:?}");
        assert!(approved.iter().all(|answer| matches!(answer, Ok(()) | Err(ErrorCode::ApplicationState))));
        let withdraw = CustomerCommand::WithdrawApplication { application: id };
        assert_eq!(teller.send(withdraw, None).await, Err(ErrorCode::ApplicationState), "too late");
    }
    world.finish().await;
}
