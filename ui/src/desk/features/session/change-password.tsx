// The own password: whoever knows the old one gives a new one. A temporary one is changed before anything else.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Status } from "../../../generated/desk";
import { desk, refusal } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { Dialog } from "../../../shared/ui/dialog";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";

/** Signed in with a temporary password. */
export function MustChangePassword({ status }: { status: Status }) {
	return (
		<main className="centre-page" data-testid="must-change">
			<h1>{t("passwordChange")}</h1>
			<div className="card narrow">
				<p>{t("passwordMustChange", { name: status.staff?.name ?? "" })}</p>
				<Form temporary onDone={() => {}}>
					<button type="button" onClick={() => desk.signOut()} data-testid="must-change-leave">
						{t("signOut")}
					</button>
				</Form>
			</div>
		</main>
	);
}

export function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
	const [done, setDone] = useState(false);
	return (
		<Dialog title={t("passwordChange")} onClose={onClose} testid="password-dialog">
			{done ? (
				<>
					<p className="note note-good" role="status" data-testid="password-changed">
						{t("passwordChanged")}
					</p>
					<div className="buttons">
						<button type="button" className="primary" onClick={onClose} autoFocus>
							{t("close")}
						</button>
					</div>
				</>
			) : (
				<Form onDone={() => setDone(true)}>
					<button type="button" onClick={onClose}>
						{t("cancel")}
					</button>
				</Form>
			)}
		</Dialog>
	);
}

function Form(props: { temporary?: boolean; onDone: () => void; children: React.ReactNode }) {
	const [old, setOld] = useState("");
	const [next, setNext] = useState("");
	const [again, setAgain] = useState("");
	const change = useMutation({
		mutationFn: async () => {
			if (next !== again) throw refusal("password_differs", { field: "again" });
			return desk.changePassword(old, next);
		},
		onSuccess: props.onDone,
	});
	const of = (field: string) => fieldError(change.error, field);
	const elsewhere = change.error && !["old", "new", "again"].some((field) => of(field));
	const secret = { type: "password", required: true, autoComplete: "off" } as const;
	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				change.mutate();
			}}
		>
			<Field
				{...secret}
				label={t(props.temporary ? "passwordTemporary" : "passwordOld")}
				value={old}
				onText={setOld}
				error={of("old")}
				hint={props.temporary ? t("passwordTemporaryHint") : ""}
				data-testid="password-old"
				autoFocus
			/>
			<Field
				{...secret}
				label={t("passwordNew")}
				value={next}
				onText={setNext}
				error={of("new")}
				hint={t("passwordHint")}
				data-testid="password-new"
			/>
			<Field
				{...secret}
				label={t("passwordAgain")}
				value={again}
				onText={setAgain}
				error={of("again")}
				data-testid="password-again"
			/>
			{elsewhere && <ErrorNote cause={change.error} />}
			<div className="buttons">
				<button type="submit" className="primary" disabled={change.isPending} data-testid="password-yes">
					{t("passwordChange")}
				</button>
				{props.children}
			</div>
		</form>
	);
}
