//! A new epoch of the log: gone over to only where it goes on from this desk's own leaves, and nothing that was seen is
//! thrown away by it. A fork that calls itself an epoch stops the desk.

use domain::institution::InstitutionEvent;
use wire::Recovered;

use super::*;
use crate::replica::epoch;

/// What this desk had seen of the first epoch.
fn seen() -> Vec<FeedLeaf> {
    vec![foreign(1), recorded(1, "見本商事", "ミホンショウジ"), recorded(2, "見本工業", "ミホンコウギョウ"), foreign(2)]
}

fn entry(leaf: &FeedLeaf) -> Entry {
    let FeedLeaf::Entry { e, .. } = leaf else { panic!("an entry") };
    Entry::from_bytes(&e.0).unwrap()
}

fn leaf(entry: &Entry, of: Option<&FeedLeaf>) -> FeedLeaf {
    let a = of.and_then(|of| if let FeedLeaf::Entry { a, .. } = of { a.clone() } else { None });
    FeedLeaf::Entry { e: Base64(entry.to_bytes().unwrap()), a }
}

fn institution(epoch: u32, event: InstitutionEvent) -> FeedLeaf {
    let entry = Entry {
        epoch,
        id: CommandId(uuid::Uuid::now_v7()),
        subject: Subject::Institution("test".parse().unwrap()),
        branch: None,
        attachment: None,
        events: vec![Event::Institution(event)],
        ..entry(&recorded(9, "x", "エックス"))
    };
    leaf(&entry, None)
}

fn opening(epoch: u32, former: u32, before: &Frontier) -> FeedLeaf {
    let (size, root, backup_at) = (before.size(), before.root().to_base64(), DateTime::UNIX_EPOCH);
    institution(epoch, InstitutionEvent::EpochOpened { epoch, former, size, root, backup_at })
}

fn ended(epoch: u32) -> FeedLeaf {
    let (missing, unheard, reason) = Default::default();
    institution(epoch, InstitutionEvent::RecoveryEnded { epoch, seen: 4, recovered: 1, missing, unheard, reason })
}

/// An entry as it stands in an epoch; of the first where it had this index.
fn again(of: &FeedLeaf, epoch: u32, index: u64) -> FeedLeaf {
    let before = entry(of);
    let recovered = Some(Recovered { epoch: 0, index, at: before.at });
    leaf(&Entry { v: 2, epoch, recovered, ..before }, Some(of))
}

/// The log as it is after a restore: so much of it is left, and it signs in the name of its epoch.
fn restored(log: &Log, leaves: &[FeedLeaf], epoch: u32) -> Log {
    let mut after = Log { signer: log.signer.in_epoch(0).unwrap(), frontier: Frontier::new() };
    let _ = after.answer(leaves.to_vec());
    after.signer = log.signer.in_epoch(epoch).unwrap();
    after
}

async fn witnessed(dir: &TempDir) -> (Replica, Log) {
    let replica = replica(dir).await;
    let mut log = Log::new();
    let answer = log.answer(seen());
    assert!(take(&replica, &log.verifier(), answer).await.unwrap());
    (replica, log)
}

async fn apply_all(replica: &Replica) {
    while behind::step(replica).await.unwrap() {}
}

