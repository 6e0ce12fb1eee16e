// What waits for a second person of head office: about whom, what, by whom, and the two answers.
import type { ReactNode } from "react";
import { dateTime } from "../../../shared/dates";
import { type TextKey, t } from "../../../shared/text/ja";
import { LineButton } from "../../line";

export type Waiting = {
	id: string;
	/** About whom or what. */
	about: string;
	proposed: string;
	by: string;
	at: string;
	/** Why whoever looks at it can't agree. */
	cannotAgree?: TextKey | undefined;
	mayDismiss: boolean;
};

export function ProposalsCard(props: {
	lead: TextKey;
	waiting: Waiting[];
	decides: boolean;
	testid: string;
	/** What the names of a row's parts begin with. */
	prefix?: string;
	onAsk: (id: string, agree: boolean) => void;
	children: ReactNode;
}) {
	const { waiting, decides, prefix = "", onAsk } = props;
	return (
		<section className="card" data-testid={props.testid}>
			<h2>{t("staffProposals", { count: waiting.length })}</h2>
			<p className="quiet">{t(props.lead)}</p>
			<table className="dense">
				<tbody>
					{waiting.map((one) => (
						<tr key={one.id} data-testid={`${prefix}proposal-${one.id}`}>
							<td>{one.about}</td>
							<td>
								<b>{one.proposed}</b>
								<small className="under">{t("staffProposedBy", { by: one.by, at: dateTime(one.at) })}</small>
							</td>
							<td>
								{decides && (
									<span className="together">
										{one.cannotAgree ? (
											<small className="quiet" data-testid={`${prefix}own-${one.id}`}>
												{t(one.cannotAgree)}
											</small>
										) : (
											<LineButton
												className="primary"
												onClick={() => onAsk(one.id, true)}
												data-testid={`${prefix}confirm-${one.id}`}
											>
												{t("staffConfirm")}
											</LineButton>
										)}
										{one.mayDismiss && (
											<LineButton onClick={() => onAsk(one.id, false)} data-testid={`${prefix}dismiss-${one.id}`}>
												{t("staffDismiss")}
											</LineButton>
										)}
									</span>
								)}
							</td>
						</tr>
					))}
				</tbody>
			</table>
			{props.children}
		</section>
	);
}
