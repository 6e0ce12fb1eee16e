// What is wrong with a line of a file of customers: in the words of the file, where an error's own words are about a screen. The same
// as in the file of all of them (`crates/desk/src/cases/import_words.rs`; a test compares them).
import type { ErrorCode } from "../../generated/desk";
import { errorText } from "./errors";
import { fill } from "./fill";
import { language } from "./language";

type Words = Partial<Record<ErrorCode, string>>;

const words: Words = {
	request_malformed: "列の数が1行目と違います。",
	command_id_reused: "{line}行目と同じお客様・契約ですが、内容が違います。そろえてください。",
	not_found: "{words} のどれかで入力してください。",
	customer_exists: "同じ店番・顧客番号のお客様が、別の名前で登録されています。名前をそろえてください。",
	contract_exists: "この契約者番号は登録済みか、別の行で使われています。行を消すか、番号を直してください。",
	user_exists: "この利用者IDは登録済みです。行を消すか、IDを直してください。",
	user_twice: "{line}行目と同じ利用者IDです。",
	administrator_count: "契約ごとに、管理者をちょうど1人にしてください。",
	users_too_many: "1契約の利用者IDは{max}件までです。",
	date_out_of_range: "2019-04-01、2019/4/1、20190401 のどれかの形で、実在する日付にしてください。",
	branch_unknown: "この店番の店舗は登録されていません。",
	branch_merged: "この店舗は{into}に統合されます。その店番にしてください。",
	text_missing: "入力がありません。",
	text_too_long: "{max}文字以内にしてください。",
	text_forbidden_character: "使えない文字({character})があります。文字コードの選択を確かめてください。",
	branch_code_malformed: "3桁以内の数字にしてください。",
	cif_malformed: "10桁以内の数字にしてください。",
	contract_number_malformed: "8〜12桁の数字にしてください。先頭の0が落ちていないかも確かめてください。",
	user_id_malformed: "6〜20文字の半角英数字にしてください。",
	kana_malformed: "カナ以外の文字({character})があります。カタカナにしてください。",
	phone_malformed: "10〜11桁の数字とハイフンにするか、空にしてください。",
	email_malformed: "name@example.jp の形にするか、空にしてください。",
};

const wordsEn: Words = {
	request_malformed: "Another number of columns than in the first line.",
	command_id_reused: "Of the same customer or contract as line {line}, but it says something else. Make them agree.",
	not_found: "Must be one of: {words}.",
	customer_exists: "The customer is there with another name. Make the names agree.",
	contract_exists: "The contract is there already, or in another line. Take the line out, or correct it.",
	user_exists: "The user ID is there already. Take the line out, or correct it.",
	user_twice: "The same user ID as in line {line}.",
	administrator_count: "A contract needs exactly one 管理者.",
	users_too_many: "A contract has {max} user IDs at most.",
	date_out_of_range: "Must be a date that exists, as 2019-04-01, 2019/4/1 or 20190401.",
	branch_unknown: "No branch of this code is known.",
	branch_merged: "The branch merges into {into}: use that code.",
	text_missing: "Must not be empty.",
	text_too_long: "At most {max} characters.",
	text_forbidden_character: "{character} can't stand here. Look at the encoding that was chosen.",
	branch_code_malformed: "Three digits at most.",
	cif_malformed: "One to ten digits.",
	contract_number_malformed: "Eight to twelve digits. Were leading zeros lost?",
	user_id_malformed: "Six to twenty letters and digits.",
	kana_malformed: "Katakana only, not {character}.",
	phone_malformed: "10 or 11 digits with hyphens, or empty.",
	email_malformed: "As name@example.jp, or empty.",
};

const quote = { ja: "引用符が閉じていません。", en: "A quotation mark is not closed." };

export function lineReason(code: ErrorCode, args: Partial<Record<string, string>>): string {
	if (args.quote) return quote[language()];
	const own = (language() === "en" ? wordsEn : words)[code];
	const { title, next } = errorText(code);
	return fill(own ?? `${title} ${next}`, args);
}
