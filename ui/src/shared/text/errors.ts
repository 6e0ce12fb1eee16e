// Every error code in words: what happened, and what to do next. Total: a missing code does not compile.
import type { ErrorCode } from "../../generated/desk";
import { errorTextsEn } from "./errors.en";
import { language } from "./language";

export type ErrorText = { title: string; next: string };

export const errorTexts = {
	request_malformed: {
		title: "送信内容の形式が正しくありません。",
		next: "画面を開き直して、もう一度入力してください。",
	},
	body_too_large: { title: "送信内容が大きすぎます。", next: "入力を短くして、もう一度お試しください。" },
	not_found: { title: "お探しのものが見つかりません。", next: "前の画面に戻って、もう一度お試しください。" },
	id_malformed: { title: "識別番号の形式が正しくありません。", next: "画面を開き直してください。" },
	branch_code_malformed: { title: "店番は3桁の数字です。", next: "店番を確認してください。" },
	cif_malformed: { title: "顧客番号は10桁以内の数字です。", next: "顧客番号を確認してください。" },
	contract_number_malformed: { title: "契約者番号は8〜12桁の数字です。", next: "契約者番号を確認してください。" },
	user_id_malformed: { title: "利用者IDは6〜20文字の半角英数字です。", next: "利用者IDを確認してください。" },
	staff_id_malformed: { title: "職員番号は4〜16文字の半角英数字です。", next: "職員番号を確認してください。" },
	serial_malformed: { title: "シリアル番号の形式が正しくありません。", next: "番号を確認してください。" },
	text_missing: { title: "入力されていません。", next: "この項目を入力してください。" },
	text_too_long: { title: "{max}文字を超えています。", next: "短くしてください。" },
	text_forbidden_character: {
		title: "使用できない文字({character})が含まれています。",
		next: "制御文字や表示方向を変える文字を除いてください。",
	},
	kana_malformed: { title: "カナ以外の文字「{character}」が含まれています。", next: "カタカナで入力してください。" },
	phone_malformed: {
		title: "電話番号の形式が正しくありません。",
		next: "10〜11桁の数字とハイフンで入力してください。",
	},
	email_malformed: { title: "メールアドレスの形式が正しくありません。", next: "アドレスを確認してください。" },
	date_out_of_range: {
		title: "日付が範囲外です。",
		next: "受付日・交付日は今日以前、解約日・契約日は1年先までの、古すぎない日付を入力してください。代行は今日以降の92日以内です。",
	},
	session_missing: { title: "サインインが必要です。", next: "もう一度サインインしてください。" },
	session_mismatch: { title: "このサインインは、この端末では使えません。", next: "サインインし直してください。" },
	sign_in_denied: { title: "職員番号またはパスワードが違います。", next: "確認して、もう一度入力してください。" },
	sign_in_locked: {
		title: "続けて間違えたため、{until}まで使えません。",
		next: "時間をおくか、役席に連絡してください。",
	},
	terminal_denied: {
		title: "この端末は登録されていないか、取り消されています。",
		next: "事務部システム課に連絡してください。",
	},
	invitation_denied: {
		title: "招待コードが違うか、期限切れか、別のPCで使われています。",
		next: "コードを確かめ、違わなければ事務部システム課に新しい招待を依頼してください。",
	},
	terminal_revoked: {
		title: "この端末は取り消されました。",
		next: "事務部システム課に連絡してください。もう一度使うには、新しい招待が必要です。",
	},
	terminal_moved: { title: "この端末は別の取引店に移りました。", next: "画面の案内に従ってください。" },
	terminal_certificate_ended: {
		title: "この端末の証明書の期限が切れ、センターに接続できません。",
		next: "事務部システム課に連絡し、新しい招待で登録し直してください。",
	},
	terminal_busy: { title: "送信待ちの操作があります。", next: "送り終わるまでお待ちください。" },
	held_terminal_revoked: {
		title: "審査待ち: 取り消された端末から、取消のあとに届きました。",
		next: "取引店の役席が本人に確かめ、「承認」の画面から受け付けます。",
	},
	centre_address_malformed: {
		title: "センターのアドレスの形が違います。",
		next: "案内に書かれたとおり、https:// で始まる名前とポート番号を入力してください。",
	},
	centre_not_there: {
		title: "このアドレスは、センターの登録の受付ではありません。",
		next: "アドレスとポート番号を案内と照らし合わせてください。",
	},
	fingerprint_malformed: {
		title: "指紋を読み取れません。",
		next: "16語を空白で区切って入力するか、64桁の16進数を貼り付けてください。",
	},
	fingerprint_word_unknown: {
		title: "「{word}」という語は指紋に使われません。",
		next: "案内と1語ずつ照らし合わせてください。",
	},
	fingerprint_typo: {
		title: "16語のどれかが違うか、順序が入れ替わっています。",
		next: "案内と1語ずつ照らし合わせてください。",
	},
	head_differs: {
		title: "紙に印刷された先頭と、この端末のログ({size}件の時点)が一致しません。",
		next: "入力した語と件数を確かめ、それでも一致しないときは、紙を保管して事務部システム課と監査部署に電話してください。",
	},
	fingerprint_mismatch: {
		title: "応答したのは、案内に書かれたセンターではありません。登録していません。",
		next: "アドレスと指紋を確かめ、それでも一致しないときは事務部システム課に電話してください。",
	},
	fingerprint_missing: {
		title: "センターの指紋が確かめられていません。",
		next: "案内の16語を入力するか、表示された16語と照らし合わせてください。",
	},
	invitation_text_malformed: {
		title: "案内の文字列を読み取れません。",
		next: "「MADOGUCHI:」から終わりまでを貼り付けるか、下の欄に入力してください。",
	},
	root_malformed: { title: "証明書のファイルではありません。", next: "root.cer を選んでください。" },
	envelope_signature_invalid: { title: "端末の署名が確認できません。", next: "事務部システム課に連絡してください。" },
	institution_mismatch: { title: "別の金庫あての操作です。", next: "アプリを起動し直してください。" },
	role_not_permitted: { title: "この操作を行う権限がありません。", next: "権限のある職員に依頼してください。" },
	branch_not_permitted: { title: "他の取引店のお客様です。", next: "取引店に連絡してください。" },
	two_person_rule: {
		title: "ご自分が登録・依頼したものは、ご自分では承認・差戻し・否認できません。",
		next: "別の役席(職員の登録、店舗の統合・移管は、事務部の別の職員)に依頼してください。",
	},
	command_id_reused: { title: "同じ受付番号で異なる内容が送られました。", next: "画面を開き直してください。" },
	version_conflict: {
		title: "{by}が先にこのお客様の内容を変更しました{did}。",
		next: "最新の内容を確認して、もう一度操作してください。入力内容は残っています。",
	},
	attachment_mismatch: { title: "添付の内容が一致しません。", next: "画面を開き直して、もう一度お試しください。" },
	code_hash_mismatch: { title: "取得コードの送信に失敗しました。", next: "もう一度印刷してください。" },
	customer_unknown: { title: "このお客様は登録されていません。", next: "検索し直してください。" },
	customer_exists: { title: "この顧客番号のお客様は登録済みです。", next: "顧客番号で検索してください。" },
	contract_unknown: { title: "この契約は見つかりません。", next: "契約を選び直してください。" },
	contract_exists: { title: "この契約者番号は使われています。", next: "契約者番号を確認してください。" },
	contract_closed: { title: "この契約は解約済みです。", next: "有効な契約を選んでください。" },
	user_unknown: { title: "利用者ID {user_id} は見つかりません。", next: "利用者IDを確認してください。" },
	user_exists: { title: "利用者ID {user_id} は使われています。", next: "別の利用者IDを入力してください。" },
	users_missing: { title: "利用者IDが選ばれていません。", next: "1つ以上の利用者IDを選んでください。" },
	user_twice: { title: "利用者ID {user_id} が重複しています。", next: "重複を除いてください。" },
	administrator_count: { title: "管理者は1契約に1人です。", next: "役割を確認してください。" },
	users_too_many: { title: "利用者IDは1契約に{max}件までです。", next: "件数を減らしてください。" },
	already_certificate_method: {
		title: "利用者ID {user_id} はすでに電子証明書方式です{who}。",
		next: "選択から外してください。",
	},
	application_open: {
		title: "利用者ID {user_id} には処理中の申込(受付番号 {receipt})があります{who}。",
		next: "その申込を先に処理してください。",
	},
	certificate_usable: {
		title: "利用者ID {user_id} には有効な証明書があります{who}。",
		next: "証明書の状態を確認してください。",
	},
	nothing_to_reissue: {
		title: "利用者ID {user_id} には電子証明書が発行されたことがありません。",
		next: "「電子証明書方式へ変更」の申込を登録してください。",
	},
	stopped_by_incident: {
		title: "利用者ID {user_id} は停止中です。",
		next: "事故の受付を、先に再開または失効で完結してください。",
	},
	reissue_by_administrator: {
		title: "利用者ID {user_id} の再発行は、お客様の管理者の方が行います。",
		next: "管理者の方に、WEB-FBの画面で再発行の手続きをしていただくようご案内してください。",
	},
	contract_closing: {
		title: "この契約は{closing_on}に解約の予定です。",
		next: "解約の申込を確認してください。",
	},
	recontract_user_id: {
		title: "新しい契約での利用者ID({user_id})の付け方が、金庫の決まりと異なります。",
		next: "画面の案内のとおり、引き継ぐか新しい利用者IDを入力してください。",
	},
	no_slip_for_renewal: {
		title: "お客様がご自身で更新中の証明書には、発行通知書はありません。",
		next: "お客様に更新ページで続けていただくか、再発行の申込を登録してください。",
	},
	branch_unknown: { title: "この店番の店舗は登録されていません。", next: "店番を確認してください。" },
	branch_exists: { title: "この店番の店舗は、すでに登録されています。", next: "店舗の一覧を確認してください。" },
	branch_merged: {
		title: "この店舗は、店番{into}への統合が決まっています。",
		next: "統合先の店番を使うか、統合日の前に統合を取りやめてください。",
	},
	import_missing: {
		title: "確認したファイルが、センターに残っていません。",
		next: "ファイルをもう一度選んで、確認からやり直してください。",
	},
	import_under_way: {
		title: "別の取り込みが行われています。",
		next: "終わるのを待って、もう一度お試しください。",
	},
	import_lines: { title: "ファイルに悪い行があります。", next: "ファイルを直して、もう一度選んでください。" },
	import_unreadable: {
		title: "このファイルは取り込めません。",
		next: "CSVか、文字コードの選択が正しいかを確かめてください。",
	},
	import_columns: {
		title: "1行目の列名が、決められたものと違います。",
		next: "{lacking}{strange}{doubled}1行目と、文字コードの選択を確かめてください。",
	},
	import_too_long: {
		title: "ファイルに{rows}行あります。一度に取り込めるのは{max}行までです。",
		next: "{line}行目より前で分けてください。同じお客様の行は、同じファイルに入れてください。",
	},
	import_cancelled: { title: "取り込みを中止しました。", next: "何も取り込まれていません。" },
	import_elsewhere: { title: "別のセンターにつながっています。", next: "少し待って、もう一度お試しください。" },
	customers_too_many: {
		title: "一度に依頼できるお客様は{max}件までです。",
		next: "何回かに分けて依頼してください。",
	},
	customer_number_taken: {
		title: "顧客番号 {cif} は、移管先で別のお客様が使っています。",
		next: "移管先での顧客番号を入力してください。",
	},
	customer_twice: {
		title: "顧客番号 {cif} のお客様は、二度入力されているか、すでに移管中です。",
		next: "重なっている行を消してください。",
	},
	branch_same: { title: "同じ店舗です。", next: "別の店番を入力してください。" },
	held_acts_open: {
		title: "オフラインで行われた操作が審査を待っています。",
		next: "役席の審査が終わってから、移管してください。",
	},
	day_signed_off: {
		title: "この営業日は検印済みです。{who}",
		next: "検印の内容は一覧から確認できます。検印日時は{at}です。",
	},
	day_not_business: { title: "{day}は休業日です。", next: "休業日の記録は、次の営業日の検印に含まれます。" },
	day_not_over: { title: "営業がまだ終わっていません。", next: "{closes}の締めより後に検印してください。" },
	day_before_first: { title: "この取引店の記録が始まる前の日です。", next: "{first}より後の営業日を選んでください。" },
	day_changed: {
		title: "この営業日の記録を、まだすべて受け取っていません。",
		next: "同期が終わってから、内容を確認し直して検印してください。",
	},
	day_head_unknown: {
		title: "確認したログがセンターのログと一致しません。",
		next: "同期状態を確認し、解決しないときは事務部システム課に連絡してください。",
	},
	day_own_work: {
		title: "この営業日に、ご自身の例外の操作({what})があるため検印できません。",
		next: "別の役席、代行、または事務部が検印してください。",
	},
	day_comment_missing: {
		title: "所見が必要です(例外{count}件)。",
		next: "例外を確認した内容、または事務部が検印する理由を入力してください。",
	},
	policy_setting_unknown: {
		title: "この設定項目({field})はありません。",
		next: "画面を開き直してください。続くときは、このPCのプログラムを更新してください。",
	},
	policy_value_refused: {
		title: "設定できない値です。",
		next: "項目の横にある「設定できる値」の範囲で入力してください。更新の開始とお知らせは、有効期間より長くできません。",
	},
	policy_unchanged: { title: "いまの設定と同じです。", next: "変更する値を入力してください。" },
	policy_change_waiting: {
		title: "ほかの変更が確認を待っています{who}。",
		next: "その変更が確認されるか取り下げられてから、提案してください。",
	},
	policy_change_unknown: { title: "この変更の提案はありません。", next: "画面を開き直してください。" },
	policy_change_state: {
		title: "この変更は、すでに確認または取下げされています{who}。",
		next: "変更の履歴を確認してください。",
	},
	renewal_denied: {
		title: "更新に使える電子証明書が確認できません。",
		next: "現在の電子証明書が入っているパソコンで開いてください。",
	},
	renewal_not_open: { title: "更新は{opens_on}から行えます。", next: "その日以降に、もう一度お試しください。" },
	renewal_refused: { title: "この電子証明書は更新できません。", next: "お取引店へご連絡ください。" },
	renewal_too_late: {
		title: "有効期限({ended_on})から日数が経過したため、更新できません。",
		next: "お取引店で再発行をお申し込みください。",
	},
	pickup_not_open: { title: "取得は{opens_on}から行えます。", next: "その日以降に、もう一度お試しください。" },
	cause_missing: { title: "再発行の理由を選んでください。", next: "理由によって、今の証明書の終わり方が決まります。" },
	successor_exists: {
		title: "利用者ID {user_id} には未取得の発行があります{who}。",
		next: "発行通知書を再印刷してください。",
	},
	check_missing: { title: "書面の確認が済んでいません。", next: "確認して、チェックを入れてください。" },
	application_unknown: { title: "この申込は見つかりません。", next: "一覧に戻ってください。" },
	application_exists: { title: "この申込は登録済みです。", next: "申込の一覧を確認してください。" },
	application_state: { title: "この申込は、すでに処理されています{who}。", next: "最新の状態を確認してください。" },
	certificate_unknown: { title: "この証明書は見つかりません。", next: "お客様の画面を開き直してください。" },
	certificate_state: {
		title: "この証明書は、その操作ができる状態ではありません。",
		next: "最新の状態を確認してください。",
	},
	slip_not_printed: { title: "発行通知書がまだ印刷されていません。", next: "先に発行通知書を印刷してください。" },
	incident_unknown: { title: "この事故の受付は見つかりません。", next: "お客様の画面を開き直してください。" },
	incident_state: { title: "この事故の受付は、すでに処理されています{who}。", next: "最新の状態を確認してください。" },
	nothing_to_stop: {
		title: "停止できる電子証明書がありません。",
		next: "利用者IDと証明書の状態を確認してください。ID・パスワード方式と、別の仕組みで発行された電子証明書の停止は、ここではできません。",
	},
	stopped_already: {
		title: "すでに停止されています({at}){who}。",
		next: "停止は有効です。聞き取った内容は、お客様の画面にある受付済みの事故に記録してください。",
	},
	resume_refused: {
		title: "この停止は再開できません。",
		next: "盗難・不正利用の疑い、またはほかの人が使えた可能性があるときは、失効してください。",
	},
	paper_missing: {
		title: "失効依頼書が届いていません。",
		next: "受領を記録してから失効してください。停止は続いています。",
	},
	staff_exists: { title: "この職員番号は登録済みです。", next: "職員番号を確認してください。" },
	staff_unknown: { title: "この職員は登録されていません。", next: "職員番号を確認してください。" },
	terminal_state: { title: "端末の状態が合いません。", next: "事務部システム課に連絡してください。" },
	actor_not_permitted: { title: "この操作は許可されていません。", next: "事務部システム課に連絡してください。" },
	pickup_denied: {
		title: "利用者IDまたは取得コードが正しくありません。",
		next: "発行通知書をお確かめのうえ、もう一度入力してください。",
	},
	pickup_too_many_tries: {
		title: "続けて間違えたため、しばらく入力できません。",
		next: "約{retry_after_s}秒後に、もう一度お試しください。",
	},
	pickup_deadline_passed: { title: "取得期限({deadline})を過ぎています。", next: "お取引店へご連絡ください。" },
	pickup_other_key: {
		title: "この電子証明書は、別の画面で取得が始まっています。",
		next: "取得を始めたパソコンとブラウザで続けるか、お取引店へご連絡ください。",
	},
	pickup_cancelled: { title: "この発行は取り消されています。", next: "お取引店へご連絡ください。" },
	pickup_held: { title: "この発行は一時停止中です。", next: "事故の受付を確認してください。" },
	platform_not_allowed: {
		title: "このパソコンまたはブラウザでは取得できません。",
		next: "WindowsのMicrosoft EdgeまたはGoogle Chromeで開いてください。",
	},
	csr_malformed: { title: "証明書要求を読み取れません。", next: "ページを開き直してください。" },
	csr_signature_invalid: { title: "証明書要求の署名が正しくありません。", next: "ページを開き直してください。" },
	csr_extension_refused: {
		title: "証明書要求に余分な内容が含まれています。",
		next: "このページから取得してください。",
	},
	key_type_refused: { title: "この種類の鍵は使えません。", next: "このページから取得してください。" },
	key_weak: { title: "鍵の強度が足りません。", next: "このページから取得してください。" },
	key_reused: { title: "この鍵は以前に使われています。", next: "ページを開き直し、新しい鍵で取得してください。" },
	confirm_signature_invalid: {
		title: "鍵の確認ができませんでした。",
		next: "もう一度「有効にする」を押してください。",
	},
	keyring_unavailable: {
		title: "このPCの資格情報の保管庫が使えません。",
		next: "Windows/デスクトップにサインインし直してから起動してください。",
	},
	replica_unreadable: {
		title: "このPCの台帳の写しが壊れているか、開けません。",
		next: "事務部システム課に連絡してください。業務を停止した画面から、台帳の写しを取り直せます。",
	},
	replica_beyond_recovery: {
		title: "台帳の写しも控えも、このPCの鍵では読み取れません。何も変えていません。",
		next: "事務部システム課に連絡し、資格情報の保管庫の鍵を戻すか、端末を登録し直してください。送信待ちの操作があった場合は、お客様に確かめてください。",
	},
	disk_full: {
		title: "このPCの空き容量がありません。何も登録・送信されていません。",
		next: "不要なファイルを片づけて空きを作り、同じ操作をもう一度行ってください。急ぐ停止は、ほかの端末か緊急連絡先で行ってください。",
	},
	profile_read_only: {
		title: "このPCの台帳の写しに書き込めません。",
		next: "事務部システム課に連絡してください。送信待ちの操作は消えていません。",
	},
	epoch_ended: {
		title: "センターの発行ログが、バックアップから復旧されました。",
		next: "そのままお待ちください。この端末の記録を自動で突き合わせます。",
	},
	log_mismatch: {
		title: "発行ログが、この端末の記録と一致しません。業務を停止しました。",
		next: "操作を続けず、直ちに事務部システム課と監査に連絡してください。",
	},
	desk_locked: { title: "画面がロックされています。", next: "パスワードを入力してください。" },
	not_enrolled: {
		title: "この端末はまだ登録されていません。",
		next: "事務部システム課に端末の登録を依頼してください。",
	},
	offline: {
		title: "センターに接続できません。",
		next: "接続が戻ってからお試しください。接続なしでできるのは、申込の登録と、紛失・盗難の受付だけです。",
	},
	replica_newer: {
		title: "このPCの台帳の写しは、新しい版のプログラムのものです。",
		next: "プログラムを新しい版に更新してください。台帳の写しと送信待ちの操作はそのまま残っています。",
	},
	config_invalid: {
		title: "設定ファイルに誤りがあります。{why}",
		next: "事務部システム課に連絡し、desk.tomlを直してから起動してください。",
	},
	centre_not_trusted: {
		title: "センターの証明書が、設定の指紋と一致しません。接続していません。",
		next: "操作を続けず、事務部システム課に連絡してください。",
	},
	sign_in_offline: {
		title: "接続なしのサインインでは、この操作はできません。",
		next: "接続が戻ったら、サインインし直してください。申込の登録と緊急停止の受付はこのままできます。",
	},
	offline_sign_in_over: {
		title: "接続なしではサインインできません。",
		next: "このPCで{hours}時間以内にセンターへサインインした職員だけが、接続なしでサインインできます。接続が戻るまでお待ちください。",
	},
	offline_sign_in_locked: {
		title: "接続なしのサインインを続けて間違えたため、使えません。",
		next: "接続が戻ったら、サインインし直してください。再起動しても解除されません。",
	},
	clock_set_back: {
		title: "このPCの時計が戻されています。",
		next: "時計を正しい時刻に直すか、接続が戻るまでお待ちください。",
	},
	held_act_unknown: { title: "この審査待ちの操作は、すでに処理されています。", next: "最新の状態を確認してください。" },
	held_staff_locked: {
		title: "審査待ち: サインインのあとで、登録した職員のサインインが停止されています。",
		next: "取引店の役席が本人に確かめ、「承認」の画面から受け付けます。",
	},
	held_staff_changed: {
		title: "審査待ち: サインインのあとで、登録した職員の権限または取引店が変わっています。",
		next: "取引店の役席が本人に確かめ、「承認」の画面から受け付けます。",
	},
	held_late: {
		title: "審査待ち: 接続なしで操作できる時間を過ぎてから登録されています。",
		next: "取引店の役席が時刻と本人を確かめ、「承認」の画面から受け付けます。",
	},
	held_act_dismissed: {
		title: "役席が受け付けませんでした{who}。",
		next: "理由を役席に確認し、必要なときは申込画面を開き直してください。",
	},
	account_locked: {
		title: "この職員は、事務部によってロックされています。",
		next: "事務部システム課に連絡してください。",
	},
	own_account: {
		title: "ご自分の登録は変更できません。",
		next: "事務部の別の職員に依頼してください。",
	},
	staff_state: { title: "{account}", next: "最新の状態を確認してください。" },
	proposal_open: {
		title: "先に出された、承認待ちの依頼があります{who}。",
		next: "先にその依頼を承認するか、取り下げてください。",
	},
	proposal_unknown: {
		title: "この依頼は、すでに承認されたか取り下げられています。",
		next: "最新の状態を確認してください。",
	},
	password_change_needed: {
		title: "仮パスワードでサインインしています。",
		next: "先に自分のパスワードに変更してください。",
	},
	temporary_password_over: {
		title: "仮パスワードの期限(72時間)が過ぎています。",
		next: "事務部システム課に再発行を依頼してください。",
	},
	password_temporary: {
		title: "この職員は、仮パスワードをまだ変更していません{who}。",
		next: "本人がサインインしてパスワードを変更したあとで、もう一度操作してください。",
	},
	password_given_lately: {
		title: "この職員に仮パスワードを渡したため、{until}まで、承認の権限を与える操作には加われません。",
		next: "事務部の別の職員に依頼してください。",
	},
	password_missing: {
		title: "パスワードが届いていないか、形式が違います。",
		next: "依頼を取り下げて、もう一度操作してください。",
	},
	password_wrong: { title: "今のパスワードが違います。", next: "確認して、もう一度入力してください。" },
	password_too_short: { title: "パスワードが短すぎます。", next: "{min}文字以上にしてください。" },
	password_too_long: { title: "パスワードが長すぎます。", next: "{max}文字以内にしてください。" },
	password_common: {
		title: "推測されやすいパスワードです。{reason}",
		next: "いくつかの言葉をつなげた、長めの言い回しをお勧めします。",
	},
	password_same: { title: "今のパスワードと同じです。", next: "別のパスワードにしてください。" },
	password_differs: { title: "確認の入力と違います。", next: "同じパスワードをもう一度入力してください。" },
	slip_failed: {
		title: "帳票を作成できません。{character}",
		next: "氏名の文字を確認し、事務部システム課に連絡してください。",
	},
	slip_overtaken: {
		title: "同じ発行通知書が、ほぼ同時に別の端末でも印刷されました。この画面の通知書は印刷していません。",
		next: "有効なのは別の端末の通知書だけです。担当者に確認し、こちらで渡す場合はもう一度印刷してください(前のものは使えなくなります)。",
	},
	slip_save_refused: { title: "発行通知書は保存できません。", next: "印刷してください(保存は訓練モードだけです)。" },
	file_not_saved: {
		title: "ファイルを保存できませんでした。",
		next: "同じ名前のファイルを開いているときは閉じ、または別の保存先を選んで、もう一度お試しください。",
	},
	export_unmappable: {
		title: "{row}件目の「{column}」に、Shift_JISで表せない文字({character})があります。",
		next: "CSV(UTF-8)、Excel、PDFのいずれかで書き出してください。",
	},
	export_too_long: {
		title: "{rows}件は、この形式には多すぎます(上限 {most}件)。",
		next: "期間などで絞り込むか、CSVを選んでください。",
	},
	text_too_broad: {
		title: "入力した文字で始まる番号のお客様が{most}件を超えています。",
		next: "続きの文字を入力してから、もう一度書き出してください。",
	},
	rate_limited: { title: "操作が集中しています。", next: "少し待って、もう一度お試しください。" },
	unavailable: { title: "センターが一時的に利用できません。", next: "少し待って、もう一度お試しください。" },
	recovering: {
		title: "センターが復旧中です。この操作は、まだできません。",
		next: "紛失・盗難の届出だけは受け付けています。復旧が終わると、画面上部の表示が消えます。",
	},
	internal: { title: "予期しない問題が起きました。", next: "照会番号を事務部システム課に伝えてください。" },
} as const satisfies Record<ErrorCode, ErrorText>;

/** An error's words in the language of whoever reads them. */
export const errorText = (code: ErrorCode): ErrorText => (language() === "en" ? errorTextsEn : errorTexts)[code];

export const isErrorCode = (code: string): code is ErrorCode => code in errorTexts;
