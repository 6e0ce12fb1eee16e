//! The pickup code (取得コード): 80 random bits in 16 symbols of Crockford's base 32 and one check symbol,
//! printed as `XXXX-XXXX-XXXX-XXXX-C`. This module draws nothing and hashes nothing.
//!
//! The check symbol is Damm's, over GF(32) with x⁵+x²+1: it finds every single wrong symbol and every swap of neighbours.

use std::fmt;

use crate::id::CROCKFORD;

/// A checked pickup code. `Debug` hides it, and its memory is wiped when it goes.
#[derive(Clone, PartialEq, Eq, zeroize::ZeroizeOnDrop)]
pub struct PickupCode([u8; 17]);

/// Not a pickup code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PickupCodeError {
    /// Other than 17 symbols, or a symbol outside the alphabet.
    #[error("not 17 symbols of the alphabet")]
    Form,
    /// The check symbol does not fit: a slip of the finger, not a guess.
    #[error("the check symbol does not fit")]
    Check,
}

fn double(value: u8) -> u8 {
    ((value << 1) ^ if value & 16 != 0 { 0b10_0101 } else { 0 }) & 31
}

fn check_symbol(data: &[u8]) -> u8 {
    data.iter().fold(0, |interim, digit| double(interim ^ digit))
}

impl PickupCode {
    /// The code of 80 random bits.
    pub fn from_entropy(bits: [u8; 10]) -> Self {
        let mut number = bits.iter().fold(0_u128, |n, byte| (n << 8) | u128::from(*byte));
        let mut symbols = [0_u8; 17];
        for symbol in symbols.iter_mut().take(16).rev() {
            *symbol = (number & 31) as u8;
            number >>= 5;
        }
        let [data @ .., _] = &symbols;
        let check = check_symbol(data);
        let [.., last] = &mut symbols;
        *last = check;
        Self(symbols)
    }

    /// Reads what a person typed: any width and case, hyphens and spaces, O for 0, I and L for 1.
    ///
    /// # Errors
    /// [`PickupCodeError::Form`] or [`PickupCodeError::Check`].
    pub fn parse(text: &str) -> Result<Self, PickupCodeError> {
        let mut symbols = [0_u8; 17];
        let mut count = 0;
        for c in text.chars() {
            let c = match c {
                '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
                other => other,
            };
            if c.is_whitespace() || matches!(c, '-' | '‐' | '−' | 'ー' | '\u{2013}' | '\u{2014}') {
                continue;
            }
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = CROCKFORD.iter().position(|s| char::from(*s) == c).ok_or(PickupCodeError::Form)?;
            *symbols.get_mut(count).ok_or(PickupCodeError::Form)? = value as u8;
            count += 1;
        }
        let [data @ .., check] = &symbols;
        if count != 17 {
            return Err(PickupCodeError::Form);
        }
        if check_symbol(data) != *check {
            return Err(PickupCodeError::Check);
        }
        Ok(Self(symbols))
    }

    /// The 17 symbols without hyphens: what is hashed.
    pub fn canonical(&self) -> String {
        self.0.iter().filter_map(|s| CROCKFORD.get(usize::from(*s))).map(|s| char::from(*s)).collect()
    }

    /// The code in groups, as it is printed.
    pub fn grouped(&self) -> String {
        let plain: Vec<char> = self.canonical().chars().collect();
        plain.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }
}

impl fmt::Debug for PickupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PickupCode(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn reads_back_what_it_prints() {
        let code = PickupCode::from_entropy([0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4, 5, 255]);
        let text = code.grouped();
        assert_eq!(text.len(), 21);
        assert_eq!(PickupCode::parse(&text).unwrap(), code);
        assert_eq!(PickupCode::parse(&text.to_lowercase().replace('-', " ")).unwrap(), code);
        assert!(!format!("{code:?}").contains(&text[..4]));
    }

    #[test]
    fn finds_every_single_error_and_neighbour_swap() {
        let code = PickupCode::from_entropy([7, 99, 12, 200, 31, 5, 77, 128, 250, 3]);
        for place in 0..17 {
            for wrong in 0..32 {
                let mut symbols = code.0;
                if symbols[place] == wrong {
                    continue;
                }
                symbols[place] = wrong;
                assert_eq!(PickupCode::parse(&PickupCode(symbols).canonical()), Err(PickupCodeError::Check));
            }
        }
        for place in 0..16 {
            let mut symbols = code.0;
            symbols.swap(place, place + 1);
            if symbols != code.0 {
                assert_eq!(PickupCode::parse(&PickupCode(symbols).canonical()), Err(PickupCodeError::Check));
            }
        }
    }
}