#[tokio::test]
async fn goes_over_keeps_what_it_had_and_gets_it_back() {
    let dir = tempfile::tempdir().unwrap();
    let (replica, log) = witnessed(&dir).await;
    let mut after = restored(&log, &seen()[..2], 1);
    let opened = opening(1, 0, &after.frontier);
    let answer = after.answer(vec![opened, foreign(7)]);
    epoch::go_over(&replica, &log.verifier(), answer).await.unwrap();
    apply_all(&replica).await;
    assert_eq!(rows(&replica).await, (4, 2, 1), "the second customer is not there any more");
    assert_eq!(epoch::current(&replica.readers).await.unwrap(), (1, true));
    let unsent = epoch::unsent(&replica.readers).await.unwrap().unwrap();
    assert_eq!((unsent.epoch, unsent.former, unsent.seen), (1, 0, 4));
    assert_eq!(log.verifier().open(&unsent.note).unwrap().size, 4, "its witness of what was");
    let aside = epoch::orphans(&replica.readers, 1, 2, 9).await.unwrap();
    assert_eq!(
        aside.iter().map(|o| (o.idx, o.bytes.is_some(), o.attachment.is_some())).collect::<Vec<_>>(),
        [(2, true, true), (3, false, false)]
    );
    assert_eq!(aside[1].hash, [2; 32]);

    // The log goes on, also after a restart.
    replica.close().await.unwrap();
    let replica = super::replica(&dir).await;
    let answer = after.answer(vec![foreign(8), again(&seen()[2], 1, 2), ended(1)]);
    assert!(take(&replica, &log.verifier(), answer).await.unwrap());
    apply_all(&replica).await;
    assert_eq!(rows(&replica).await, (7, 4, 2));
    assert_eq!(epoch::current(&replica.readers).await.unwrap(), (1, false));
    assert_eq!(epoch::lost_count(&replica.readers).await.unwrap(), 0);
    assert!(epoch::orphans(&replica.readers, 1, 0, 9).await.unwrap().is_empty(), "all of it has done its work");
    verify::read_again(&replica, &log.verifier(), |_| {}).await.unwrap();
    replica.close().await.unwrap();
}

#[tokio::test]
async fn what_does_not_come_back_stays_in_sight() {
    let dir = tempfile::tempdir().unwrap();
    let (replica, log) = witnessed(&dir).await;
    let mut after = restored(&log, &seen()[..2], 1);
    let opened = opening(1, 0, &after.frontier);
    let answer = after.answer(vec![opened]);
    epoch::go_over(&replica, &log.verifier(), answer).await.unwrap();
    assert_eq!(epoch::lost_count(&replica.readers).await.unwrap(), 0, "not while it may come back");
    let answer = after.answer(vec![ended(1)]);
    take(&replica, &log.verifier(), answer).await.unwrap();
    apply_all(&replica).await;
    assert_eq!(epoch::lost_count(&replica.readers).await.unwrap(), 1);
    let lost = epoch::lost(&replica.readers).await.unwrap();
    assert_eq!(Entry::from_bytes(&lost[0].1).unwrap(), entry(&seen()[2]));
    assert!(lost[0].2.is_some(), "with what was beside it");
    // Thrown away and made again, it is still known.
    rebuild::begin(&replica).await.unwrap();
    apply_all(&replica).await;
    assert_eq!(epoch::lost_count(&replica.readers).await.unwrap(), 1);
    assert_eq!(epoch::current(&replica.readers).await.unwrap(), (1, false));
    replica.close().await.unwrap();
}

