//! Entries with what is beside them, many in one row of the database: whoever reads all of them would spend more on the rows than
//! on what is in them.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqlitePool};

use super::chunk::int;
use crate::error::DeskError;
use crate::witness::mismatch;

/// Places whose entries come in one row: enough that rows cost little, and few enough that a row stays in the processor's cache
/// while it is put together, handed over and looked at.
const TOGETHER: u64 = 256;

/// An entry, where it stands, and what is beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packed<'a> {
    pub(super) index: u64,
    pub(super) entry: &'a [u8],
    pub(super) attachment: Option<&'a [u8]>,
}

/// Some of them, as the database gave them.
pub(super) struct Pack {
    /// Place, octets of the entry, octets of what is beside it.
    places: Vec<(u64, usize, Option<usize>)>,
    /// Places as text, entries, and what is beside them.
    row: SqliteRow,
}

/// The entries held here from one place to another, in their order.
pub(super) async fn between(db: &SqlitePool, from: u64, to: u64) -> Result<Vec<Pack>, DeskError> {
    let mut packs = Vec::new();
    let mut at = from;
    while at < to {
        let end = to.min(at + TOGETHER);
        packs.extend(pack(db, at, end).await?);
        at = end;
    }
    Ok(packs)
}

async fn pack(db: &SqlitePool, from: u64, to: u64) -> Result<Option<Pack>, DeskError> {
    let row = sqlx::query(
        "SELECT group_concat(idx || ' ' || octet_length(entry) || ' ' || ifnull(octet_length(beside), '-')),
             CAST(group_concat(entry, '') AS BLOB), CAST(group_concat(beside, '') AS BLOB)
         FROM (SELECT e.idx AS idx, e.bytes AS entry, a.bytes AS beside
               FROM entry e LEFT JOIN attachment a ON a.idx = e.idx WHERE e.idx >= $1 AND e.idx < $2 ORDER BY e.idx)",
    )
    .bind(int(from))
    .bind(int(to))
    .fetch_one(db)
    .await?;
    let places = match row.try_get::<Option<&str>, _>(0)? {
        Some(places) => places.split(',').map(place).collect::<Option<Vec<_>>>(),
        None => return Ok(None),
    };
    let places = places.ok_or_else(|| mismatch(format!("the entries from {from} on can't be read")))?;
    Ok(Some(Pack { places, row }))
}

fn place(text: &str) -> Option<(u64, usize, Option<usize>)> {
    let mut parts = text.split(' ');
    let (index, entry) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let beside = match parts.next()? {
        "-" => None,
        octets => Some(octets.parse().ok()?),
    };
    Some((index, entry, beside))
}

impl Pack {
    /// All octets of a column. One that can't be read has none, and so what no entry has.
    fn column(&self, number: usize) -> &[u8] {
        self.row.try_get::<Option<&[u8]>, _>(number).ok().flatten().unwrap_or_default()
    }

    /// What is in it.
    pub(super) fn entries(&self) -> impl Iterator<Item = Packed<'_>> {
        let (mut entries, mut attachments) = (self.column(1), self.column(2));
        self.places.iter().map(move |(index, octets, beside)| Packed {
            index: *index,
            entry: take(&mut entries, *octets),
            attachment: beside.map(|octets| take(&mut attachments, octets)),
        })
    }
}

/// The first octets, and the rest stays. Fewer than were said are no entry of anybody's, and do not fit their leaf.
fn take<'a>(rest: &mut &'a [u8], octets: usize) -> &'a [u8] {
    let (first, after) = rest.split_at(octets.min(rest.len()));
    *rest = after;
    first
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
