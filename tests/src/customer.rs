//! The customer on the pickup page, without the page: makes a key, sends a PKCS#10, confirms.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use rcgen::{CertificateParams, KeyPair};
use reqwest::{Client, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wire::Base64;
use wire::api::ErrorAnswer;
use wire::api::portal::{Confirmed, Fetched};
use wire::api::renewal::{Challenge, Presented};

/// What Edge on Windows calls itself.
pub const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0";

/// A customer's browser.
#[derive(Clone)]
pub struct Customer {
    client: Client,
    base: String,
}

/// An answer that is not what was hoped for.
#[derive(Debug)]
pub struct Refused {
    /// HTTP status.
    pub status: StatusCode,
    /// What it says.
    pub answer: ErrorAnswer,
}

impl Customer {
    /// A browser that trusts the centre's root. `portal` is the address of the pickup page.
    pub fn new(portal: &str, root_pem: &str) -> Self {
        Self::with(trusting(root_pem).build().unwrap(), portal)
    }

    /// A browser with a connection of its own.
    pub fn with(client: Client, portal: &str) -> Self {
        Self { client, base: portal.trim_end_matches("/pickup/").to_owned() + "/api/portal/v1" }
    }

    /// A browser at the renewal listener; `wallet` is what it shows (key and certificate, PEM).
    pub fn holder(renewal: &str, root_pem: &str, wallet: Option<&str>) -> Self {
        let mut browser = trusting(root_pem);
        if let Some(pem) = wallet {
            browser = browser.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap());
        }
        let base = renewal.trim_end_matches("/renewal/").to_owned() + "/api/renewal/v1";
        Self { client: browser.build().unwrap(), base }
    }

    /// Whose certificate was shown?
    pub async fn present(&self) -> Result<Presented, Refused> {
        self.ask("open", &json!({})).await
    }

    /// Renews with a PKCS#10.
    pub async fn renew(&self, csr: &[u8], again: bool) -> Result<Fetched, Refused> {
        self.ask("fetch", &json!({ "csr": Base64(csr.to_vec()), "again": again })).await
    }

    /// Renews and confirms; `None` when the line broke.
    pub async fn renew_to_the_end(&self, csr: &[u8], key: &KeyPair) -> Option<Fetched> {
        let body = json!({ "csr": Base64(csr.to_vec()) });
        let fetched: Fetched = self.reach("fetch", &body).await?.unwrap();
        let signature = sign(key, format!("{}{}", fetched.confirm_prefix, fetched.nonce).as_bytes());
        let body = json!({ "certificate_id": fetched.certificate_id, "signature": Base64(signature) });
        self.reach::<Confirmed>("confirm", &body).await?.unwrap();
        Some(fetched)
    }

    /// Confirms by showing the certificate.
    pub async fn confirm_use(&self) -> Result<Confirmed, Refused> {
        self.ask("confirm-use", &json!({})).await
    }

    /// A proof that this key's holder signed for a purpose; `nonce` is the centre's.
    pub async fn proof(&self, certificate: &[u8], key: &KeyPair, purpose: &str) -> Value {
        let challenge: Challenge = self.ask("reacquire/nonce", &json!({})).await.unwrap();
        let message = format!("{}{}\n{purpose}", challenge.prefix, challenge.nonce);
        json!({
            "certificate": Base64(certificate.to_vec()),
            "nonce": challenge.nonce,
            "signature": Base64(sign(key, message.as_bytes())),
        })
    }

    /// Re-acquires with such a proof.
    pub async fn reacquire(&self, proof: &Value, csr: &[u8], again: bool) -> Result<Fetched, Refused> {
        let body = json!({ "proof": proof, "csr": Base64(csr.to_vec()), "again": again });
        self.ask("reacquire/fetch", &body).await
    }

    /// Does the handshake end well, and is the page there?
    pub async fn page(&self) -> Option<StatusCode> {
        let page = self.base.replace("/api/renewal/v1", "/renewal/");
        self.client.get(page).send().await.ok().map(|response| response.status())
    }

    /// Posts any JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        self.ask(path, body).await
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, Refused> {
        self.reach(path, body).await.expect("an answer")
    }

    /// `None` when the line broke.
    async fn reach<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Option<Result<T, Refused>> {
        let response = self.client.post(format!("{}/{path}", self.base)).json(body).send().await.ok()?;
        let status = response.status();
        if status.is_success() {
            return Some(Ok(response.json().await.ok()?));
        }
        Some(Err(Refused { status, answer: response.json().await.ok()? }))
    }

    /// Posts bytes as they are.
    pub async fn post_raw(&self, path: &str, body: Vec<u8>) -> (StatusCode, String) {
        let request =
            self.client.post(format!("{}/{path}", self.base)).header("content-type", "application/json").body(body);
        let response = request.send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// Fetches with a PKCS#10.
    pub async fn fetch(&self, user: &str, code: &str, csr: &[u8]) -> Result<Fetched, Refused> {
        let body = json!({ "user_id": user, "code": code, "csr": Base64(csr.to_vec()) });
        self.ask("fetch", &body).await
    }

    /// Confirms with the key.
    pub async fn confirm(&self, fetched: &Fetched, key: &KeyPair) -> Result<Confirmed, Refused> {
        self.confirm_with(fetched, &signer(key)).await
    }

    /// Confirms with a key that was read beforehand, for benches.
    pub async fn confirm_with(&self, fetched: &Fetched, key: &EcdsaKeyPair) -> Result<Confirmed, Refused> {
        let message = format!("{}{}", fetched.confirm_prefix, fetched.nonce);
        let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec();
        let body = json!({ "certificate_id": fetched.certificate_id, "signature": Base64(signature) });
        self.ask("confirm", &body).await
    }
}

fn trusting(root_pem: &str) -> reqwest::ClientBuilder {
    let root = reqwest::Certificate::from_pem(root_pem.as_bytes()).unwrap();
    Client::builder().tls_certs_only([root]).user_agent(EDGE)
}

/// A client with one keep-alive connection at a time (HTTP/1.1), for benches.
pub fn one_connection(root_pem: &str) -> Client {
    trusting(root_pem).http1_only().build().unwrap()
}

/// The key as WebCrypto uses it: signatures are r‖s.
pub fn signer(key: &KeyPair) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.serialized_der()).unwrap()
}

/// r‖s over a message.
pub fn sign(key: &KeyPair, message: &[u8]) -> Vec<u8> {
    signer(key).sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

/// A fresh P-256 key and its PKCS#10.
pub fn fresh_key() -> (KeyPair, Vec<u8>) {
    let key = KeyPair::generate().unwrap();
    let csr = CertificateParams::default().serialize_request(&key).unwrap().der().to_vec();
    (key, csr)
}
