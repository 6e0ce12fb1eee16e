//! A terminal that is revoked at one instance loses its connections at every one.

use std::time::{Duration, Instant};

use e2e::cluster::fresh_database;
use e2e::served;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_revoked_at_one_instance_is_cut_off_at_both() {
    let Two { centre, first, second, at_first, at_second, root } = two(fresh_database()).await;
    let invited = ["terminal", "invite", "--branch", "000", "--label", "本部 1番"];
    let said = served::operator(&centre, &invited).unwrap();
    assert!(said.contains("MADOGUCHI:1:") && said.lines().any(|line| line.contains("centre:")), "{said}");
    let secrets = Secrets::Files(centre.dir.path().join("head-office"));
    let invitation = said.lines().next().unwrap();
    let identity = desk::enrol::enrol(&first.at.enrol, &root, invitation, &secrets).await.unwrap();
    let mut head = Terminal::new(identity, &secrets);
    head.moved(&first.at.terminal);
    let office = head.sign_in("H9001").await;

    // A poll at each that nothing would end. What is asked after it on the same connection is answered: so it has arrived.
    let mut polls = Vec::new();
    for terminal in [&at_first, &at_second] {
        let size = terminal.size().await;
        let mut poll = Box::pin(terminal.poll(size + 100));
        for _ in 0..2 {
            tokio::select! {
                biased;
                answer = &mut poll => panic!("it does not wait: {answer:?}"),
                _ = terminal.size() => {}
            }
        }
        polls.push(poll);
    }
    let begun = Instant::now();
    head.revoke(&office, at_first.id()).await.unwrap();
    for (poll, terminal) in polls.into_iter().zip([&at_first, &at_second]) {
        let answer = poll.await;
        assert!(answer.is_err(), "cut, not answered: {answer:?}");
        let taken = begun.elapsed();
        assert!(taken < Duration::from_secs(1), "{taken:?}");
        assert_eq!(terminal.denied().await, domain::ErrorCode::TerminalRevoked);
    }
    say(&format!("revoked at one of two instances: both had cut it off after {} ms", begun.elapsed().as_millis()));
    drop((first, second));
    assert_eq!(centre.check().findings, []);
}
