// Every problem in Japanese: what happened, what it means, what to do next. Total: a missing one does not compile.
import type { ProblemCode } from "../problem";

export type ProblemText = { title: string; body: string; next: string };

const ours = (title: string): ProblemText => ({
	title,
	body: "お客さまの操作に誤りはありません。電子証明書はまだ有効になっていません。",
	next: "「もう一度送る」を押してください。くり返し表示されるときは、下の窓口へ受付参照番号をお知らせください。",
});

export const problemsJa = {
	pickup_denied: {
		title: "利用者IDまたは取得コードが違います",
		body: "入力された組み合わせでは、取得できる電子証明書が見つかりませんでした。",
		next: "発行通知書と見比べて、もう一度入力してください。新しい通知書を受け取られたときは、前の取得コードは使えません。",
	},
	pickup_too_many_tries: {
		title: "続けて間違えたため、一時的に止めています",
		body: "安全のため、{wait}は入力を受け付けられません。取得コードは失われていません。",
		next: "{wait}たってから、発行通知書を確認して入力してください。",
	},
	pickup_deadline_passed: {
		title: "取得期限が過ぎています",
		body: "取得期限は{deadline}でした。この取得コードでは取得できません。",
		next: "お取引店へ、電子証明書の再発行をお申し出ください。",
	},
	pickup_other_key: {
		title: "この取得コードは、すでに使われています",
		body: "別のパソコンやブラウザで取得が始まっているか、終わっています。取得コードは、はじめに使ったブラウザだけで続けられます。",
		next: "はじめに使ったパソコンとブラウザで続けてください。お心当たりがないときは、すぐにお取引店へご連絡ください。",
	},
	pickup_cancelled: {
		title: "この取得は取り消されています",
		body: "お申し出または当金庫の手続きにより、この取得コードは使えなくなりました。",
		next: "お取引店へお問い合わせください。",
	},
	pickup_not_open: {
		title: "まだ取得できません",
		body: "この取得コードは、新しい契約の契約日({opens})から使えます。コードは失われていません。",
		next: "{opens}以降に、もう一度このページを開いてください。",
	},
	pickup_held: {
		title: "この取得は停止されています",
		body: "紛失・盗難のお申し出により、この取得コードは停止されています。",
		next: "お取引店へご連絡ください。",
	},
	platform_not_allowed: {
		title: "この環境では電子証明書を取得できません",
		body: "お使いのシステムまたはブラウザは対象外です。取得コードはまだ使われていません。",
		next: "Windows のパソコンで、Microsoft Edge または Google Chrome を使って開き直してください。",
	},
	csr_malformed: ours("鍵の情報を受け取れませんでした"),
	csr_signature_invalid: ours("鍵の確認ができませんでした"),
	csr_extension_refused: ours("鍵の情報に、受け付けられない内容がありました"),
	key_type_refused: {
		title: "この種類の鍵は受け付けられません",
		body: "ページを開いてから、当金庫の設定が変わった可能性があります。",
		next: "ページを開き直して、はじめから入力してください。",
	},
	key_weak: ours("作られた鍵の強さが足りませんでした"),
	key_reused: {
		title: "この鍵は、以前の電子証明書で使われています",
		body: "安全のため、同じ鍵をもう一度使うことはできません。",
		next: "ページを開き直して、はじめから入力してください。くり返し表示されるときは、下の窓口へお問い合わせください。",
	},
	confirm_signature_invalid: ours("電子証明書を有効にできませんでした"),
	request_malformed: ours("送信した内容を受け取れませんでした"),
	body_too_large: ours("送信した内容が大きすぎました"),
	user_id_malformed: {
		title: "利用者IDの形が正しくありません",
		body: "利用者IDは、6〜20文字の英数字です。",
		next: "発行通知書を確認して、もう一度入力してください。",
	},
	id_malformed: ours("送信した内容を受け取れませんでした"),
	not_found: ours("お探しのページが見つかりませんでした"),
	rate_limited: {
		title: "ただいま混み合っています",
		body: "短い時間に多くの送信がありました。",
		next: "{wait}待ってから「もう一度送る」を押してください。",
	},
	internal: ours("当金庫のシステムで問題が起きました"),
	unavailable: {
		title: "ただいまサービスを停止しています",
		body: "入力された内容は失われていません。",
		next: "しばらく待ってから「もう一度送る」を押してください。",
	},
	network: {
		title: "通信できませんでした",
		body: "インターネットにつながっていないか、途中で切れました。電子証明書が二重に作られることはありません。",
		next: "接続を確かめて「もう一度送る」を押してください。ページを閉じても、あとで同じブラウザから続けられます。",
	},
	answer_malformed: ours("届いた内容を読み取れませんでした"),
	answer_mismatch: {
		title: "届いた電子証明書が、お客さまの鍵と合いません",
		body: "安全のため、ファイルは作りませんでした。電子証明書は有効になっていません。",
		next: "操作を中止して、下の窓口へお問い合わせください。",
	},
	key_failed: {
		title: "このパソコンで鍵やファイルを作れませんでした",
		body: "ブラウザの設定や拡張機能が妨げている可能性があります。",
		next: "拡張機能を止めるかブラウザを最新版にして、もう一度お試しください。",
	},
	storage_failed: {
		title: "取得の途中経過を保管できませんでした",
		body: "途中で止まったときに続けられなくなるため、先へ進みません。",
		next: "シークレット ウィンドウではなく通常のウィンドウで開き、ディスクの空きを確かめてから、もう一度お試しください。",
	},
} satisfies Record<ProblemCode, ProblemText>;
