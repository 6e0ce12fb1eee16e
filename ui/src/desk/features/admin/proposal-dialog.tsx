// What one person of head office asked for, as the question to another one.
import type { ReactNode } from "react";
import { dateTime } from "../../../shared/dates";
import { t } from "../../../shared/text/ja";
import { Dialog, DialogAnswer } from "../../../shared/ui/dialog";
import { ErrorNote } from "../../../shared/ui/error-note";

export function ProposalDialog(props: {
	title: string;
	/** About whom or what. */
	about: string;
	proposed: string;
	by: string;
	at: string;
	danger: boolean;
	disabled: boolean;
	cause: Error | null;
	testid: string;
	onAnswer: () => void;
	onClose: () => void;
	children: ReactNode;
}) {
	return (
		<Dialog title={props.title} onClose={props.onClose} testid={`${props.testid}-dialog`}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					props.onAnswer();
				}}
			>
				<p>
					<b>{props.about}</b>
					<br />
					{props.proposed}
				</p>
				<p className="quiet">{t("staffProposedBy", { by: props.by, at: dateTime(props.at) })}</p>
				{props.children}
				<ErrorNote cause={props.cause} />
				<DialogAnswer
					danger={props.danger}
					disabled={props.disabled}
					testid={`${props.testid}-yes`}
					onClose={props.onClose}
				>
					{props.title}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