#[tokio::test]
async fn a_fork_that_calls_itself_an_epoch_stops_the_desk() {
    let dir = tempfile::tempdir().unwrap();
    let (replica, log) = witnessed(&dir).await;
    let before = rows(&replica).await;
    let good = || restored(&log, &seen()[..2], 1);
    let mut lies: Vec<(&str, FeedAnswer)> = Vec::new();
    // Another history of the same length, honestly committed to and signed with the log's own key.
    let mut other = restored(&log, &[foreign(1), foreign(3)], 1);
    let opened = opening(1, 0, &other.frontier);
    lies.push(("another history", other.answer(vec![opened])));
    // The desk's own history in the words, another's beneath.
    let mut other = restored(&log, &[foreign(1), foreign(3)], 1);
    let opened = opening(1, 0, &good().frontier);
    lies.push(("another history's tree", other.answer(vec![opened])));
    let mut after = good();
    let mut wrong = after.frontier.clone();
    wrong.append(LeafHash([0; 32]));
    let opened = opening(1, 0, &wrong);
    lies.push(("another size", after.answer(vec![opened])));
    for (what, signs) in [("signed for the former epoch", 0), ("signed for another epoch", 2)] {
        let mut after = restored(&log, &seen()[..2], signs);
        let opened = opening(1, 0, &after.frontier);
        lies.push((what, after.answer(vec![opened])));
    }
    let mut stranger = restored(&Log::new(), &seen()[..2], 1);
    let opened = opening(1, 0, &stranger.frontier);
    lies.push(("signed by another key", stranger.answer(vec![opened])));
    let mut after = good();
    let FeedLeaf::Entry { e, .. } = opening(1, 0, &after.frontier) else { panic!("an entry") };
    lies.push(("not shown", after.answer(vec![FeedLeaf::Hash { h: tlog::leaf_hash(&e.0).0.to_vec().into() }])));
    let mut after = good();
    lies.push(("nothing of it", after.answer(vec![foreign(7)])));
    let mut after = good();
    let _ = after.answer(vec![foreign(7)]);
    let opened = opening(1, 0, &after.frontier);
    lies.push(("later than it says", after.answer(vec![opened])));
    let mut after = restored(&log, &seen(), 1);
    let opened = opening(1, 0, &after.frontier);
    lies.push(("nothing is cut off", after.answer(vec![opened])));
    let mut after = good();
    let opened = opening(0, 0, &after.frontier);
    lies.push(("no later epoch", after.answer(vec![opened])));
    let mut after = good();
    let opened = opening(1, 1, &after.frontier);
    lies.push(("its own former", after.answer(vec![opened])));
    let mut after = good();
    let opened = opening(1, 0, &after.frontier);
    lies.push(("an old entry in it", after.answer(vec![opened, recorded(5, "x", "エックス")])));
    for (what, lie) in lies {
        match epoch::go_over(&replica, &log.verifier(), lie).await {
            Err(error) => assert_eq!(error.code(), ErrorCode::LogMismatch, "{what}: {error}"),
            Ok(()) => panic!("{what}: gone over"),
        }
        assert_eq!(rows(&replica).await, before, "{what}");
        assert_eq!(epoch::current(&replica.readers).await.unwrap(), (0, false), "{what}");
    }
    let mut after = good();
    let opened = opening(1, 0, &after.frontier);
    let answer = after.answer(vec![opened]);
    epoch::go_over(&replica, &log.verifier(), answer).await.unwrap();
    replica.close().await.unwrap();
}

#[tokio::test]
async fn whoever_has_seen_less_just_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (replica, log) = witnessed(&dir).await;
    // The backup holds all that this desk has seen, and one more.
    let kept = [seen(), vec![foreign(4)]].concat();
    let mut after = restored(&log, &kept, 1);
    let opened = opening(1, 0, &after.frontier);
    let mut answer = after.answer(vec![opened.clone(), again(&recorded(3, "見本", "ミホン"), 1, 9)]);
    answer.leaves.insert(0, foreign(4));
    answer.from = 4;
    let mut lie = answer.clone();
    lie.leaves[1] = opening(1, 0, &log.frontier);
    let error = take(&replica, &log.verifier(), lie).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::LogMismatch);
    assert!(take(&replica, &log.verifier(), answer).await.unwrap());
    apply_all(&replica).await;
    assert_eq!(rows(&replica).await, (7, 4, 3));
    let unsent = epoch::unsent(&replica.readers).await.unwrap().unwrap();
    assert_eq!((unsent.epoch, unsent.seen, unsent.note.as_str()), (1, 4, ""), "it has nothing more to tell");
    assert!(epoch::orphans(&replica.readers, 1, 0, 9).await.unwrap().is_empty());
    // In the new epoch nothing of the old one is taken any more.
    let answer = after.answer(vec![recorded(6, "見本", "ミホン")]);
    let error = take(&replica, &log.verifier(), answer).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::LogMismatch);
    replica.close().await.unwrap();
}
