//! The first start of a desk, step by step: where the centre is, which one it is, and the invitation. Nothing is believed of a
//! centre before its fingerprint was compared with what is on paper, and nothing is sent to it before that. Every step can be
//! done again: the key stays the same, and the same key gets the first answer.

use std::time::Duration;

use domain::{ErrorCode, Refusal};
use wire::api::enrol::PresentedRoot;
use wire::fingerprint::{Fingerprint, Told};
use wire::invitation::Paper;

use super::{certificate_pem, enrol_by, keep, pem};
use crate::config::Config;
use crate::error::DeskError;
use crate::profile::Profile;
use crate::secrets::Secrets;
use crate::view::{EnrolForm, EnrolPaper, EnrolPresented};

/// Where the enrolment of a centre is, unless the address says otherwise.
const PORT: u16 = 8442;
/// A centre that does not answer by then is out of reach.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than any certificate.
const ROOT_MOST: usize = 64 * 1024;

/// Full-width letters, as an IME leaves them.
fn half(text: &str) -> String {
    let half = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    text.trim().chars().map(half).collect()
}

/// `https://host:port` of what was typed: a name or an address, with or without scheme and port.
fn address(typed: &str) -> Result<String, Refusal> {
    let malformed = || Refusal::new(ErrorCode::CentreAddressMalformed).at("centre");
    let typed = half(typed).to_ascii_lowercase();
    if typed.is_empty() {
        return Err(Refusal::new(ErrorCode::TextMissing).at("centre"));
    }
    let whole = if typed.contains("://") { typed } else { format!("https://{typed}") };
    let url = reqwest::Url::parse(&whole).map_err(|_| malformed())?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if url.scheme() != "https" || !plain {
        return Err(malformed());
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(malformed)?;
    // The scheme's own port is no port that was typed, unless somebody typed it.
    let typed_443 = whole.trim_end_matches('/').ends_with(":443");
    let port = url.port().unwrap_or(if typed_443 { 443 } else { PORT });
    Ok(format!("https://{host}:{port}"))
}

/// The one line of an invitation's paper.
///
/// # Errors
/// [`ErrorCode::InvitationTextMalformed`].
pub fn read_paper(text: &str) -> Result<EnrolPaper, DeskError> {
    let Paper { centre, fingerprint, invitation } = Paper::parse(&half(text)).map_err(|refusal| refusal.at("paper"))?;
    Ok(EnrolPaper { centre, fingerprint, invitation })
}

/// The fingerprint of a root certificate that was brought as a file.
///
/// # Errors
/// [`ErrorCode::RootMalformed`].
pub fn read_root(file: &[u8]) -> Result<String, DeskError> {
    let malformed = || Refusal::new(ErrorCode::RootMalformed).at("fingerprint");
    let text = certificate_pem(file);
    let (_, read) = x509_parser::pem::parse_x509_pem(text.as_bytes()).map_err(|_| malformed())?;
    read.parse_x509().map_err(|_| malformed())?;
    Ok(Fingerprint::of(&read.contents).to_hex())
}

/// Asks who answers at an address. Its certificate is not looked at: it is what is being asked for.
async fn presented(config: &Config, url: &str) -> Result<Vec<u8>, DeskError> {
    let at = |code: ErrorCode| DeskError::from(Refusal::new(code).at("centre"));
    let client = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).timeout(PATIENCE);
    let client = config.routed(client)?.build().map_err(|e| DeskError::Internal(e.to_string()))?;
    let asked = client.get(format!("{url}/api/enrol/v1/root")).send().await;
    let answer = asked.map_err(|error| {
        tracing::info!(error = %error.without_url(), "no centre at the address");
        at(ErrorCode::Offline)
    })?;
    let octets = match answer.status().is_success() && answer.content_length().is_none_or(|n| n <= ROOT_MOST as u64) {
        true => answer.bytes().await.map_err(|_| at(ErrorCode::Offline))?,
        false => return Err(at(ErrorCode::CentreNotThere)),
    };
    let root = serde_json::from_slice::<PresentedRoot>(&octets).map_err(|_| at(ErrorCode::CentreNotThere))?.root.0;
    x509_parser::parse_x509_certificate(&root).map_err(|_| at(ErrorCode::CentreNotThere))?;
    Ok(root)
}

/// Is the centre that answers the one that was meant? By the fingerprint on paper; where none was typed, by what somebody has
/// compared on screen.
fn agreed(fingerprint: Fingerprint, form: &EnrolForm) -> Result<(), Refusal> {
    let at = |refusal: Refusal| refusal.at("fingerprint");
    if !form.fingerprint.trim().is_empty() {
        let told = Told::parse(&half(&form.fingerprint)).map_err(at)?;
        return if told.fits(fingerprint) { Ok(()) } else { Err(at(ErrorCode::FingerprintMismatch.into())) };
    }
    match form.compared.as_deref() {
        Some(compared) if compared == fingerprint.to_hex() => Ok(()),
        // Between looking and going on, another one has answered.
        Some(_) => Err(at(ErrorCode::FingerprintMismatch.into())),
        None => Err(at(ErrorCode::FingerprintMissing.into())),
    }
}

