// The policy in words: settings, units, choices, and what a change does. A setting this version does not know shows its key.
import type { PolicyChangeState, PolicyEffect, Unit } from "../../generated/desk";
import { language } from "./language";
import { changeWordsEn, choiceWordsEn, effectWordsEn, settingWordsEn, unitWordsEn } from "./policy-words.en";

const english = () => language() === "en";

const settingWords: Record<string, string> = {
	validity_days: "証明書の有効期間(取得日から)",
	pickup_deadline_days: "取得期限(発行日から)",
	renewal_opens_days: "更新の開始(満了日の前)",
	grace_days: "満了後の再取得期間",
	reminder_days: "満了前のお知らせメール(満了日の前)",
	users_per_contract: "契約あたりの利用者IDの上限",
	recontract_user_ids: "再契約のときの利用者ID",
	branch_reissues: "営業店が再発行する利用者",
	received_days_back: "申込受付日をさかのぼれる日数",
	pickup_tries: "取得コードを間違えられる回数",
	pickup_lock_minutes: "取得コードの停止時間",
	key_place: "鍵の作成場所",
	backup: "証明書ファイルの控えを持てる利用者",
	key_types: "認める鍵の種類(先頭を取得ページで使用)",
	platforms: "取得できるOS",
	browsers: "取得できるブラウザ",
	passphrase_min: "証明書ファイルのパスワードの最短文字数",
	hold_confirm_days: "事後検印の期限",
	paper_reminder_days: "失効依頼書を督促する間隔",
	closed_days: "休業日(土日・祝日・年末年始のほか)",
	idle_lock_minutes: "離席ロックまでの時間",
	sign_in_tries: "職員のパスワードを間違えられる回数",
	sign_in_lock_minutes: "職員のサインインの停止時間",
	session_hours: "サインインの有効時間",
	offline_sign_in_hours: "未接続のサインインを認める時間",
	business_from_hour: "業務の開始時刻",
	business_until_hour: "業務の終了時刻(日次の締め)",
};
export const settingWord = (key: string): string => (english() ? settingWordsEn[key] : settingWords[key]) ?? key;

const unitWords: Record<Unit, string> = {
	days: "日",
	business_days: "営業日",
	hours: "時間",
	hour_of_day: "時",
	minutes: "分",
	times: "回",
	characters: "文字",
	pieces: "件",
};
export const unitWord = (unit: Unit | null | undefined): string =>
	unit ? (english() ? unitWordsEn : unitWords)[unit] : "";

const choiceWords: Record<string, string> = {
	kept: "同じIDを引き継ぐ",
	renumbered: "新しいIDにする",
	administrator: "管理者のみ",
	administrators: "管理者のみ",
	all: "すべての利用者",
	nobody: "持てない",
	file: "取得ページ(ファイル)",
	choice: "お客様が選ぶ",
	windows_store: "Windowsの証明書ストア",
	"P-256": "P-256(楕円曲線)",
	"RSA-2048": "RSA 2048ビット",
	"RSA-3072": "RSA 3072ビット",
	windows: "Windows",
	macos: "macOS",
	linux: "Linux",
	edge: "Edge",
	chrome: "Chrome",
	firefox: "Firefox",
	safari: "Safari",
};
export const choiceWord = (choice: string): string =>
	(english() ? choiceWordsEn[choice] : undefined) ?? choiceWords[choice] ?? choice;

const changeWords: Record<PolicyChangeState, string> = {
	proposed: "確認待ち",
	confirmed: "確認済",
	withdrawn: "取下げ",
};
export const isPolicyChange = (word: string): word is PolicyChangeState => word in changeWords;
export const changeWord = (state: PolicyChangeState): string => (english() ? changeWordsEn : changeWords)[state];

/** What a change does, with the number it does it to. */
const effectWords: Record<PolicyEffect, string> = {
	validity_kept: "有効な証明書 {count}件の満了日は変わりません。",
	validity_of_rights: "発行済・未取得 {count}件は、取得すると新しい有効期間になります。",
	deadlines_kept: "発行済・未取得 {count}件の取得期限は変わりません。これからの発行から変わります。",
	renewal_opens: "証明書 {count}件が、この日から更新できるようになります。",
	renewal_closes: "証明書 {count}件は、まだ更新できなくなります。",
	grace_lost: "満了した証明書 {count}件が、再取得できなくなります(新しい申込が必要)。",
	grace_longer: "再取得期間中の証明書 {count}件は、期間が延びます。",
	grace_stays_over: "再取得期間を終えた証明書 {count}件は、元に戻りません。",
	rights_fetched: "発行済・未取得 {count}件のお客様は、取得のときに新しい設定に従います。",
	sessions_kept: "いまのサインイン {count}件の有効時間は変わりません。",
	from_now_on: "これからの操作に適用されます。",
};
export const effectWord = (effect: PolicyEffect): string => (english() ? effectWordsEn : effectWords)[effect];
