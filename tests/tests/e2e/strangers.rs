//! Listeners that anybody may reach: nobody keeps the others from them by holding connections.

use std::process::{Command, Stdio};
use std::time::Duration;

use e2e::centre::Centre;
use e2e::served::Served;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

fn address(url: &str) -> String {
    let rest = url.split_once("://").unwrap().1;
    rest.split('/').next().unwrap().to_owned()
}

/// What is agreed on by a client that would like HTTP/2.
fn agreed(url: &str) -> String {
    let done = Command::new("openssl")
        .args(["s_client", "-alpn", "h2,http/1.1", "-connect", &address(url)])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    text.lines().find_map(|line| line.strip_prefix("ALPN protocol: ")).unwrap_or("none").to_owned()
}

/// Does the other side end it?
async fn ended(mut stream: TcpStream, within: Duration) -> bool {
    let read = tokio::time::timeout(within, stream.read(&mut [0; 1])).await;
    matches!(read, Ok(Ok(0) | Err(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_connections_keeps_nobody_from_the_other_listeners() {
    let centre = Centre::new(|_| {});
    // An eighth of 400 descriptors is fifty.
    let command = Served::command(&centre, &["sh", "-c", "ulimit -n 400 && exec \"$0\" \"$@\""]);
    let served = Served::from(&centre.config, command).await;
    for url in [&served.at.enrol, &served.at.portal, &served.at.renewal] {
        assert_eq!(agreed(url), "http/1.1", "{url}");
    }
    assert_eq!(agreed(&served.at.terminal), "h2", "terminals have a certificate, and ask for many things at once");

    let renewal = address(&served.at.renewal);
    let mut held = Vec::new();
    for _ in 0..300 {
        held.push(TcpStream::connect(&renewal).await.unwrap());
    }
    let root = || async {
        let answer = reqwest::get(format!("{}/root.cer", served.at.status)).await?;
        answer.error_for_status()?.bytes().await
    };
    assert!(!root().await.unwrap().is_empty(), "others are answered");
    assert_eq!(agreed(&served.at.portal), "http/1.1");
    // Those who found no place were sent away at once, the others when they had said nothing for a while.
    let last = held.pop().unwrap();
    assert!(ended(last, Duration::from_secs(5)).await);
    let first = held.swap_remove(0);
    assert!(ended(first, Duration::from_secs(20)).await);
    drop(held);
    tokio::time::timeout(Duration::from_secs(20), async {
        while agreed(&served.at.renewal) != "http/1.1" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("the listener itself comes back");
}
