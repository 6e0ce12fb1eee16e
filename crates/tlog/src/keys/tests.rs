//! Checkpoints against frozen bytes (made by a program that shares no code with this crate) and every kind of
//! tampering.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::hash::{RootHash, root_of};
use crate::vectors;

const NOTE: &str = include_str!("../../testdata/checkpoint-v1.note");
const VKEY: &str = include_str!("../../testdata/checkpoint-v1.vkey");
const ORIGIN: &str = "log.example/madoguchi-test";

/// The key whose seed is the bytes 0 to 31, as a PKCS#8 document of version 1 (RFC 8410 §7).
fn test_key_der() -> Vec<u8> {
    let mut der = vectors::hex("302e020100300506032b657004220420");
    der.extend(0..32);
    der
}

fn test_signer() -> CheckpointSigner {
    CheckpointSigner::from_pkcs8(ORIGIN, &test_key_der()).unwrap()
}

fn test_verifier() -> CheckpointVerifier {
    CheckpointVerifier::parse(VKEY.trim_end()).unwrap()
}

fn test_checkpoint() -> Checkpoint {
    Checkpoint { origin: ORIGIN.into(), size: 7, root: root_of(&vectors::leaves()[..7]) }
}

#[test]
fn frozen_note_is_written_to_the_byte_and_opens() {
    assert_eq!(test_signer().sign(&test_checkpoint()), NOTE);
    assert_eq!(test_signer().verifier().to_vkey(), VKEY.trim_end());
    assert_eq!(test_verifier().open(NOTE), Ok(test_checkpoint()));
    assert_eq!(test_verifier(), test_signer().verifier());
    assert_eq!(test_verifier().name(), ORIGIN);
}

#[test]
fn every_flipped_bit_of_a_note_is_refused() {
    let verifier = test_verifier();
    let mut text = 0;
    for bit in 0..NOTE.len() * 8 {
        let mut bytes = NOTE.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        // What is not even UTF-8 can't reach a verifier.
        if let Ok(note) = std::str::from_utf8(&bytes) {
            text += 1;
            assert!(verifier.open(note).is_err(), "bit {bit}: {note}");
        }
    }
    assert!(text > NOTE.len() * 6, "the loop above tried next to nothing");
}

#[test]
fn every_cut_or_doubled_byte_of_a_note_is_refused() {
    let verifier = test_verifier();
    for at in (0..NOTE.len()).filter(|at| NOTE.is_char_boundary(*at) && NOTE.is_char_boundary(at + 1)) {
        assert!(verifier.open(&NOTE[..at]).is_err(), "cut at {at}");
        assert!(verifier.open(&format!("{}{}", &NOTE[..at], &NOTE[at + 1..])).is_err(), "without {at}");
        assert!(verifier.open(&format!("{}{}", &NOTE[..=at], &NOTE[at..])).is_err(), "doubled {at}");
    }
}

#[test]
fn every_flipped_bit_of_a_vkey_is_refused() {
    let vkey = VKEY.trim_end();
    for bit in 0..vkey.len() * 8 {
        let mut bytes = vkey.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(other) = std::str::from_utf8(&bytes) {
            assert!(CheckpointVerifier::parse(other).is_err(), "{other}");
        }
    }
}

