//! SMTP: one mail after the other over one connection. Says what became of each; keeps nothing.

use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;

use super::letterhead::line;
use super::queue::Due;
use crate::config::{Config, MailTls};

/// A server that is silent so long is treated as gone. Bounds a whole mail, not each read.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the server is reached.
pub(crate) struct Server {
    host: String,
    port: u16,
    mode: MailTls,
    tls: Option<TlsParameters>,
    hello: ClientId,
    credentials: Option<Credentials>,
    from: Mailbox,
}

/// What became of a mail.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The server has it.
    Accepted,
    /// Try again: the server's words, or what is wrong with the line.
    Later(String),
    /// It will never take it.
    Refused(String),
}

/// RFC 3834: nobody's absence note answers this.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Server {
    /// `None` where no mail is configured.
    ///
    /// # Errors
    /// The password is missing, or the CA's file can't be read.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Option<Self>> {
        let mail = &config.mail;
        if mail.host.is_empty() {
            return Ok(None);
        }
        let address: Address = mail.from.parse().context("mail.from is not an address that can be sent from")?;
        let hello = ClientId::Domain(address.domain().to_owned());
        let from = Mailbox::new(Some(line(&config.institution.name)), address);
        let credentials = match mail.user.as_str() {
            "" => None,
            user => Some(Credentials::new(user.to_owned(), password()?)),
        };
        let tls = if mail.tls == MailTls::None { None } else { Some(parameters(config)?) };
        Ok(Some(Self { host: mail.host.clone(), port: mail.port, mode: mail.tls, tls, hello, credentials, from }))
    }

    /// A connection that is ready for mails. Whatever goes wrong here is no mail's fault.
    pub(super) async fn connect(&self) -> Result<Line<'_>, String> {
        let connect = async {
            let wrapped = self.tls.clone().filter(|_| self.mode == MailTls::Tls);
            let at = (self.host.as_str(), self.port);
            let mut smtp = AsyncSmtpConnection::connect_tokio1(at, Some(PATIENCE), &self.hello, wrapped, None).await?;
            if let Some(tls) = self.tls.clone().filter(|_| self.mode == MailTls::Starttls) {
                smtp.starttls(tls, &self.hello).await?;
            }
            if let Some(credentials) = &self.credentials {
                smtp.auth(DEFAULT_MECHANISMS, credentials).await?;
            }
            Ok::<_, lettre::transport::smtp::Error>(smtp)
        };
        match timeout(PATIENCE, connect).await {
            Ok(Ok(smtp)) => Ok(Line { server: self, smtp, broken: false }),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    /// The mail as it goes over the line. Its Message-ID is that of the row: who gets it twice sees that it is one.
    pub(super) fn message(&self, due: &Due) -> anyhow::Result<Message> {
        let at = DateTime::<Utc>::from_timestamp_millis(due.made_ms).context("the time of the mail")?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, due.recipient.parse().context("the customer's address can't be sent to")?))
            .subject(line(&due.subject))
            .date(at.into())
            .message_id(Some(format!("<{}@{}>", due.id, self.from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(due.body.clone())
            .context("the mail can't be written")
    }
}

/// An open connection.
pub(super) struct Line<'a> {
    server: &'a Server,
    smtp: AsyncSmtpConnection,
    broken: bool,
}

impl Line<'_> {
    pub(super) async fn send(&mut self, due: &Due) -> Outcome {
        let message = match self.server.message(due) {
            Ok(message) => message,
            Err(error) => return Outcome::Refused(format!("{error:#}")),
        };
        let sent = timeout(PATIENCE, self.smtp.send(message.envelope(), &message.formatted())).await;
        self.broken = self.smtp.has_broken() || !matches!(sent, Ok(Ok(_)));
        match sent {
            Ok(Ok(_)) => Outcome::Accepted,
            Ok(Err(error)) if error.is_permanent() => Outcome::Refused(error.to_string()),
            Ok(Err(error)) => Outcome::Later(error.to_string()),
            Err(_) => Outcome::Later("no answer in time".to_owned()),
        }
    }

    /// Nothing more goes over it.
    pub(super) fn broken(&self) -> bool {
        self.broken
    }

    pub(super) async fn quit(mut self) {
        let _ = timeout(PATIENCE, self.smtp.quit()).await;
    }
}

fn parameters(config: &Config) -> anyhow::Result<TlsParameters> {
    // The same provider as everywhere; whoever installed one before has chosen.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut builder = TlsParameters::builder(config.mail.host.clone());
    if !config.mail.ca.as_os_str().is_empty() {
        let path = &config.mail.ca;
        let pem = std::fs::read(path).with_context(|| format!("mail.ca: can't read {}", path.display()))?;
        let ca = Certificate::from_pem(&pem).with_context(|| format!("mail.ca: {} is not PEM", path.display()))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(ca);
    }
    builder.build().context("mail: TLS")
}

fn password() -> anyhow::Result<String> {
    crate::config::password("MADOGUCHI_SMTP_PASSWORD")?.context(
        "mail.user is set: set MADOGUCHI_SMTP_PASSWORD to its password, or MADOGUCHI_SMTP_PASSWORD_FILE to a file that \
         holds it",
    )
}
