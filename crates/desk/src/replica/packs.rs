//! Entries with what is beside them, many in one row: whoever reads all of them would spend more on the rows than on what is in
//! them.

use std::sync::{Arc, LazyLock};

use sqlx::{AssertSqlSafe, SqlitePool};

use super::chunk::int;
use super::one_row::{self, OneRow};
use crate::error::DeskError;
use crate::witness::mismatch;

/// Places whose entries come in one row: enough that rows cost little, and few enough that a row stays in the processor's cache
/// while it is put together, handed over and looked at.
const TOGETHER: u64 = 256;
/// Rows of each table in one question.
const ROWS: u64 = 8;
/// Places that are asked for at once.
pub(super) const AT_ONCE: u64 = ROWS * TOGETHER;

/// Entries and what is beside them in turn, each table by itself: a way from each entry to what is beside it would cost more than
/// reading both. A scan gives them in the order of their places.
static TEXT: LazyLock<Arc<str>> = LazyLock::new(|| {
    let columns = one_row::columns("idx", "bytes");
    let row = |at: u64, table: &str| {
        let (first, after) = (at * TOGETHER, (at + 1) * TOGETHER);
        format!("SELECT {columns} FROM {table} WHERE idx >= $1 + {first} AND idx < MIN($2, $1 + {after})")
    };
    let rows: Vec<String> = (0..ROWS).flat_map(|at| [row(at, "entry"), row(at, "attachment")]).collect();
    rows.join(" UNION ALL ").into()
});

/// An entry, where it stands, and what is beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packed<'a> {
    pub(super) index: u64,
    pub(super) entry: &'a [u8],
    pub(super) attachment: Option<&'a [u8]>,
}

/// Some of them, as the database gave them.
pub(super) struct Pack {
    entries: OneRow<u64>,
    /// Of some of them.
    beside: Option<OneRow<u64>>,
}

/// The entries held here from one place to another, in their order, as of one moment: at most [`AT_ONCE`] places.
pub(super) async fn between(db: &SqlitePool, from: u64, to: u64) -> Result<Vec<Pack>, DeskError> {
    debug_assert!(to <= from + AT_ONCE, "{from} to {to}");
    let rows = sqlx::query(AssertSqlSafe(TEXT.clone())).bind(int(from)).bind(int(to)).fetch_all(db).await?;
    let (mut packs, mut rows) = (Vec::new(), rows.into_iter().map(OneRow::of));
    while let (Some(entries), Some(beside)) = (rows.next(), rows.next()) {
        let (entries, beside) = (entries?, beside?);
        // They are laid side by side by their order.
        if !entries.iter().chain(&beside).all(|row| row.keys().is_sorted()) {
            return Err(mismatch(format!("the entries from {from} on can't be read")));
        }
        packs.extend(entries.map(|entries| Pack { entries, beside }));
    }
    Ok(packs)
}

impl Pack {
    /// What is in it.
    pub(super) fn entries(&self) -> impl Iterator<Item = Packed<'_>> {
        let mut beside = self.beside.iter().flat_map(OneRow::each).peekable();
        self.entries.each().map(move |(index, entry)| {
            while beside.next_if(|(other, _)| *other < index).is_some() {}
            let attachment = beside.next_if(|(other, _)| *other == index).map(|(_, octets)| octets);
            Packed { index: *index, entry, attachment }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use crate::replica::Replica;

    type Row<'a> = (u64, &'a [u8], Option<&'a [u8]>);

    #[tokio::test]
    async fn gives_every_octet_as_it_is_stored() {
        let dir = tempfile::tempdir().unwrap();
        let replica = Replica::open(&dir.path().join("replica.sqlite"), &[7; 32]).await.unwrap();
        // Octets that no text has, none at all, and places without an entry between them, over more than one pack.
        let odd: [&[u8]; 4] = [b"{}", &[0, 255, 0xc3, 0x28, 0], b"", "株式会社,1 2".as_bytes()];
        let rows: Vec<Row<'_>> = (0..3 * TOGETHER)
            .step_by(7)
            .zip(odd.iter().cycle())
            .map(|(index, entry)| (index, *entry, (index % 2 == 0).then_some(odd[(index % 4) as usize])))
            .collect();
        let mut db = replica.writer().await.unwrap();
        for (index, entry, attachment) in &rows {
            sqlx::query("INSERT INTO entry (idx, bytes) VALUES ($1, $2)")
                .bind(int(*index))
                .bind(*entry)
                .execute(&mut *db)
                .await
                .unwrap();
            if let Some(beside) = attachment {
                let text = "INSERT INTO attachment (idx, bytes) VALUES ($1, $2)";
                sqlx::query(text).bind(int(*index)).bind(*beside).execute(&mut *db).await.unwrap();
            }
        }
        drop(db);
        let packs = between(&replica.readers, 3, 3 * TOGETHER).await.unwrap();
        assert_eq!(packs.len(), 3);
        let read: Vec<_> = packs.iter().flat_map(Pack::entries).map(|p| (p.index, p.entry, p.attachment)).collect();
        assert_eq!(read, &rows[1..]);
        replica.close().await.unwrap();
    }
}
