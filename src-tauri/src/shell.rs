//! The desk behind the window: started beside it, so that the window can say what is going on.

use std::sync::{Arc, Mutex, PoisonError};

use desk::profile::{Profile, Share};
use desk::secrets::Secrets;
use desk::training::Training;
use desk::view::{Counts, DeskState, ErrorView, Status, TrainingAccount};
use desk::{Desk, DeskError};
use domain::ErrorCode;
use serde::Serialize;
use tauri::{AppHandle, Emitter as _};

use crate::options::Options;

enum State {
    Starting,
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
    app: AppHandle,
    options: Options,
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Serialize)]
struct Changed {
    topics: Vec<&'static str>,
}

impl Shell {
    pub(crate) fn start(app: AppHandle, options: Options) -> Self {
        let shell = Self { app, options, state: Arc::new(Mutex::new(State::Starting)) };
        shell.begin(shell.options.clone(), async || Ok(()));
        shell
    }

    /// Opens the desk, after what has to be done before. Works on files and child processes for seconds: on a thread of its own.
    fn begin(&self, options: Options, before: impl AsyncFnOnce() -> Result<(), DeskError> + Send + 'static) {
        let starting = self.clone();
        tauri::async_runtime::spawn_blocking(move || {
            let opened = tauri::async_runtime::block_on(async {
                before().await?;
                open(&options).await
            });
            let state = match opened {
                Ok(opened) => {
                    announce(starting.app.clone(), opened.desk.clone());
                    State::Open(Box::new(opened))
                }
                Err(error) => State::Stopped(error.view()),
            };
            *starting.held() = state;
            starting.changed();
        });
    }

    fn changed(&self) {
        let _ = self.app.emit("desk://changed", Changed { topics: vec!["status"] });
    }

    /// 台帳の写しの取り直し, where the desk has stopped for a reason that this helps against.
    pub(crate) async fn fetch_again(&self) -> Result<(), ErrorView> {
        match self.status().await?.stopped {
            Some(why) if !desk::afresh::helps(why.code) => return Err(why),
            None => return Err(DeskError::from(ErrorCode::Unavailable).view()),
            Some(_) => {}
        }
        let was = std::mem::replace(&mut *self.held(), State::Starting);
        self.changed();
        // To begin the training over is another wish.
        let options = Options { fresh: false, ..self.options.clone() };
        let profile = profile(&options).map_err(|e| e.view())?;
        self.begin(options, async move || {
            if let State::Open(opened) = was {
                opened.close().await;
            }
            let secrets = Secrets::of(&profile)?;
            desk::afresh::begin(&profile, &secrets).await.map(|_| ())
        });
        Ok(())
    }

    fn held(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The desk, once it is open.
    pub(crate) fn desk(&self) -> Result<Desk, ErrorView> {
        match &*self.held() {
            State::Open(opened) => Ok(opened.desk.clone()),
            State::Starting => Err(DeskError::from(ErrorCode::Unavailable).view()),
            State::Stopped(error) => Err(error.clone()),
        }
    }

    /// The frame's data; also before the desk is open, and when it could not be.
    pub(crate) async fn status(&self) -> Result<Status, ErrorView> {
        let (state, stopped) = match &*self.held() {
            State::Open(opened) => (None, Some(opened.desk.clone())),
            State::Starting => (Some((DeskState::Starting, None)), None),
            State::Stopped(error) => (Some((DeskState::Stopped, Some(error.clone()))), None),
        };
        if let Some(desk) = stopped {
            return desk.status().await.map_err(|e| e.view());
        }
        let (state, stopped) = state.unwrap_or((DeskState::Starting, None));
        Ok(Status {
            state,
            stopped,
            training: self.options.training,
            institution_name: String::new(),
            branch_code: String::new(),
            branch_name: String::new(),
            terminal_label: String::new(),
            staff: None,
            online: false,
            clock_offset_s: 0,
            idle_lock_minutes: 5,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pickup_url: String::new(),
            counts: Counts::default(),
            offline_until: None,
            queued_stops: Vec::new(),
            emergency: Vec::new(),
            progress: None,
            recovering: false,
            lost: 0,
            refetched: None,
        })
    }

    pub(crate) fn training_accounts(&self) -> Vec<TrainingAccount> {
        match &*self.held() {
            State::Open(opened) => opened.training.as_ref().map(|t| t.accounts.clone()).unwrap_or_default(),
            _ => Vec::new(),
        }
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
            let _ = app.emit("desk://changed", Changed { topics: topics.names().to_vec() });
        }
    });
}
