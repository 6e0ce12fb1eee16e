//! The desk behind the window: started beside it, so that the window can say what is going on.

use std::sync::{Arc, Mutex, PoisonError};

use desk::profile::{Profile, Share};
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
    training: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Serialize)]
struct Changed {
    topics: Vec<&'static str>,
}

impl Shell {
    pub(crate) fn start(app: AppHandle, options: Options) -> Self {
        let shell = Self { training: options.training, state: Arc::new(Mutex::new(State::Starting)) };
        let starting = shell.clone();
        // Opening works on files and child processes for seconds: it gets a thread of its own.
        tauri::async_runtime::spawn_blocking(move || {
            let state = match tauri::async_runtime::block_on(open(&options)) {
                Ok(opened) => {
                    announce(app.clone(), opened.desk.clone());
                    State::Open(Box::new(opened))
                }
                Err(error) => State::Stopped(error.view()),
            };
            *starting.held() = state;
            let _ = app.emit("desk://changed", Changed { topics: vec!["status"] });
        });
        shell
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
            training: self.training,
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
            tauri::async_runtime::block_on(async {
                match opened.training {
                    Some(training) => training.stop().await,
                    None => opened.desk.close().await,
                }
            });
        }
    }
}

async fn open(options: &Options) -> Result<Opened, DeskError> {
    let profile = Profile::find(options.profile.clone(), options.training)
        .ok_or_else(|| DeskError::Internal("no folder for application data".into()))?;
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
