//! What the machine could do at best: raw signatures of one core, and empty requests over keep-alive TLS.

use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use rcgen::KeyPair;

use crate::kept::Kept;

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
pub(crate) async fn echo(connections: &mut Vec<Kept>, path: &'static str) -> f64 {
    let start = Instant::now();
    let asking = |mut connection: Kept| {
        tokio::spawn(async move {
            let mut count = 0_u32;
            while start.elapsed() < Duration::from_secs(2) {
                let (status, _) = connection.ask("GET", path, b"").await;
                assert_eq!(status, 404);
                count += 1;
            }
            (count, connection)
        })
    };
    let tasks: Vec<_> = connections.drain(..).map(asking).collect();
    let mut total = 0;
    for task in tasks {
        let (count, connection) = task.await.unwrap();
        total += count;
        connections.push(connection);
    }
    f64::from(total) / start.elapsed().as_secs_f64()
}
