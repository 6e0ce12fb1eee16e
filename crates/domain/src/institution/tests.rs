//! Epochs and recoveries: who may open and end them, and how they are kept.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn operator() -> Actor {
    Actor::Operator { name: "root".into() }
}

fn system() -> Actor {
    Actor::System { job: "recovery".into() }
}

fn opened() -> InstitutionEvent {
    let (log_key, root_sha256) = Default::default();
    InstitutionEvent::LogOpened { institution: "mihon".parse().unwrap(), epoch: 0, log_key, root_sha256 }
}

fn restored(epoch: u32, former: u32) -> InstitutionEvent {
    InstitutionEvent::EpochOpened { epoch, former, size: 7, root: String::new(), backup_at: DateTime::UNIX_EPOCH }
}

fn ended(epoch: u32, missing: &[Missing], unheard: &[TerminalId], reason: Option<&str>) -> InstitutionEvent {
    let (missing, unheard) = (missing.to_vec(), unheard.to_vec());
    InstitutionEvent::RecoveryEnded { epoch, seen: 9, recovered: 1, missing, unheard, reason: reason.map(Into::into) }
}

fn happen(institution: &mut Institution, event: &InstitutionEvent, actor: &Actor) -> Result<(), ErrorCode> {
    for event in decide(institution, event, actor).map_err(|refusal| refusal.code)? {
        apply(institution, &event, DateTime::UNIX_EPOCH);
    }
    Ok(())
}

#[test]
fn epochs_rise_and_recoveries_end_once() {
    let mut log = Institution::default();
    assert_eq!(happen(&mut log, &restored(1, 0), &operator()), Err(ErrorCode::EpochEnded), "there is no log yet");
    happen(&mut log, &opened(), &operator()).unwrap();
    assert_eq!(happen(&mut log, &opened(), &operator()), Err(ErrorCode::CommandIdReused));
    assert_eq!(happen(&mut log, &ended(0, &[], &[], None), &system()), Err(ErrorCode::EpochEnded), "nothing to end");
    assert_eq!(happen(&mut log, &restored(1, 0), &system()), Err(ErrorCode::ActorNotPermitted));
    happen(&mut log, &restored(1, 0), &operator()).unwrap();
    assert_eq!(log.recovery.as_ref().map(|r| (r.former, r.size)), Some((0, 7)));
    for (epoch, former) in [(1, 0), (1, 1), (0, 1), (3, 2)] {
        let again = happen(&mut log, &restored(epoch, former), &operator());
        assert_eq!(again, Err(ErrorCode::EpochEnded), "{epoch} after {former}");
    }
    assert_eq!(happen(&mut log, &ended(0, &[], &[], None), &system()), Err(ErrorCode::EpochEnded), "of another epoch");
    happen(&mut log, &ended(1, &[], &[], None), &system()).unwrap();
    assert_eq!((log.epoch, &log.recovery), (1, &None));
    assert_eq!(happen(&mut log, &ended(1, &[], &[], None), &system()), Err(ErrorCode::EpochEnded), "twice");
    // An epoch that nobody could recover may be given up for a later one.
    happen(&mut log, &restored(5, 1), &operator()).unwrap();
    assert_eq!(log.epoch, 5);
}

#[test]
fn a_loss_is_signed_off_by_a_person_who_says_why() {
    let mut log = Institution::default();
    happen(&mut log, &opened(), &operator()).unwrap();
    happen(&mut log, &restored(1, 0), &operator()).unwrap();
    let (hole, terminal) = (Missing { from: 7, to: 9 }, TerminalId(uuid::Uuid::nil()));
    for (event, actor, code) in [
        (ended(1, &[hole], &[], None), system(), ErrorCode::TextMissing),
        (ended(1, &[], &[terminal], None), system(), ErrorCode::TextMissing),
        (ended(1, &[hole], &[], Some("火災")), system(), ErrorCode::TextMissing),
        (ended(1, &[hole], &[], None), operator(), ErrorCode::TextMissing),
        (ended(1, &[hole], &[], Some("  ")), operator(), ErrorCode::TextMissing),
        (ended(1, &[hole], &[], Some("火災")), Actor::Terminal { terminal }, ErrorCode::ActorNotPermitted),
    ] {
        assert_eq!(happen(&mut log, &event, &actor), Err(code), "{event:?} by {actor:?}");
    }
    happen(&mut log, &ended(1, &[hole], &[terminal], Some("本店の火災")), &operator()).unwrap();
    assert_eq!(log.recovery, None);
}

#[test]
fn a_log_that_was_never_restored_is_kept_as_ever() {
    let mut log: Institution = serde_json::from_str("1").unwrap();
    assert_eq!(log, Institution { version: 1, ..Institution::default() });
    assert_eq!(serde_json::to_string(&log).unwrap(), "1");
    happen(&mut log, &restored(1, 0), &operator()).unwrap();
    let kept = serde_json::to_string(&log).unwrap();
    assert_eq!(serde_json::from_str::<Institution>(&kept).unwrap(), log);
    happen(&mut log, &ended(1, &[], &[], None), &system()).unwrap();
    let kept = serde_json::to_string(&log).unwrap();
    assert_eq!(kept, r#"{"version":3,"epoch":1,"recovery":null}"#);
    assert_eq!(serde_json::from_str::<Institution>(&kept).unwrap(), log);
}

#[test]
fn holes_are_named_as_ranges() {
    let holes = |held: &[u64]| -> Vec<(u64, u64)> {
        missing(3, 9, held.iter().copied()).iter().map(|m| (m.from, m.to)).collect()
    };
    for (held, want) in [
        (&[3, 4, 5, 6, 7, 8][..], &[][..]),
        (&[], &[(3, 9)]),
        (&[1, 2, 3, 9, 10], &[(4, 9)]),
        (&[4, 7], &[(3, 4), (5, 7), (8, 9)]),
        (&[3, 4, 5, 6, 7], &[(8, 9)]),
        (&[5, 6, 7, 8], &[(3, 5)]),
    ] {
        assert_eq!(holes(held), want, "{held:?}");
    }
    assert_eq!(missing(3, 3, std::iter::empty()), []);
    assert_eq!(missing(5, 3, std::iter::empty()), []);
}
