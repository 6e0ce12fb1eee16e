//! Head office takes over the customers of a file while the service runs: sent in pieces, looked at, and written when somebody has
//! signed for it. One file at a time, in the memory of the instance that writes: nobody's data is on a disk before it is taken over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use domain::branch::BranchCommand;
use domain::id::StaffId;
use domain::{Actor, ErrorCode, Refusal, Role};
use wire::api::import::{
    ImportAsk, ImportEncoding, ImportLook, ImportPhase, ImportPiece, ImportProblem, ImportReport, ImportState, MOST,
    PIECE, PROBLEMS,
};

use super::App;
use super::error::{ApiError, Body};
use super::session::StaffSession;
use crate::import::{Plan, Problem, Report, Step};
use crate::store::act::{Act, Command};
use crate::store::read;
use crate::store::takeover::TakeOver;

/// The file that is here, if any.
#[derive(Default)]
pub(crate) struct Imports(Mutex<Held>);

#[derive(Default)]
struct Held {
    by: Option<StaffId>,
    bytes: Arc<Vec<u8>>,
    encoding: Option<ImportEncoding>,
    /// Its report has numbers alone: what is wrong is beside it, all of it.
    state: ImportState,
    problems: Vec<Problem>,
    /// Of what is being done now.
    cancel: Arc<AtomicBool>,
}

impl Held {
    fn busy(&self) -> bool {
        matches!(self.state.phase, ImportPhase::Looking | ImportPhase::Writing)
    }
}

impl Imports {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Is this the file that somebody has looked at, and has it no bad line?
    fn ready(&self, command: &Command) -> Result<(), Refusal> {
        let Command::Branch(_, BranchCommand::ImportCustomers { sha256, rows }) = command else { return Ok(()) };
        let held = self.held();
        if held.busy() {
            return Err(ErrorCode::ImportUnderWay.into());
        }
        let looked = held.state.report.as_ref().filter(|_| held.state.phase == ImportPhase::Looked);
        match looked.filter(|report| held.state.sha256 == *sha256 && report.rows == u64::from(*rows)) {
            None => Err(ErrorCode::ImportMissing.into()),
            Some(report) if report.problem_count > 0 => Err(ErrorCode::ImportLines.into()),
            Some(_) => Ok(()),
        }
    }
}

/// Only head office, and only where it is written.
fn allowed(app: &App, session: &StaffSession) -> Result<(), ApiError> {
    session.of_head_office()?;
    match *app.writer.leads().borrow() {
        true => Ok(()),
        false => Err(ErrorCode::ImportElsewhere.into()),
    }
}

