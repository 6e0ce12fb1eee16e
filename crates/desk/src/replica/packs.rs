//! Entries with what is beside them, many in one row of the database: whoever reads all of them would spend more on the rows than
//! on what is in them.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection, SqlitePool};

use super::chunk::int;
use crate::error::DeskError;
use crate::witness::mismatch;

/// Places whose entries come in one row: enough that rows cost little, and few enough that a row stays in the processor's cache
/// while it is put together, handed over and looked at.
const TOGETHER: u64 = 256;

/// The rows of a table from one place to another: a scan gives them in the order of their places, and what is put together of them
/// in one order.
macro_rules! rows_of {
    ($table:literal) => {
        concat!(
            "SELECT group_concat(idx), group_concat(octet_length(bytes)), CAST(group_concat(bytes, '') AS BLOB) FROM ",
            $table,
            " WHERE idx >= $1 AND idx < $2"
        )
    };
}

/// An entry, where it stands, and what is beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packed<'a> {
    pub(super) index: u64,
    pub(super) entry: &'a [u8],
    pub(super) attachment: Option<&'a [u8]>,
}

/// Some of them, as the database gave them.
pub(super) struct Pack {
    entries: Column,
    /// Of some of them.
    beside: Option<Column>,
}

/// The octets of a table at some places.
struct Column {
    /// Place, octets.
    places: Vec<(u64, usize)>,
    /// Places and octets as text, and everything that stands there.
    row: SqliteRow,
}

/// The entries held here from one place to another, in their order, as of one moment.
pub(super) async fn between(db: &SqlitePool, from: u64, to: u64) -> Result<Vec<Pack>, DeskError> {
    let mut db = db.begin().await?;
    let mut packs = Vec::new();
    let mut at = from;
    while at < to {
        let end = to.min(at + TOGETHER);
        packs.extend(pack(&mut db, at, end).await?);
        at = end;
    }
    db.commit().await?;
    Ok(packs)
}

async fn pack(db: &mut SqliteConnection, from: u64, to: u64) -> Result<Option<Pack>, DeskError> {
    // Each table by itself: a way from each entry to what is beside it would cost more than reading both.
    let Some(entries) = column(db, rows_of!("entry"), from, to).await? else { return Ok(None) };
    let beside = column(db, rows_of!("attachment"), from, to).await?;
    Ok(Some(Pack { entries, beside }))
}

async fn column(
    db: &mut SqliteConnection,
    text: &'static str,
    from: u64,
    to: u64,
) -> Result<Option<Column>, DeskError> {
    let row = sqlx::query(text).bind(int(from)).bind(int(to)).fetch_one(db).await?;
    let (Some(places), Some(octets)) = (row.try_get::<Option<&str>, _>(0)?, row.try_get::<Option<&str>, _>(1)?) else {
        return Ok(None);
    };
    let places = places.split(',').zip(octets.split(','));
    let places = places.map(|(place, octets)| Some((place.parse().ok()?, octets.parse().ok()?)));
    let places: Option<Vec<(u64, usize)>> = places.collect();
    // Two columns are laid side by side by their order.
    let places = places.filter(|places| places.is_sorted_by_key(|(place, _)| place));
    let places = places.ok_or_else(|| mismatch(format!("the entries from {from} on can't be read")))?;
    Ok(Some(Column { places, row }))
}

impl Column {
    /// What stands at each place. A value that can't be read has no octets, and so what no entry has.
    fn each(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut rest = self.row.try_get::<Option<&[u8]>, _>(2).ok().flatten().unwrap_or_default();
        self.places.iter().map(move |(index, octets)| (*index, take(&mut rest, *octets)))
    }
}

impl Pack {
    /// What is in it.
    pub(super) fn entries(&self) -> impl Iterator<Item = Packed<'_>> {
        let mut beside = self.beside.iter().flat_map(Column::each).peekable();
        self.entries.each().map(move |(index, entry)| {
            while beside.next_if(|(other, _)| *other < index).is_some() {}
            Packed { index, entry, attachment: beside.next_if(|(other, _)| *other == index).map(|(_, octets)| octets) }
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
