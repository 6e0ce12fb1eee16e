//! What the machine could do at best: raw signatures of one core, and empty requests over keep-alive TLS.

use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use rcgen::KeyPair;

/// P-256 signatures a second on this thread.
pub(crate) fn raw_sign() -> f64 {
    let key = KeyPair::generate().unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.serialized_der()).unwrap();
    let random = SystemRandom::new();
    let (start, mut count) = (Instant::now(), 0_u32);
    while start.elapsed() < Duration::from_millis(1500) {
        for _ in 0..100 {
            std::hint::black_box(key.sign(&random, b"a message of about the size of a certificate's hash").unwrap());
        }
        count += 100;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

/// Empty requests a second over `connections` keep-alive connections to the same listener (an address it does not know:
/// TLS, HTTP and routing, nothing behind them).
pub(crate) async fn echo(clients: &[reqwest::Client], url: &str) -> f64 {
    let start = Instant::now();
    let tasks: Vec<_> = clients
        .iter()
        .cloned()
        .map(|client| {
            let url = url.to_owned();
            tokio::spawn(async move {
                let mut count = 0_u32;
                while start.elapsed() < Duration::from_secs(2) {
                    let answer = client.get(&url).send().await.unwrap();
                    assert_eq!(answer.status().as_u16(), 404);
                    answer.bytes().await.unwrap();
                    count += 1;
                }
                count
            })
        })
        .collect();
    let mut count = 0;
    for task in tasks {
        count += task.await.unwrap();
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}
