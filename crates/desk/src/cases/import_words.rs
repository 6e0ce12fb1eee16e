//! What is wrong with a line of a file of customers, in the words of the screen (`ui/src/shared/text/import-words.ts`).

use std::collections::BTreeMap;

use domain::ErrorCode;

use super::words::{Word, Words};

const QUOTE: Word = ("引用符が閉じていません。", "A quotation mark is not closed.");
const WORDS: [(ErrorCode, Word); 22] = [
    (ErrorCode::RequestMalformed, ("列の数が1行目と違います。", "Another number of columns than in the first line.")),
    (
        ErrorCode::CommandIdReused,
        (
            "{line}行目と同じお客様・契約ですが、内容が違います。そろえてください。",
            "Of the same customer or contract as line {line}, but it says something else. Make them agree.",
        ),
    ),
    (ErrorCode::NotFound, ("{words} のどれかで入力してください。", "Must be one of: {words}.")),
    (
        ErrorCode::CustomerExists,
        (
            "同じ店番・顧客番号のお客様が、別の名前で登録されています。名前をそろえてください。",
            "The customer is there with another name. Make the names agree.",
        ),
    ),
    (
        ErrorCode::ContractExists,
        (
            "この契約者番号は登録済みか、別の行で使われています。行を消すか、番号を直してください。",
            "The contract is there already, or in another line. Take the line out, or correct it.",
        ),
    ),
    (
        ErrorCode::UserExists,
        (
            "この利用者IDは登録済みです。行を消すか、IDを直してください。",
            "The user ID is there already. Take the line out, or correct it.",
        ),
    ),
    (ErrorCode::UserTwice, ("{line}行目と同じ利用者IDです。", "The same user ID as in line {line}.")),
    (
        ErrorCode::AdministratorCount,
        ("契約ごとに、管理者をちょうど1人にしてください。", "A contract needs exactly one 管理者."),
    ),
    (ErrorCode::UsersTooMany, ("1契約の利用者IDは{max}件までです。", "A contract has {max} user IDs at most.")),
    (
        ErrorCode::DateOutOfRange,
        (
            "2019-04-01、2019/4/1、20190401 のどれかの形で、実在する日付にしてください。",
            "Must be a date that exists, as 2019-04-01, 2019/4/1 or 20190401.",
        ),
    ),
    (ErrorCode::BranchUnknown, ("この店番の店舗は登録されていません。", "No branch of this code is known.")),
    (
        ErrorCode::BranchMerged,
        ("この店舗は{into}に統合されます。その店番にしてください。", "The branch merges into {into}: use that code."),
    ),
    (ErrorCode::TextMissing, ("入力がありません。", "Must not be empty.")),
    (ErrorCode::TextTooLong, ("{max}文字以内にしてください。", "At most {max} characters.")),
    (
        ErrorCode::TextForbiddenCharacter,
        (
            "使えない文字({character})があります。文字コードの選択を確かめてください。",
            "{character} can't stand here. Look at the encoding that was chosen.",
        ),
    ),
    (ErrorCode::BranchCodeMalformed, ("3桁以内の数字にしてください。", "Three digits at most.")),
    (ErrorCode::CifMalformed, ("10桁以内の数字にしてください。", "One to ten digits.")),
    (
        ErrorCode::ContractNumberMalformed,
        (
            "8〜12桁の数字にしてください。先頭の0が落ちていないかも確かめてください。",
            "Eight to twelve digits. Were leading zeros lost?",
        ),
    ),
    (ErrorCode::UserIdMalformed, ("6〜20文字の半角英数字にしてください。", "Six to twenty letters and digits.")),
    (
        ErrorCode::KanaMalformed,
        ("カナ以外の文字({character})があります。カタカナにしてください。", "Katakana only, not {character}."),
    ),
    (
        ErrorCode::PhoneMalformed,
        ("10〜11桁の数字とハイフンにするか、空にしてください。", "10 or 11 digits with hyphens, or empty."),
    ),
    (ErrorCode::EmailMalformed, ("name@example.jp の形にするか、空にしてください。", "As name@example.jp, or empty.")),
];

/// Why, and what to do.
pub(super) fn reason(code: ErrorCode, args: &BTreeMap<String, String>, words: Words) -> String {
    if args.contains_key("quote") {
        return words.pick(QUOTE.0, QUOTE.1).to_owned();
    }
    // A centre may be newer than this desk: its label is better than nothing.
    let Some((_, word)) = WORDS.iter().find(|(one, _)| *one == code) else { return code.as_str().to_owned() };
    let filled = |text: String, (name, value): (&String, &String)| text.replace(&format!("{{{name}}}"), value);
    args.iter().fold(words.pick(word.0, word.1).to_owned(), filled)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::words::screen;
    use super::*;
    use crate::view::Language;

    /// The file says what the screen says, of every problem.
    #[test]
    fn the_words_are_the_screens() {
        for (table, language) in [("words", Language::Ja), ("wordsEn", Language::En)] {
            let shown = screen::table("import-words.ts", table);
            let filed =
                WORDS.iter().map(|(code, word)| (code.as_str().to_owned(), language.pick(word.0, word.1).to_owned()));
            assert_eq!(shown, filed.collect());
        }
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/shared/text/import-words.ts");
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.contains(QUOTE.0) && text.contains(QUOTE.1));
    }

    #[test]
    fn values_stand_in_their_places() {
        let args = BTreeMap::from([("line".to_owned(), "12".to_owned())]);
        let said = reason(ErrorCode::UserTwice, &args, Words(Language::Ja));
        assert_eq!(said, "12行目と同じ利用者IDです。");
        let args = BTreeMap::from([("quote".to_owned(), "\"".to_owned())]);
        assert_eq!(reason(ErrorCode::RequestMalformed, &args, Words(Language::En)), QUOTE.1);
    }
}