pub(super) async fn piece(
    session: StaffSession,
    State(app): State<App>,
    Body(piece): Body<ImportPiece>,
) -> Result<StatusCode, ApiError> {
    allowed(&app, &session)?;
    let ImportPiece { sha256, size, from, part } = piece;
    if size > MOST || part.0.len() > PIECE || part.0.is_empty() {
        return Err(ErrorCode::BodyTooLarge.into());
    }
    let mut held = app.imports.held();
    if held.busy() {
        return Err(ErrorCode::ImportUnderWay.into());
    }
    if from == 0 {
        let state = ImportState { phase: ImportPhase::Receiving, sha256, total: size, ..ImportState::default() };
        *held = Held { by: Some(session.staff.id), state, ..Held::default() };
    } else {
        let same = held.by.as_ref() == Some(&session.staff.id)
            && held.state.phase == ImportPhase::Receiving
            && held.state.sha256 == sha256
            && held.bytes.len() as u64 == from;
        if !same {
            return Err(ErrorCode::ImportMissing.into());
        }
    }
    Arc::make_mut(&mut held.bytes).extend_from_slice(&part.0);
    held.state.done = held.bytes.len() as u64;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn look(
    session: StaffSession,
    State(app): State<App>,
    Body(request): Body<ImportLook>,
) -> Result<StatusCode, ApiError> {
    allowed(&app, &session)?;
    {
        let mut held = app.imports.held();
        if held.busy() {
            return Err(ErrorCode::ImportUnderWay.into());
        }
        if held.state.sha256 != request.sha256 || wire::sha256_hex(&held.bytes) != request.sha256 {
            return Err(ErrorCode::ImportMissing.into());
        }
        held.encoding = Some(request.encoding);
    }
    begin(&app, false);
    Ok(StatusCode::ACCEPTED)
}

pub(super) async fn state(
    session: StaffSession,
    State(app): State<App>,
    query: Result<Query<ImportAsk>, QueryRejection>,
) -> Result<Json<ImportState>, ApiError> {
    allowed(&app, &session)?;
    let Query(ImportAsk { from }) = query.map_err(|_| ErrorCode::RequestMalformed)?;
    let held = app.imports.held();
    let mut state = held.state.clone();
    if let Some(report) = &mut state.report {
        let skipped = usize::try_from(from).unwrap_or(usize::MAX);
        report.problems = held.problems.iter().skip(skipped).take(PROBLEMS).map(problem).collect();
        report.problems_from = from;
    }
    Ok(Json(state))
}

/// What is under way is given up; a file that waits is forgotten.
pub(super) async fn cancel(session: StaffSession, State(app): State<App>) -> Result<StatusCode, ApiError> {
    allowed(&app, &session)?;
    let mut held = app.imports.held();
    match held.busy() {
        true => held.cancel.store(true, Ordering::Release),
        false => *held = Held::default(),
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Is this somebody's word for the file that is here, for the first time? With it the writing begins. Who may not give it is
/// refused by the rules.
pub(super) async fn wanted(app: &App, act: &Act) -> Result<bool, Refusal> {
    let (Command::Branch(_, BranchCommand::ImportCustomers { .. }), Actor::Staff { role: Role::HeadOffice, .. }) =
        (&act.command, &act.actor)
    else {
        return Ok(false);
    };
    let answered = read::answered(&app.readers, act.id).await;
    if answered.map_err(|fault| ApiError::from(fault).into_refusal())? {
        return Ok(false);
    }
    if !*app.writer.leads().borrow() {
        return Err(ErrorCode::ImportElsewhere.into());
    }
    app.imports.ready(&act.command).map(|()| true)
}

/// Reads the file that is here, and has the writer compare or write it. Whoever began it asks how far it is.
pub(super) fn begin(app: &App, write: bool) {
    let (bytes, encoding, cancel) = {
        let mut held = app.imports.held();
        held.cancel = Arc::default();
        held.state.phase = if write { ImportPhase::Writing } else { ImportPhase::Looking };
        (held.state.done, held.state.total, held.state.failed) = (0, 0, None);
        held.state.failed_args.clear();
        (Arc::clone(&held.bytes), held.encoding, Arc::clone(&held.cancel))
    };
    let app = app.clone();
    tokio::spawn(async move {
        let done = run(&app, bytes, encoding, (write, cancel)).await;
        let mut held = app.imports.held();
        match done {
            Ok(mut report) => {
                held.problems = std::mem::take(&mut report.problems);
                held.state.phase = if report.written { ImportPhase::Written } else { ImportPhase::Looked };
                held.state.report = Some(told(&report, held.problems.len()));
            }
            Err(refusal) => {
                held.state.phase = ImportPhase::Failed;
                held.state.failed = Some(refusal.code);
                held.state.failed_args = refusal.args;
            }
        }
        if held.state.phase != ImportPhase::Looked {
            // Nobody needs it any more.
            held.bytes = Arc::default();
        }
    });
}

async fn run(
    app: &App,
    bytes: Arc<Vec<u8>>,
    encoding: Option<ImportEncoding>,
    (write, cancel): (bool, Arc<AtomicBool>),
) -> Result<Report, Refusal> {
    let telling = app.clone();
    let seen = move |step: Step| {
        let mut held = telling.imports.held();
        let (done, total) = match step {
            Step::Read(lines) => (lines as u64, 0),
            Step::Compared => return,
            Step::Written(done, total) => (done as u64, total as u64),
            Step::Committing => (held.state.total, held.state.total),
        };
        (held.state.done, held.state.total) = (done, total);
    };
    let reading = seen.clone();
    let read = tokio::task::spawn_blocking(move || Plan::read(&bytes, encoding, &mut |step| reading(step)));
    let plan = match read.await {
        Ok(Ok(plan)) => plan,
        Ok(Err(error)) => {
            // Its own words go to whoever sent it; they may quote the file.
            tracing::info!(why = error.what(), "a file of customers can't be read");
            return Err(error.refusal());
        }
        Err(_) => return Err(ErrorCode::Internal.into()),
    };
    app.writer.take_over(TakeOver { plan: Mutex::new(Some(plan)), write, cancel, seen: Box::new(seen) }).await
}

/// The numbers of it.
fn told(report: &Report, problems: usize) -> ImportReport {
    ImportReport {
        rows: report.rows as u64,
        customers: report.customers as u64,
        known_customers: report.known_customers as u64,
        contracts: report.contracts as u64,
        users: report.users as u64,
        problem_count: problems as u64,
        ..ImportReport::default()
    }
}

fn problem(one: &Problem) -> ImportProblem {
    ImportProblem { line: one.line, column: one.column.to_owned(), code: one.code, args: one.args.clone() }
}
