// 承認待ち: the queue on the left, everything needed to judge on the right.
import type { Status } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { kindWord } from "../../../shared/text/words";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { formatRoute } from "../../route";
import { ApplicationFacts } from "../application/application-facts";
import { Decide } from "./decide";
import { HeldActs } from "./held-acts";

export function Approvals({ selected, status }: { selected?: string | undefined; status: Status }) {
	const queue = useDesk("applications", ["waiting"], () => desk.applications("waiting_for_approval"));
	const rows = queue.data ?? [];
	const shown = rows.find((row) => row.applicationId === selected) ?? rows[0];
	return (
		<main className="page approvals" data-testid="approvals">
			<h1>{t("approvals")}</h1>
			<ErrorNote cause={queue.error} />
			<HeldActs />
			{queue.data && rows.length === 0 && <Empty title={t("approvalsNone")} next={t("approvalsNoneNext")} />}
			<div className="split">
				<ul className="queue">
					{rows.map((row) => (
						<li key={row.applicationId}>
							<a
								href={formatRoute({ screen: "approvals", id: row.applicationId })}
								aria-current={row === shown ? "true" : undefined}
								className={row.decideRefusal ? "greyed" : undefined}
								data-testid="waiting"
							>
								<b>{row.customerName}</b>
								<span>
									{kindWord(row.kind)} <code>{row.receipt}</code>
								</span>
								{row.decideRefusal === "two_person_rule" && <small>{t("ownWork")}</small>}
							</a>
						</li>
					))}
				</ul>
				{shown && (
					<div>
						<ApplicationFacts application={shown} />
						<Decide key={shown.applicationId} application={shown} status={status} />
					</div>
				)}
			</div>
		</main>
	);
}
