// 一時停止のお知らせ, 失効完了通知書, バックアップからの復元手順: on screen as they will be printed. Nothing secret is on them.
import type { NoticeKind } from "../../../generated/desk";
import { desk, refusal } from "../../../shared/ipc";
import { noticeWord } from "../../../shared/text/words";
import { ErrorNote } from "../../../shared/ui/error-note";
import { Paper } from "../../../shared/ui/paper";
import { useDesk } from "../../query";
import { PrintButtons } from "./print-buttons";

const kinds: NoticeKind[] = ["suspension", "revocation", "restore"];

export function NoticePage({ id, notice }: { id: string; notice: string }) {
	const kind = kinds.find((one) => one === notice);
	return kind ? <Notice kind={kind} id={id} /> : <ErrorNote cause={refusal("not_found")} />;
}

function Notice({ kind, id }: { kind: NoticeKind; id: string }) {
	const slip = useDesk("customers", ["notice", kind, id], () => desk.noticeSlip(kind, id));
	return (
		<main className="page slip-page" data-testid="notice-page">
			<h1>{noticeWord(kind)}</h1>
			<ErrorNote cause={slip.error} />
			<PrintButtons ready={slip.data !== undefined} />
			{slip.data && <Paper pages={slip.data.pages} label={noticeWord(kind)} />}
		</main>
	);
}
