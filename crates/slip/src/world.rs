//! The typesetter's world: one template, what templates share, one data file and the fonts, all embedded. There is no
//! disk, no network, no clock and no package in it; a template that asks for one is refused.

use std::sync::{LazyLock, OnceLock};

use serde::Serialize;
use serde_json::Value;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use zeroize::Zeroizing;

use crate::SlipError;
use crate::data::Slip;
use crate::mark::Mark;
use crate::qr::Qr;
use crate::text::make_printable;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(fonts())));

/// The embedded fonts: proportional for text, fixed width for codes and numbers.
pub(crate) fn fonts() -> &'static [Font] {
    static FONTS: OnceLock<Vec<Font>> = OnceLock::new();
    FONTS.get_or_init(|| {
        let files: [&'static [u8]; 3] = [
            include_bytes!("../../../assets/fonts/BIZUDPGothic-Regular.ttf"),
            include_bytes!("../../../assets/fonts/BIZUDPGothic-Bold.ttf"),
            include_bytes!("../../../assets/fonts/BIZUDGothic-Bold.ttf"),
        ];
        files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect()
    })
}

const COMMON: &str = include_str!("../../../assets/slips/common.typ");
const CHARTS: &str = include_str!("../../../assets/slips/charts.typ");
const ISSUE_NOTICE: &str = include_str!("../../../assets/slips/issue-notice.typ");
const RECEIPT: &str = include_str!("../../../assets/slips/receipt.typ");
const SUSPENSION: &str = include_str!("../../../assets/slips/suspension-notice.typ");
const REVOCATION: &str = include_str!("../../../assets/slips/revocation-notice.typ");
const TERMINAL_INVITATION: &str = include_str!("../../../assets/slips/terminal-invitation.typ");
const DAY_LEDGER: &str = include_str!("../../../assets/slips/day-ledger.typ");
const TABLE: &str = include_str!("../../../assets/slips/table.typ");
const REPORT: &str = include_str!("../../../assets/slips/report.typ");
const CHART: &str = include_str!("../../../assets/slips/chart.typ");
const RESTORE: &str = include_str!("../../../assets/slips/restore-guide.typ");

/// `/data.json`. The code is apart from the rest: it alone is never copied on its way here.
#[derive(Serialize)]
struct Data<'a> {
    slip: Value,
    code: &'a str,
    qr: Option<Qr>,
    /// In training only.
    mark: Option<Mark>,
}

/// Of a slip without a code.
fn plain(slip: Value, training: bool) -> Data<'static> {
    Data { slip, code: "", qr: None, mark: training.then(Mark::draw) }
}

/// The slip with one of its texts split into lines: a line break inside any other text is only a space.
fn in_lines(slip: &impl Serialize, field: &str, text: &str) -> Result<Value, SlipError> {
    let mut slip = serde_json::to_value(slip).map_err(encode)?;
    if let Some(fields) = slip.as_object_mut() {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        fields.insert(field.into(), lines.into());
    }
    Ok(slip)
}

fn encode(error: impl ToString) -> SlipError {
    SlipError::Encode(error.to_string())
}

fn id(path: &str) -> Result<FileId, SlipError> {
    let path = VirtualPath::new(path).map_err(|_| encode("path"))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

pub(crate) struct SlipWorld {
    main: Source,
    common: Source,
    charts: Source,
    data: (FileId, Bytes),
}

impl SlipWorld {
    pub(crate) fn new(slip: &Slip) -> Result<Self, SlipError> {
        let (template, mut data) = match slip {
            Slip::IssueNotice(notice) => {
                let slip = serde_json::to_value(notice).map_err(encode)?;
                let code = notice.pickup_code.shown(notice.masked);
                (
                    ISSUE_NOTICE,
                    Data { slip, code, qr: Some(Qr::of(&notice.portal_url)?), mark: notice.training.then(Mark::draw) },
                )
            }
            Slip::TerminalInvitation(paper) => {
                let slip = serde_json::to_value(paper).map_err(encode)?;
                let (code, qr) = (paper.invitation.shown(false), Some(Qr::of(paper.line.shown(false))?));
                (TERMINAL_INVITATION, Data { slip, code, qr, mark: paper.training.then(Mark::draw) })
            }
            Slip::Receipt(receipt) => {
                (RECEIPT, plain(in_lines(receipt, "next_steps", &receipt.next_steps)?, receipt.training))
            }
            Slip::Suspension(notice) => {
                (SUSPENSION, plain(serde_json::to_value(notice).map_err(encode)?, notice.letter.training))
            }
            Slip::Revocation(notice) => {
                (REVOCATION, plain(in_lines(notice, "next_steps", &notice.next_steps)?, notice.letter.training))
            }
            Slip::DayLedger(ledger) => {
                let qr = Some(Qr::of(&ledger.head_line)?);
                (DAY_LEDGER, Data { qr, ..plain(serde_json::to_value(ledger).map_err(encode)?, ledger.training) })
            }
            Slip::Table(table) => (TABLE, plain(serde_json::to_value(table).map_err(encode)?, table.training)),
            Slip::Report(report) => (REPORT, plain(serde_json::to_value(report).map_err(encode)?, report.training)),
            Slip::Chart(picture) => (CHART, plain(serde_json::to_value(picture).map_err(encode)?, picture.training)),
            Slip::Restore(guide) => {
                (RESTORE, plain(serde_json::to_value(guide).map_err(encode)?, guide.letter.training))
            }
        };
        make_printable(&mut data.slip);
        // Written once into memory that is wiped. Room for all of it from the start: growing would leave copies behind.
        let mut room = 64;
        room += serde_json::to_string(&(&data.slip, &data.qr, &data.mark)).map_err(encode)?.len() + 6 * data.code.len();
        let mut json = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *json, &data).map_err(encode)?;
        Ok(Self {
            main: Source::new(id("/main.typ")?, template.to_owned()),
            common: Source::new(id("/common.typ")?, COMMON.to_owned()),
            charts: Source::new(id("/charts.typ")?, CHARTS.to_owned()),
            data: (id("/data.json")?, Bytes::new(json)),
        })
    }
}

impl World for SlipWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.main, &self.common, &self.charts]
            .into_iter()
            .find(|s| s.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let (known, bytes) = &self.data;
        if *known == id { Ok(bytes.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts().get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
