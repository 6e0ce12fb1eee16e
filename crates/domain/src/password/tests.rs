#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;

fn why(password: &str) -> Option<String> {
    let staff: StaffId = "T1001".parse().unwrap();
    let institution = ["見本信用金庫", "Mihon Shinkin Bank", "mihon"];
    let refusal = check(password, &Context { staff: &staff, institution: &institution }).err()?;
    Some(refusal.args.get("why").cloned().unwrap_or_else(|| refusal.code.to_string()))
}

#[test]
fn what_everybody_tries_first_is_refused_and_says_why() {
    for (password, expected) in [
        ("short-one", "password_too_short"),
        ("1234567890", "digits"),
        ("1985-07-21-0", "digits"),
        ("０９０１２３４５６７８", "digits"),
        ("T1001-secret", "staff_id"),
        ("himitsu-ｔ１００１", "staff_id"),
        ("mihonshinkin", "institution"),
        ("Mihon2026!!!", "institution"),
        ("見本信用金庫だいすき", "institution"),
        ("aaaaaaaaaaaa", "pattern"),
        ("abcabcabcabc", "pattern"),
        ("qwertyuiop", "pattern"),
        ("1qaz2wsx3edc", "pattern"),
        ("asdfghjkl123", "pattern"),
        ("abcdef123456", "pattern"),
        ("password2026", "common"),
        ("P@ssw0rd!2026", "common"),
        ("PASSWORD-0001", "common"),
        ("sakura2026!!", "common"),
        ("shinkin2026!", "common"),
        ("madoguchi123", "common"),
        ("arigatou2025", "common"),
        ("パスワードパスワード", "common"),
        ("pasuwaado2026", "common"),
        ("1q2w3e4r5t", "pattern"),
        ("1q2w3e4r5t6y", "pattern"),
        ("q1w2e3r4t5", "pattern"),
        ("1Q2W3E4R5T6Y!", "pattern"),
        ("a1b2c3d4e5", "pattern"),
        ("zaq1xsw2cde3", "pattern"),
        ("!QAZ2wsx#EDC", "pattern"),
        ("qawsedrftg", "pattern"),
        ("love123456", "pattern"),
        ("mike-2345678", "pattern"),
        ("zzzzzz-abc12", "pattern"),
        ("9876543210a", "pattern"),
        ("abcd!!!!!!", "pattern"),
    ] {
        assert_eq!(why(password).as_deref(), Some(expected), "{password}");
    }
    let long = "x7-".repeat(50);
    assert_eq!(why(&long).as_deref(), Some("password_too_long"));
}

#[test]
fn what_was_stolen_elsewhere_is_refused_also_with_a_number_behind() {
    for password in [
        "christopher",
        "volkswagen",
        "washington",
        "manchester",
        "playstation",
        "strawberry1",
        "california1",
        "liverpool1",
        "elizabeth1",
        "butterfly123",
        "chocolate123",
        "samantha123",
        "babygirl123",
        "spiderman123",
        "rockyou1234",
        "andrew12345",
        "Christopher-19850721",
        "2026!Butterfly",
        "Ｂｕｔｔｅｒｆｌｙ１２３",
        "butterfly2026a",
        "7-butterfly-2-x",
        "butt3rfly2026",
        "L1verp00l!",
        "1iverpool9",
        "$trawberry99",
        "!l0v3y0u2026",
        "butterflybutterfly",
        "tigger1-tigger1-tigger1",
        "fallen_angel",
        "lost4815162342",
        "cepetsugih",
        "takahiro1985",
        "yamamoto-0721",
        "sora19850721",
        "Mike-19850721",
        "butterfly090-1234-5678",
    ] {
        assert_eq!(why(password).as_deref(), Some("common"), "{password}");
    }
}

#[test]
fn length_and_being_rare_are_enough() {
    for password in [
        "himitsu-2026",
        "kunren-2026",
        "correct horse battery staple",
        "さくらの咲く駅前通り",
        "umi no mieru machi de",
        "vq8nz3kfw1",
        "sakura ga saku ekimae",
        "my password is a poem",
        // Four words, each of them in the list.
        "dragon butterfly cheese monkey",
        "anchor-violin-pepper-summit",
        "clatterpuddleorbitfern",
        "umi no mieru ekimae",
        "ame no hi wa uchi de hon",
        "ashita-wa-kitto-hareru",
        "kinounobangohanwakaree",
        "駅前のパン屋は七時から",
        // Two words that nobody puts together.
        "butterfly tractor",
        "qkzvhtmwpxgd",
        "hmxtqwpvzkra",
        "7h-kq2-zt9-wx",
        "Vz#81kq!Lm0p",
        "#v~(8;=Q?%",
        "w@ing}@%~/~]6'",
    ] {
        assert_eq!(why(password), None, "{password}");
    }
}

#[test]
fn what_was_drawn_is_accepted() {
    // Letters of a simple generator (Numerical Recipes' constants): the same ones each time.
    let mut state = 5_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + u8::try_from((state >> 16) % 26).unwrap())
    };
    for _ in 0..300 {
        let password: String = (0..12).map(|_| letter()).collect();
        assert_eq!(why(&password), None, "{password}");
    }
}

#[test]
fn a_temporary_one_is_known_by_its_form_and_comes_apart_again() {
    let (first, second) = (temporary([0, 1, 2, 3, 28, 29, 30, 31]), temporary([255; 8]));
    assert_eq!((first.as_str(), second.as_str()), ("0123-wxyz", "zzzz-zzzz"));
    assert!(is_temporary(&first) && is_temporary(&second));
    for wrong in ["", "0123wxyz", "0123-WXYZ", "0123-wxyz-", "012-3wxyz", "illo-uuuu"] {
        assert!(!is_temporary(wrong), "{wrong}");
    }
    assert_eq!(halves(&joined(&first, &second)), Some((first.as_str(), second.as_str())));
    assert_eq!(halves(&first), None);
    assert_eq!(halves("見本信用金庫だいすき"), None);
}
