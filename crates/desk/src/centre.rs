//! Speaks to the centre: requests and their errors, nothing else. The centre is pinned by its root; the terminal shows
//! its certificate.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::branch::TakenAlong;
use domain::id::BranchCode;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use wire::api::ErrorAnswer;
use wire::api::branch::AskTakenAlong;
use wire::api::command::{CommandAccepted, PushCommand};
use wire::api::feed::FeedAnswer;
use wire::api::history::{AskHistory, History};
use wire::api::import::{ImportLook, ImportPiece, ImportState};
use wire::api::policy::{AskOutlook, PolicyOutlook};
use wire::api::recovery::{SendBack, SentBack};
use wire::api::session::{SignIn, SignedIn, TerminalInfo, VerifyPassword};
use wire::api::stop::StopTarget;
use wire::api::terminal::{DESK_HEADER, DeskNote, RenewedCertificate, TerminalNews};
use wire::api::viewed::Viewed;

use crate::config::Config;
use crate::desk::held;
use crate::enrol::Identity;
use crate::error::{DeskError, lost};

/// Longest wait of the feed, seconds.
const FEED_WAIT_S: u32 = 25;

/// The way to the centre.
#[derive(Clone)]
pub(crate) struct Centre {
    /// Other ones take their place when the terminal has another certificate.
    lines: Arc<Mutex<Lines>>,
    url: String,
}

#[derive(Clone)]
struct Lines {
    client: Client,
    /// A stop goes over a connection of its own, a fresh one each time: none that hangs without anybody knowing.
    stop: Client,
    /// The feed has a connection of its own: an act never stands behind a million leaves.
    feed: Client,
}

async fn answered(response: Response) -> Result<Response, DeskError> {
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status();
    match response.json::<ErrorAnswer>().await {
        Ok(answer) => Err(DeskError::Centre(answer)),
        // Not our service's words: a proxy, or a service that is stopping.
        Err(_) => Err(DeskError::Offline(format!("status {status}"))),
    }
}

/// Sends it and reads the answer.
async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, DeskError> {
    answered(request.send().await.map_err(lost)?).await?.json().await.map_err(lost)
}

/// The same where nothing but a yes comes back.
async fn done(request: RequestBuilder) -> Result<(), DeskError> {
    answered(request.send().await.map_err(lost)?).await.map(drop)
}

impl Lines {
    fn new(identity: &Identity, config: &Config, key_pkcs8: &[u8]) -> Result<Self, DeskError> {
        let fail = |e: reqwest::Error| DeskError::Internal(e.to_string());
        let key = zeroize::Zeroizing::new(STANDARD.encode(key_pkcs8));
        let pem = zeroize::Zeroizing::new(format!(
            "{}-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            identity.certificate,
            key.as_str()
        ));
        let client = || -> Result<reqwest::ClientBuilder, DeskError> {
            let shown = reqwest::Identity::from_pem(pem.as_bytes()).map_err(fail)?;
            // A line that is cut without a word is noticed by a question that gets no answer.
            Ok(config
                .client(&identity.root)?
                .identity(shown)
                .connect_timeout(Duration::from_secs(5))
                .timeout(Duration::from_secs(15))
                .http2_keep_alive_interval(Duration::from_secs(10))
                .http2_keep_alive_timeout(Duration::from_secs(5))
                .http2_keep_alive_while_idle(true))
        };
        let built = |builder: reqwest::ClientBuilder| builder.build().map_err(fail);
        let stop = client()?.pool_max_idle_per_host(0).timeout(Duration::from_secs(10));
        Ok(Self { client: built(client()?)?, stop: built(stop)?, feed: built(client()?)? })
    }
}

impl Centre {
    pub(crate) fn new(identity: &Identity, config: &Config, url: &str, key_pkcs8: &[u8]) -> Result<Self, DeskError> {
        let lines = Lines::new(identity, config, key_pkcs8)?;
        Ok(Self { lines: Arc::new(Mutex::new(lines)), url: format!("{url}/api/terminal/v1") })
    }

    /// Shows another certificate from now on. What is under way is finished as it was begun.
    pub(crate) fn show(&self, identity: &Identity, config: &Config, key_pkcs8: &[u8]) -> Result<(), DeskError> {
        *held(&self.lines) = Lines::new(identity, config, key_pkcs8)?;
        Ok(())
    }

    fn lines(&self) -> Lines {
        held(&self.lines).clone()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.lines().client.request(method, format!("{}/{path}", self.url))
    }

    pub(crate) async fn info(&self) -> Result<TerminalInfo, DeskError> {
        read(self.request(Method::GET, "info")).await
    }

    /// Another certificate for this terminal.
    pub(crate) async fn renew(&self) -> Result<RenewedCertificate, DeskError> {
        read(self.request(Method::POST, "certificate")).await
    }