#[test]
fn malformed_vkeys_are_refused() {
    let vkey = VKEY.trim_end();
    let (name, id, key) = {
        let mut parts = vkey.splitn(3, '+');
        (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
    };
    let with = |bytes: &[u8]| format!("{name}+{id}+{}", STANDARD.encode(bytes));
    for bad in [
        String::new(),
        name.into(),
        format!("{name}+{id}"),
        format!("+{id}+{key}"),
        format!("{name}+{}+{key}", id.to_uppercase()),
        format!("{name}+{}+{key}", &id[1..]),
        format!("{name}+00000000+{key}"),
        format!("{vkey}="),
        format!("{vkey}\n"),
        format!(" {vkey}"),
        with(&[]),
        with(&[1]),
        with(&[1; 32]),
        with(&[1; 34]),
        with(&[4; 33]),
    ] {
        assert!(CheckpointVerifier::parse(&bad).is_err(), "{bad:?}");
    }
}

#[test]
fn only_this_key_under_this_name_counts() {
    let checkpoint = test_checkpoint();
    let stranger = CheckpointSigner::generate(ORIGIN).unwrap().sign(&checkpoint);
    assert_eq!(test_verifier().open(&stranger), Err(TlogError::NoSignature));
    let renamed = CheckpointSigner::from_pkcs8("other.example", &test_key_der()).unwrap();
    assert_eq!(test_verifier().open(&renamed.sign(&checkpoint)), Err(TlogError::NoSignature));
    assert_eq!(renamed.verifier().open(NOTE), Err(TlogError::NoSignature));

    // A stranger's line beside ours is ignored, before or after it, and cannot replace it.
    let line = stranger.lines().last().unwrap();
    let ours = NOTE.lines().last().unwrap();
    assert_eq!(test_verifier().open(&format!("{NOTE}{line}\n")), Ok(test_checkpoint()));
    assert_eq!(test_verifier().open(&NOTE.replace(ours, &format!("{line}\n{ours}"))), Ok(test_checkpoint()));
    // A stranger's signature under our key ID is a wrong one of ours, and spoils the note.
    let id_of_ours = |line: &str| STANDARD.decode(line.rsplit(' ').next().unwrap()).unwrap();
    let forged = [&id_of_ours(ours)[..4], &id_of_ours(line)[4..]].concat();
    let forged = format!("\u{2014} {ORIGIN} {}\n", STANDARD.encode(forged));
    assert_eq!(test_verifier().open(&format!("{NOTE}{forged}")), Err(TlogError::BadSignature));
}

#[test]
fn a_signed_text_that_is_no_checkpoint_of_this_log_is_refused() {
    let signer = test_signer();
    let signed = |text: &str| note::write(text, ORIGIN, signer.verifier.id, signer.key.sign(text.as_bytes()).as_ref());
    let body = test_checkpoint().body();
    assert_eq!(signer.verifier().open(&signed(&body)), Ok(test_checkpoint()));
    for text in [
        body.replace("\n7\n", "\n07\n"),
        body.replace("\n7\n", "\n+7\n"),
        body.replace("\n7\n", "\n7 \n"),
        body.replace("\n7\n", "\n\n"),
        format!("{body}extension\n"),
        "no checkpoint\n".into(),
    ] {
        assert!(matches!(signer.verifier().open(&signed(&text)), Err(TlogError::Checkpoint(_))), "{text:?}");
    }
    let foreign = Checkpoint { origin: "other.example".into(), ..test_checkpoint() };
    assert_eq!(signer.verifier().open(&signer.sign(&foreign)), Err(TlogError::Origin));
    // An origin that smuggles lines in does not change what is read: it is refused.
    let smuggled = Checkpoint { origin: body.trim_end().to_owned(), ..test_checkpoint() };
    assert!(signer.verifier().open(&signer.sign(&smuggled)).is_err());
}

#[test]
fn keys_are_kept_and_read_back() {
    let made = CheckpointSigner::generate(ORIGIN).unwrap();
    let read = CheckpointSigner::from_pkcs8(ORIGIN, &made.to_pkcs8()).unwrap();
    assert_eq!(read.verifier(), made.verifier());
    assert_eq!(read.to_pkcs8(), made.to_pkcs8());
    assert_eq!(read.sign(&test_checkpoint()), made.sign(&test_checkpoint()));
    assert_ne!(CheckpointSigner::generate(ORIGIN).unwrap().verifier(), made.verifier());
    assert_eq!(
        test_signer().verifier(),
        CheckpointSigner::from_pkcs8(ORIGIN, &test_signer().to_pkcs8()).unwrap().verifier()
    );
}

#[test]
fn bad_private_keys_and_names_are_refused() {
    let refused = |name: &str, der: &[u8]| CheckpointSigner::from_pkcs8(name, der).map(|_| ()).unwrap_err();
    let der = test_key_der();
    assert_eq!(refused(ORIGIN, &[]), TlogError::PrivateKey);
    for len in 0..der.len() {
        assert_eq!(refused(ORIGIN, &der[..len]), TlogError::PrivateKey);
    }
    let mut x25519 = der.clone();
    x25519[11] = 0x6e;
    assert_eq!(refused(ORIGIN, &x25519), TlogError::PrivateKey);
    // Version 2 carries the public key too; it has to belong to the private one.
    let mut torn = test_signer().to_pkcs8();
    *torn.last_mut().unwrap() ^= 1;
    assert_eq!(refused(ORIGIN, &torn), TlogError::PrivateKey);
    for name in ["", "a b", "a+b", "a\nb"] {
        assert_eq!(refused(name, &der), TlogError::KeyName);
        assert_eq!(CheckpointSigner::generate(name).map(|_| ()).unwrap_err(), TlogError::KeyName);
    }
}

#[test]
fn debug_shows_no_private_key() {
    let shown = format!("{:?}", test_signer());
    assert_eq!(shown, format!("CheckpointSigner({})", VKEY.trim_end()));
    assert!(!shown.contains("000102030405"));
}

proptest! {
    #[test]
    fn every_checkpoint_opens_and_no_other_one_under_its_signature(
        size: u64,
        root: [u8; 32],
        other_size: u64,
        bit in 0..256_usize,
    ) {
        let signer = test_signer();
        let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root: RootHash(root) };
        let note = signer.sign(&checkpoint);
        prop_assert_eq!(signer.verifier().open(&note), Ok(checkpoint.clone()));

        let mut other_root = root;
        other_root[bit / 8] ^= 1 << (bit % 8);
        let moved = [
            Checkpoint { root: RootHash(other_root), ..checkpoint.clone() },
            Checkpoint { size: size ^ 1, ..checkpoint.clone() },
            Checkpoint { size: other_size, ..checkpoint.clone() },
        ];
        for other in moved.into_iter().filter(|other| *other != checkpoint) {
            let forged = note.replacen(&checkpoint.body(), &other.body(), 1);
            prop_assert_eq!(signer.verifier().open(&forged), Err(TlogError::BadSignature));
        }
    }
}

#[test]
fn the_heads_of_two_epochs_are_never_taken_for_each_other() {
    let (first, second) = (test_signer(), test_signer().in_epoch(1).unwrap());
    assert_eq!(second.name(), "log.example/madoguchi-test/epoch/1");
    assert_eq!(first.in_epoch(0).unwrap().verifier(), first.verifier(), "the first epoch is the log as it always was");
    assert_eq!(second.verifier(), first.verifier().in_epoch(1));
    let head =
        |signer: &CheckpointSigner| signer.sign(&Checkpoint { origin: signer.name().into(), ..test_checkpoint() });
    // The same size and root, signed with the same key.
    assert_eq!(first.verifier().in_epoch(1).open(&head(&second)).unwrap().size, 7);
    assert_eq!(first.verifier().open(&head(&second)), Err(TlogError::NoSignature));
    assert_eq!(second.verifier().open(NOTE), Err(TlogError::NoSignature));
    assert_eq!(first.verifier().in_epoch(2).open(&head(&second)), Err(TlogError::NoSignature));
    // Nor by another's name under the right signature line.
    let other = head(&second).replacen("madoguchi-test/epoch/1\n", "madoguchi-test\n", 1);
    assert!(second.verifier().open(&other).is_err() && first.verifier().open(&other).is_err());
}
