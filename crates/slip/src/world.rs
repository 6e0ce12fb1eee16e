//! The typesetter's world: one template, one data file, one QR code, three fonts, all embedded. Nothing is read from disk.

use std::sync::{LazyLock, OnceLock};

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

use crate::SlipError;
use crate::data::Slip;

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
const ISSUE_NOTICE: &str = include_str!("../../../assets/slips/issue-notice.typ");
const RECEIPT: &str = include_str!("../../../assets/slips/receipt.typ");

fn id(path: &str) -> Result<FileId, SlipError> {
    let path = VirtualPath::new(path).map_err(|_| SlipError::Encode("path".into()))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

pub(crate) struct SlipWorld {
    main: Source,
    common: Source,
    data: (FileId, Bytes),
    qr: (FileId, Bytes),
}

fn qr(text: &str) -> Result<Vec<u8>, SlipError> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M)
        .map_err(|e| SlipError::Encode(e.to_string()))?;
    Ok(code.render::<qrcode::render::svg::Color<'_>>().quiet_zone(true).build().into_bytes())
}

impl SlipWorld {
    pub(crate) fn new(slip: &Slip) -> Result<Self, SlipError> {
        let (template, data, url) = match slip {
            Slip::IssueNotice(notice) => {
                let mut data = serde_json::to_value(notice).map_err(|e| SlipError::Encode(e.to_string()))?;
                if let Some(fields) = data.as_object_mut() {
                    fields.insert("pickup_code".into(), notice.pickup_code.shown(notice.masked).into());
                }
                (ISSUE_NOTICE, data, notice.portal_url.as_str())
            }
            Slip::Receipt(receipt) => {
                (RECEIPT, serde_json::to_value(receipt).map_err(|e| SlipError::Encode(e.to_string()))?, "-")
            }
        };
        let data = serde_json::to_vec(&data).map_err(|e| SlipError::Encode(e.to_string()))?;
        Ok(Self {
            main: Source::new(id("/main.typ")?, template.to_owned()),
            common: Source::new(id("/common.typ")?, COMMON.to_owned()),
            data: (id("/data.json")?, Bytes::new(data)),
            qr: (id("/qr.svg")?, Bytes::new(qr(url)?)),
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
        [&self.main, &self.common].into_iter().find(|s| s.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        [&self.data, &self.qr].into_iter().find(|(known, _)| *known == id).map(|(_, b)| b.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts().get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
