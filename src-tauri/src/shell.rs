//! The desk behind the window: started beside it, so that the window can say what is going on. A PC that is not enrolled gets
//! its enrolment screen, and goes on from there without a restart.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use desk::enrol::first;
use desk::profile::{Profile, Share};
use desk::secrets::Secrets;
use desk::training::Training;
use desk::view::{DeskState, EnrolForm, EnrolPresented, ErrorView, Status, TrainingAccount};
use desk::{Desk, DeskError, Over, cut_off};
use domain::ErrorCode;
use serde::Serialize;
use tauri::{AppHandle, Emitter as _};
use tokio::sync::watch;

use crate::options::Options;

enum State {
    Starting,
    NotEnrolled,
    Open(Box<Opened>),
    Stopped(ErrorView),
}

struct Opened {
    desk: Desk,
    training: Option<Training>,
}

/// What the window's commands are given.
#[derive(Clone)]
pub(crate) struct Shell {
    options: Arc<Options>,
    state: Arc<Mutex<State>>,
    /// One enrolment at a time.
    enrolling: Arc<tokio::sync::Mutex<()>>,
    /// When the program began, until the first screen is shown.
    begun: Arc<Mutex<Option<Instant>>>,
}

#[derive(Clone, Serialize)]
struct Changed {
    topics: Vec<&'static str>,
}

