// The first start of a PC: where the centre is, whether it is the one on paper, and the invitation. Whatever went wrong is
// said at its field, and every step can be done again.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { EnrolForm, EnrolPaper } from "../../../generated/desk";
import { asErrorView, desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { FingerprintField } from "./fingerprint-field";
import { PaperField } from "./paper-field";
import { Presented } from "./presented";

const empty: EnrolForm = { centre: "", fingerprint: "", compared: null, invitation: "" };

export function Enrol() {
	const [form, setForm] = useState(empty);
	const look = useMutation({ mutationFn: desk.enrolLook });
	const enrol = useMutation({ mutationFn: desk.enrol });
	// What was shown belongs to what was typed then.
	const change = (part: Partial<EnrolForm>) => {
		setForm({ ...form, ...part, compared: null });
		look.reset();
		enrol.reset();
	};
	const fromPaper = (paper: EnrolPaper) => {
		const filled = { ...paper, compared: null };
		setForm(filled);
		enrol.reset();
		look.mutate(filled);
	};
	const seen = look.data;
	const trusted = seen?.fits === true || (seen?.fits === null && form.compared === seen.hex);
	const cause = enrol.error ?? look.error;
	const elsewhere = cause && !asErrorView(cause).args.field ? cause : null;
	return (
		<main className="centre-page enrol-page" data-testid="enrol">
			<h1>{t("app")}</h1>
			<h2>{t("enrol")}</h2>
			<form
				className="card narrow"
				onSubmit={(event) => {
					event.preventDefault();
					if (trusted) enrol.mutate(form);
					else if (!seen) look.mutate(form);
				}}
			>
				<p>{t("enrolLead")}</p>
				<PaperField onPaper={fromPaper} />
				<Field
					label={t("enrolCentre")}
					value={form.centre}
					onText={(centre) => change({ centre })}
					hint={t("enrolCentreHint")}
					error={fieldError(cause, "centre")}
					data-testid="enrol-centre"
					autoFocus
				/>
				<FingerprintField
					value={form.fingerprint}
					error={fieldError(cause, "fingerprint")}
					onText={(fingerprint) => change({ fingerprint })}
				/>
				{!seen && (
					<div className="buttons">
						<button
							type="submit"
							className="primary"
							disabled={look.isPending || form.centre.trim() === ""}
							data-testid="enrol-look"
						>
							{t(look.isPending ? "enrolLooking" : "enrolLook")}
						</button>
					</div>
				)}
				{seen && (
					<Presented
						seen={seen}
						compared={form.compared === seen.hex}
						onCompared={(compared) => setForm({ ...form, compared: compared ? seen.hex : null })}
					/>
				)}
				<Field
					label={t("enrolInvitation")}
					value={form.invitation}
					onText={(invitation) => {
						setForm({ ...form, invitation });
						enrol.reset();
					}}
					hint={t("enrolInvitationHint")}
					error={fieldError(cause, "invitation")}
					data-testid="enrol-invitation"
				/>
				<ErrorNote cause={elsewhere} />
				{trusted && (
					<div className="buttons">
						<button
							type="submit"
							className="primary"
							disabled={enrol.isPending || form.invitation.trim() === ""}
							data-testid="enrol-button"
						>
							{t(enrol.isPending ? "enrolling" : "enrolButton")}
						</button>
					</div>
				)}
			</form>
			<p className="quiet">{t("enrolHelp")}</p>
		</main>
	);
}
