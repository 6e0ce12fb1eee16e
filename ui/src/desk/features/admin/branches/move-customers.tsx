// 移管: customers go over to another branch, with everything that was recorded. Who they are and what goes with them is shown first;
// another person of head office agrees.
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { MoveForm } from "../../../../generated/desk";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { ErrorNote, fieldError } from "../../../../shared/ui/error-note";
import { Field } from "../../../../shared/ui/field";
import { LineButton } from "../../../line";
import { Leaving } from "./leaving";
import { TakenAlong } from "./taken-along";

const line = () => ({ cif: "", newCif: "" });
const empty = (): MoveForm => ({ branch: "", into: "", customers: [line()] });

export function MoveCustomers() {
	const [form, setForm] = useState(empty);
	const rows = useRef<HTMLTableSectionElement>(null);
	const outlook = useMutation({ mutationFn: () => desk.moveOutlook(form) });
	const ask = useMutation({
		mutationFn: () => desk.moveCustomers(form),
		onSuccess: () => {
			setForm(empty());
			outlook.reset();
		},
	});
	// Whatever is changed is looked at once more.
	const change = (next: MoveForm) => {
		setForm(next);
		outlook.reset();
		ask.reset();
	};
	const setLine = (at: number, part: Partial<MoveForm["customers"][number]>) =>
		change({ ...form, customers: form.customers.map((one, n) => (n === at ? { ...one, ...part } : one)) });
	const add = () => {
		// At once, for whoever types on.
		flushSync(() => change({ ...form, customers: [...form.customers, line()] }));
		rows.current?.querySelector<HTMLInputElement>("tr:last-child input")?.focus();
	};
	const cause = ask.error ?? outlook.error;
	return (
		<form
			className="card"
			data-testid="move-customers"
			onSubmit={(event) => {
				event.preventDefault();
				if (outlook.data) ask.mutate();
				else outlook.mutate();
			}}
		>
			<h2>{t("moveCustomers")}</h2>
			<p className="quiet">{t("moveLead")}</p>
			{(["branch", "into"] as const).map((name) => (
				<Field
					key={name}
					label={t(name === "branch" ? "moveFrom" : "moveInto")}
					value={form[name]}
					inputMode="numeric"
					error={fieldError(cause, name)}
					onText={(text) => change({ ...form, [name]: text })}
					data-testid={`move-${name}`}
				/>
			))}
			<table className="dense">
				<tbody ref={rows}>
					{form.customers.map((one, n) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: a line is nothing but its place
						<tr key={n}>
							<td>
								<Field
									label={t("cif")}
									value={one.cif}
									inputMode="numeric"
									onText={(cif) => setLine(n, { cif })}
									data-testid={`move-cif-${n}`}
								/>
							</td>
							<td>
								<Field
									label={t("moveNewCif")}
									optional
									value={one.newCif}
									inputMode="numeric"
									onText={(newCif) => setLine(n, { newCif })}
									data-testid={`move-new-cif-${n}`}
								/>
							</td>
						</tr>
					))}
				</tbody>
			</table>
			<ErrorNote cause={cause} />
			{outlook.data && (
				<>
					<Leaving customers={outlook.data.customers} />
					<TakenAlong counts={outlook.data.takenAlong} />
				</>
			)}
			{ask.isSuccess && (
				<p role="status" data-testid="move-asked">
					{t("branchAsked")}
				</p>
			)}
			<div className="buttons">
				<LineButton onClick={add} data-testid="move-add">
					{t("moveAdd")}
				</LineButton>
				<LineButton
					type="submit"
					className="primary"
					disabled={ask.isPending || outlook.isPending}
					data-testid={outlook.data ? "move-send" : "move-look"}
				>
					{t(outlook.data ? "moveSend" : "moveLook")}
				</LineButton>
			</div>
		</form>
	);
}