fn tell(app: &AppHandle, topics: &[&'static str]) {
    let _ = app.emit("desk://changed", Changed { topics: topics.to_vec() });
}

impl Shell {
    pub(crate) fn start(app: AppHandle, options: Options, begun: Instant) -> Self {
        let state = Arc::new(Mutex::new(State::Starting));
        let begun = Arc::new(Mutex::new(Some(begun)));
        let shell = Self { options: Arc::new(options), state, enrolling: Arc::default(), begun };
        let starting = shell.clone();
        tauri::async_runtime::spawn_blocking(move || tauri::async_runtime::block_on(starting.open(app)));
        shell
    }

    fn held(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the desk, or says why it can't be.
    async fn open(&self, app: AppHandle) {
        let state = match open(&self.options).await {
            Ok(opened) => {
                announce(app.clone(), opened.desk.clone());
                if opened.training.is_none() {
                    tauri::async_runtime::spawn(self.clone().follow(app.clone(), opened.desk.over()));
                }
                State::Open(Box::new(opened))
            }
            Err(error) if error.code() == ErrorCode::NotEnrolled => State::NotEnrolled,
            Err(error) => State::Stopped(error.view()),
        };
        *self.held() = state;
        tell(&app, &["status"]);
    }

    /// 台帳の写しの取り直し, where the desk has stopped for a reason that this helps against.
    pub(crate) async fn fetch_again(&self, app: AppHandle) -> Result<(), ErrorView> {
        match self.status().await?.stopped {
            Some(why) if !desk::afresh::helps(why.code) => return Err(why),
            None => return Err(DeskError::from(ErrorCode::Unavailable).view()),
            Some(_) => {}
        }
        let was = std::mem::replace(&mut *self.held(), State::Starting);
        tell(&app, &["status"]);
        // To begin the training over is another wish.
        let options = Options { fresh: false, ..(*self.options).clone() };
        let shell = Self { options: Arc::new(options), ..self.clone() };
        tauri::async_runtime::spawn_blocking(move || {
            tauri::async_runtime::block_on(async {
                if let State::Open(opened) = was {
                    opened.close().await;
                }
                match shell.begin_afresh().await {
                    Ok(()) => shell.open(app).await,
                    Err(error) => {
                        *shell.held() = State::Stopped(error.view());
                        tell(&app, &["status"]);
                    }
                }
            });
        });
        Ok(())
    }

    async fn begin_afresh(&self) -> Result<(), DeskError> {
        let profile = self.profile()?;
        desk::afresh::begin(&profile, &Secrets::of(&profile)?).await.map(drop)
    }

    /// A desk that works for another branch is opened again, and fetches that one's copy.
    async fn follow(self, app: AppHandle, mut over: watch::Receiver<Over>) {
        if over.wait_for(|over| *over == Over::Moved).await.is_ok() {
            *self.held() = State::Starting;
            tell(&app, desk::Topics::ALL.names());
            // On a thread of its own, as at the start.
            tauri::async_runtime::spawn_blocking(move || tauri::async_runtime::block_on(self.open(app)));
        }
    }

    /// A screen that takes input is shown: how long the start has taken is told once.
    pub(crate) fn first_screen(&self) {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(begun) = begun {
            tracing::info!(ms = begun.elapsed().as_millis(), "the first screen is shown");
        }
    }

    /// The desk, once it is open.
    pub(crate) fn desk(&self) -> Result<Desk, ErrorView> {
        match &*self.held() {
            State::Open(opened) => Ok(opened.desk.clone()),
            State::Starting => Err(DeskError::from(ErrorCode::Unavailable).view()),
            State::NotEnrolled => Err(DeskError::from(ErrorCode::NotEnrolled).view()),
            State::Stopped(error) => Err(error.clone()),
        }
    }

    /// The frame's data; also before the desk is open, and when it could not be.
    pub(crate) async fn status(&self) -> Result<Status, ErrorView> {
        let (state, stopped) = match &*self.held() {
            State::Open(opened) => (None, Some(opened.desk.clone())),
            State::Starting => (Some((DeskState::Starting, None)), None),
            State::NotEnrolled => (Some((DeskState::NotEnrolled, None)), None),
            State::Stopped(error) => (Some((DeskState::Stopped, Some(error.clone()))), None),
        };
        if let Some(desk) = stopped {
            return desk.status().await.map_err(|e| e.view());
        }
        let (state, stopped) = state.unwrap_or((DeskState::Starting, None));
        Ok(Status::bare(state, stopped, self.options.training))
    }

    pub(crate) fn training_accounts(&self) -> Vec<TrainingAccount> {
        match &*self.held() {
            State::Open(opened) => opened.training.as_ref().map(|t| t.accounts.clone()).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn profile(&self) -> Result<Profile, DeskError> {
        profile(&self.options)
    }

    /// Who answers at the address that was typed?
    pub(crate) async fn look(&self, form: &EnrolForm) -> Result<EnrolPresented, ErrorView> {
        let profile = self.profile().map_err(|e| e.view())?;
        first::look(&profile, form).await.map_err(|e| e.view())
    }

    /// Enrols this PC and opens the desk. Pressed twice, it is done once.
    pub(crate) async fn enrol(&self, app: AppHandle, form: EnrolForm) -> Result<Status, ErrorView> {
        let shell = self.clone();
        apart(move || async move {
            let _turn = shell.enrolling.lock().await;
            if matches!(&*shell.held(), State::NotEnrolled) {
                let profile = shell.profile()?;
                first::enrol(&profile, &Secrets::keyring(&profile.dir)?, &form).await?;
                shell.open(app).await;
            }
            Ok(())
        })
        .await?;
        self.status().await
    }

    /// A PC that was revoked is to be enrolled as another terminal.
    pub(crate) async fn enrol_again(&self, app: AppHandle) -> Result<Status, ErrorView> {
        let shell = self.clone();
        apart(move || async move {
            let _turn = shell.enrolling.lock().await;
            let profile = shell.profile()?;
            cut_off::start_over(&profile, &Secrets::keyring(&profile.dir)?)?;
            shell.open(app).await;
            Ok(())
        })
        .await?;
        self.status().await
    }

    /// The window is closing: the training centre ends with it.
    pub(crate) fn stop(&self) {
        let state = std::mem::replace(&mut *self.held(), State::Starting);
        if let State::Open(opened) = state {
            tauri::async_runtime::block_on(opened.close());
        }
    }
}

impl Opened {
    async fn close(self) {
        match self.training {
            Some(training) => training.stop().await,
            None => self.desk.close().await,
        }
    }
}

/// Opening, and the keyring, work on files and other programs for seconds: they get a thread of their own.
async fn apart<F: Future<Output = Result<(), DeskError>>>(
    work: impl FnOnce() -> F + Send + 'static,
) -> Result<(), ErrorView> {
    let done = tauri::async_runtime::spawn_blocking(move || tauri::async_runtime::block_on(work())).await;
    done.map_err(|error| DeskError::Internal(error.to_string())).and_then(|done| done).map_err(|error| error.view())
}

fn profile(options: &Options) -> Result<Profile, DeskError> {
    Profile::find(options.profile.clone(), options.training)
        .ok_or_else(|| DeskError::Internal("no folder for application data".into()))
}

async fn open(options: &Options) -> Result<Opened, DeskError> {
    let profile = profile(options)?;
    if options.training {
        let share = Share::find()
            .ok_or_else(|| DeskError::Internal("the training centre is not installed beside this program".into()))?;
        let training = Training::start(profile, &share, options.fresh).await?;
        return Ok(Opened { desk: training.desk.clone(), training: Some(training) });
    }
    Ok(Opened { desk: Desk::open_enrolled(profile).await?, training: None })
}

fn announce(app: AppHandle, desk: Desk) {
    let mut changes = desk.changes();
    tauri::async_runtime::spawn(async move {
        use tokio::sync::broadcast::error::RecvError;
        loop {
            let topics = match changes.recv().await {
                Ok(topics) => topics,
                // The window was too slow to hear each: it reads everything again.
                Err(RecvError::Lagged(_)) => desk::Topics::ALL,
                Err(RecvError::Closed) => return,
            };
            tell(&app, topics.names());
        }
    });
}