    /// What the centre knows of every terminal beside the log.
    pub(crate) async fn terminals(&self, token: &str) -> Result<Vec<TerminalNews>, DeskError> {
        read(self.request(Method::GET, "terminals").bearer_auth(token)).await
    }

    pub(crate) async fn sign_in(&self, request: &SignIn) -> Result<SignedIn, DeskError> {
        read(self.request(Method::POST, "session").json(request)).await
    }

    pub(crate) async fn sign_out(&self, token: &str) -> Result<(), DeskError> {
        done(self.request(Method::DELETE, "session").bearer_auth(token)).await
    }

    pub(crate) async fn verify(&self, token: &str, password: &str) -> Result<(), DeskError> {
        let asked = VerifyPassword { password: password.to_owned() };
        done(self.request(Method::POST, "session/verify").bearer_auth(token).json(&asked)).await
    }

    pub(crate) async fn push(&self, token: &str, request: &PushCommand) -> Result<CommandAccepted, DeskError> {
        self.push_by(&self.lines().client, token, request).await
    }

    /// The same for a stop, which waits for nothing.
    pub(crate) async fn push_stop(&self, token: &str, request: &PushCommand) -> Result<CommandAccepted, DeskError> {
        self.push_by(&self.lines().stop, token, request).await
    }

    async fn push_by(&self, client: &Client, token: &str, request: &PushCommand) -> Result<CommandAccepted, DeskError> {
        let mut push = client.post(format!("{}/commands", self.url)).json(request);
        if !token.is_empty() {
            push = push.bearer_auth(token);
        }
        read(push).await
    }

    pub(crate) async fn send_back(&self, piece: &SendBack) -> Result<SentBack, DeskError> {
        read(self.request(Method::POST, "recovery").json(piece)).await
    }

    pub(crate) async fn stop_target(&self, token: &str, id: &str) -> Result<StopTarget, DeskError> {
        let address = format!("{}/stop-target", self.url);
        let url =
            reqwest::Url::parse_with_params(&address, [("id", id)]).map_err(|e| DeskError::Internal(e.to_string()))?;
        read(self.lines().client.get(url).bearer_auth(token)).await
    }

    pub(crate) async fn history(&self, asked: &AskHistory) -> Result<History, DeskError> {
        read(self.request(Method::POST, "history").json(asked)).await
    }

    pub(crate) async fn policy_outlook(&self, token: &str, asked: &AskOutlook) -> Result<PolicyOutlook, DeskError> {
        read(self.request(Method::POST, "policy/outlook").bearer_auth(token).json(asked)).await
    }

    pub(crate) async fn taken_along(&self, token: &str, asked: &AskTakenAlong) -> Result<TakenAlong, DeskError> {
        read(self.request(Method::POST, "branch/outlook").bearer_auth(token).json(asked)).await
    }

    pub(crate) async fn import_piece(&self, token: &str, piece: &ImportPiece) -> Result<(), DeskError> {
        done(self.request(Method::POST, "import/piece").bearer_auth(token).json(piece)).await
    }

    pub(crate) async fn import_look(&self, token: &str, look: &ImportLook) -> Result<(), DeskError> {
        done(self.request(Method::POST, "import/look").bearer_auth(token).json(look)).await
    }

    /// Problems of its report are named from this one on.
    pub(crate) async fn import_state(&self, token: &str, from: u64) -> Result<ImportState, DeskError> {
        read(self.request(Method::GET, &format!("import?from={from}")).bearer_auth(token)).await
    }

    pub(crate) async fn import_cancel(&self, token: &str) -> Result<(), DeskError> {
        done(self.request(Method::DELETE, "import").bearer_auth(token)).await
    }

    pub(crate) async fn viewed(&self, token: &str, viewed: &Viewed) -> Result<(), DeskError> {
        done(self.request(Method::POST, "viewed").bearer_auth(token).json(viewed)).await
    }

    pub(crate) async fn feed(
        &self,
        (branch, note): (&BranchCode, &DeskNote),
        from: u64,
        epoch: u32,
        wait: bool,
        limit: u32,
    ) -> Result<(FeedAnswer, usize), DeskError> {
        let wait_s = if wait { FEED_WAIT_S } else { 0 };
        let response = self
            .lines()
            .feed
            .get(format!("{}/feed?from={from}&epoch={epoch}&limit={limit}&wait_s={wait_s}&branch={branch}", self.url))
            .header(DESK_HEADER, note.to_header())
            .timeout(Duration::from_secs(u64::from(FEED_WAIT_S) + 15))
            .send()
            .await
            .map_err(lost)?;
        let octets = answered(response).await?.bytes().await.map_err(lost)?;
        // Whatever answers in another form is not our service: a page of a proxy, or an answer cut short.
        let answer = FeedAnswer::from_bytes(&octets).map_err(|e| DeskError::Offline(e.to_string()))?;
        Ok((answer, octets.len()))
    }
}
