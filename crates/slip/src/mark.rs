//! The training mark across a page, as outlines: were it text, whoever copies or searches the text of a PDF would find its
//! characters among those of the lines it crosses, the pickup code's too.

use serde::Serialize;
use ttf_parser::OutlineBuilder;

use crate::world::fonts;

/// What every page of the training mode says.
const WORDS: &str = "訓練用 — 実際の手続きには使用できません";

/// The words, and their outlines in a coordinate system whose y grows downwards and whose em is 1.
#[derive(Serialize)]
pub(crate) struct Mark {
    words: &'static str,
    width: f32,
    outline: Vec<Segment>,
}

/// One segment of an outline; the template knows the same names.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Segment {
    Move([f32; 2]),
    Line([f32; 2]),
    Quad([f32; 2], [f32; 2]),
    Cubic([f32; 2], [f32; 2], [f32; 2]),
    Close(()),
}

struct Pen {
    outline: Vec<Segment>,
    x: f32,
    em: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> [f32; 2] {
        [self.x + x / self.em, -y / self.em]
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.outline.push(Segment::Move(self.at(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.outline.push(Segment::Line(self.at(x, y)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.outline.push(Segment::Quad(self.at(x1, y1), self.at(x, y)));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.outline.push(Segment::Cubic(self.at(x1, y1), self.at(x2, y2), self.at(x, y)));
    }

    fn close(&mut self) {
        self.outline.push(Segment::Close(()));
    }
}

impl Mark {
    /// The mark in the bold type of the slips.
    pub(crate) fn draw() -> Self {
        let mut pen = Pen { outline: Vec::new(), x: 0.0, em: 1.0 };
        if let Some(face) = fonts().get(1).and_then(|font| ttf_parser::Face::parse(font.data(), font.index()).ok()) {
            pen.em = f32::from(face.units_per_em());
            for glyph in WORDS.chars().filter_map(|c| face.glyph_index(c)) {
                // A space has no outline, only a width.
                let _ = face.outline_glyph(glyph, &mut pen);
                pen.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) / pen.em;
            }
        }
        Self { words: WORDS, width: pen.x, outline: pen.outline }
    }
}
