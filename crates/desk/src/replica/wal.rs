//! The write-ahead log of a replica, looked at before SQLite does: it leaves out whatever stands behind a frame that does not
//! fit, without a word. After a power cut that is the one act that was just being written; anything more was acknowledged.
//! Form of the file: <https://www.sqlite.org/fileformat2.html#walformat>.

use std::path::Path;

use crate::error::DeskError;

const HEADER: usize = 32;
const FRAME: usize = 24;

/// Is everything there that was acknowledged, as far as the log itself tells?
///
/// # Errors
/// [`DeskError::Damaged`].
pub(super) fn sound(file: &Path) -> Result<(), DeskError> {
    let bytes = match std::fs::read(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        read => read.map_err(super::afresh::file)?,
    };
    let lost = commits_behind_a_break(&bytes);
    if lost > 1 { Err(DeskError::Damaged(format!("its log lost {lost} acts"))) } else { Ok(()) }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Adds up, as SQLite does; the magic number says in which order the octets of a word stand.
fn sum(big: bool, bytes: &[u8], (mut one, mut two): (u32, u32)) -> (u32, u32) {
    for pair in bytes.chunks_exact(8) {
        let (Some(left), Some(right)) = (pair.first_chunk(), pair.last_chunk()) else { continue };
        let read = |octets: &[u8; 4]| if big { u32::from_be_bytes(*octets) } else { u32::from_le_bytes(*octets) };
        one = one.wrapping_add(read(left)).wrapping_add(two);
        two = two.wrapping_add(read(right)).wrapping_add(one);
    }
    (one, two)
}

/// Commits that stand behind the first frame that does not fit, and belong to this round of the log.
fn commits_behind_a_break(bytes: &[u8]) -> usize {
    let read = || -> Option<(bool, usize, (u32, u32))> {
        let magic = word(bytes, 0)?;
        let page = usize::try_from(word(bytes, 8)?).ok()?;
        let head = sum(magic & 1 == 1, bytes.get(..24)?, (0, 0));
        let fits = magic & !1 == 0x377f_0682 && page.is_power_of_two() && (512..=65536).contains(&page);
        (fits && Some(head.0) == word(bytes, 24) && Some(head.1) == word(bytes, 28)).then_some((
            magic & 1 == 1,
            page,
            head,
        ))
    };
    let Some((big, page, mut sums)) = read() else {
        // Nothing behind a header that does not fit counts; one that was never written through is empty.
        let written = bytes.iter().take(HEADER).any(|octet| *octet != 0);
        return if written && bytes.len() > HEADER + FRAME { usize::MAX } else { 0 };
    };
    let salt = bytes.get(16..24);
    let (mut fits, mut behind) = (true, 0);
    for frame in bytes.get(HEADER..).unwrap_or_default().chunks_exact(FRAME + page) {
        let (Some(head), Some(content)) = (frame.get(..8), frame.get(FRAME..)) else { break };
        let same_round = frame.get(8..16) == salt;
        if fits {
            let next = sum(big, content, sum(big, head, sums));
            if same_round && Some(next.0) == word(frame, 16) && Some(next.1) == word(frame, 20) {
                sums = next;
                continue;
            }
            fits = false;
        }
        // A number of pages stands in the frame that ends a commit.
        behind += usize::from(same_round && word(frame, 4).is_some_and(|pages| pages > 0));
    }
    behind
}
