//! The direction of the rooms: nobody depends on what stands above.

use std::collections::BTreeSet;
use std::path::Path;

/// Each room with the rooms it may know.
const MAY_KNOW: [(&str, &[&str]); 7] = [
    ("domain", &[]),
    ("fault", &[]),
    ("tlog", &[]),
    ("slip", &[]),
    ("wire", &["domain", "tlog"]),
    ("desk", &["domain", "fault", "tlog", "wire", "slip"]),
    ("central", &["domain", "fault", "tlog", "wire"]),
];

#[test]
fn no_room_knows_a_room_above_it() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("crates");
    let rooms: BTreeSet<String> =
        std::fs::read_dir(&crates).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(rooms, MAY_KNOW.iter().map(|(room, _)| (*room).to_owned()).collect());
    for (room, may_know) in MAY_KNOW {
        let text = std::fs::read_to_string(crates.join(room).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = toml::from_str(&text).unwrap();
        let dependencies = manifest.get("dependencies").and_then(|d| d.as_table());
        let knows = dependencies.into_iter().flat_map(toml::Table::keys).filter(|name| rooms.contains(*name));
        for known in knows {
            assert!(may_know.contains(&known.as_str()), "{room} must not know {known}");
        }
    }
}