/// Shows who answers at the address, in words to be compared with the paper.
///
/// # Errors
/// The address or the fingerprint is malformed, or no centre answers there; each names its field.
pub async fn look(profile: &Profile, form: &EnrolForm) -> Result<EnrolPresented, DeskError> {
    let url = address(&form.centre)?;
    if !form.fingerprint.trim().is_empty() {
        // Before the network is asked.
        Told::parse(&half(&form.fingerprint)).map_err(|refusal| refusal.at("fingerprint"))?;
    }
    let config = Config::read(&profile.dir)?;
    let fingerprint = Fingerprint::of(&presented(&config, &url).await?);
    let fits = match agreed(fingerprint, &EnrolForm { compared: None, ..form.clone() }) {
        Ok(()) => Some(true),
        Err(refusal) if refusal.code == ErrorCode::FingerprintMissing => None,
        Err(_) => Some(false),
    };
    let words = fingerprint.words().into_iter().map(str::to_owned).collect();
    Ok(EnrolPresented { centre: url, words, hex: fingerprint.to_hex(), fits })
}

/// Enrols this PC. From now on the profile opens as a desk.
///
/// # Errors
/// A field is wrong (named), the centre is another one, refuses or is out of reach, or the keyring can't be used.
pub async fn enrol(profile: &Profile, secrets: &Secrets, form: &EnrolForm) -> Result<(), DeskError> {
    let url = address(&form.centre)?;
    if form.invitation.trim().is_empty() {
        return Err(Refusal::new(ErrorCode::TextMissing).at("invitation").into());
    }
    let config = Config::read(&profile.dir)?;
    let root = presented(&config, &url).await?;
    agreed(Fingerprint::of(&root), form)?;
    fault::point("desk-enrol-trusted");
    let identity = enrol_by(&config, &url, &pem(&root), &half(&form.invitation), secrets).await.map_err(placed)?;
    fault::point("desk-enrol-answered");
    keep(profile, secrets, &identity).await
}

/// At which field the centre's answer is shown.
fn placed(error: DeskError) -> DeskError {
    match error {
        DeskError::Centre(answer) if answer.code == ErrorCode::InvitationDenied => {
            answer.refusal().at("invitation").into()
        }
        // Whoever answers now can't prove the root that was compared.
        DeskError::Offline(why) if why.contains("invalid peer certificate") => {
            tracing::warn!(%why, "the centre does not prove its root");
            Refusal::new(ErrorCode::FingerprintMismatch).at("fingerprint").into()
        }
        DeskError::Offline(why) => {
            tracing::info!(%why, "the enrolment got no answer");
            Refusal::new(ErrorCode::Offline).at("centre").into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_address_is_taken_as_people_write_it() {
        for typed in [
            "centre.example.jp",
            "Centre.Example.jp:8442",
            " https://centre.example.jp/ ",
            "ｃｅｎｔｒｅ．ｅｘａｍｐｌｅ．ｊｐ",
        ] {
            assert_eq!(address(typed).unwrap(), "https://centre.example.jp:8442", "{typed}");
        }
        assert_eq!(address("127.0.0.1:9").unwrap(), "https://127.0.0.1:9");
        assert_eq!(address("centre.example.jp:443").unwrap(), "https://centre.example.jp:443");
        for wrong in ["http://centre.example.jp", "https://", "centre/api", "a b", "https://me@centre", "https://c?x=1"]
        {
            let refusal = address(wrong).unwrap_err();
            assert_eq!(
                (refusal.code, refusal.args.get("field").map(String::as_str)),
                (ErrorCode::CentreAddressMalformed, Some("centre")),
                "{wrong}"
            );
        }
        assert_eq!(address("").unwrap_err().code, ErrorCode::TextMissing);
    }

    #[test]
    fn the_fingerprint_decides_and_a_glance_only_for_what_was_seen() {
        let own = Fingerprint::of(b"root");
        let form = |fingerprint: &str, compared: Option<&str>| EnrolForm {
            centre: String::new(),
            fingerprint: fingerprint.into(),
            compared: compared.map(Into::into),
            invitation: String::new(),
        };
        let code = |form: &EnrolForm| agreed(own, form).map_err(|refusal| refusal.code);
        let (hex, other) = (own.to_hex(), Fingerprint::of(b"other").to_hex());
        assert_eq!(code(&form(&own.words().join("　"), None)), Ok(()));
        assert_eq!(code(&form(&hex, Some(&other))), Ok(()));
        assert_eq!(code(&form(&other, Some(&hex))), Err(ErrorCode::FingerprintMismatch), "what is typed counts");
        assert_eq!(code(&form("", Some(&hex))), Ok(()));
        assert_eq!(code(&form("", Some(&other))), Err(ErrorCode::FingerprintMismatch));
        assert_eq!(code(&form(" ", None)), Err(ErrorCode::FingerprintMissing));
        assert_eq!(code(&form("あさひ", None)), Err(ErrorCode::FingerprintMalformed));
    }

    #[test]
    fn a_root_is_read_from_either_form_of_file() {
        let key = rcgen::KeyPair::generate().unwrap();
        let root = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        let hex = Fingerprint::of(root.der()).to_hex();
        assert_eq!(read_root(root.der()).unwrap(), hex);
        assert_eq!(read_root(root.pem().as_bytes()).unwrap(), hex);
        for wrong in [b"".as_slice(), b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert_eq!(read_root(wrong).unwrap_err().code(), ErrorCode::RootMalformed);
        }
    }
}
