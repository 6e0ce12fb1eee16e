// 移管: a customer goes over to another branch, with everything that was recorded.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { MoveForm } from "../../../../generated/desk";
import { desk } from "../../../../shared/ipc";
import { type TextKey, t } from "../../../../shared/text/ja";
import { ErrorNote, fieldError } from "../../../../shared/ui/error-note";
import { Field } from "../../../../shared/ui/field";
import { LineButton } from "../../../line";
import { settled } from "../../../settled";

const empty: MoveForm = { branch: "", cif: "", into: "", newCif: "" };
const fields: readonly (readonly [keyof MoveForm, TextKey])[] = [
	["branch", "moveFrom"],
	["cif", "cif"],
	["into", "moveInto"],
	["newCif", "moveNewCif"],
];

export function MoveCustomer() {
	const [form, setForm] = useState(empty);
	const move = useMutation({
		mutationFn: () => desk.moveCustomer(form).then(settled),
		onSuccess: () => setForm(empty),
	});
	return (
		<form
			className="card"
			data-testid="move-customer"
			onSubmit={(event) => {
				event.preventDefault();
				move.mutate();
			}}
		>
			<h2>{t("moveCustomer")}</h2>
			<p className="quiet">{t("moveLead")}</p>
			{fields.map(([name, label]) => (
				<Field
					key={name}
					label={t(label)}
					value={form[name]}
					optional={name === "newCif"}
					inputMode="numeric"
					error={fieldError(move.error, name)}
					onText={(text) => setForm((now) => ({ ...now, [name]: text }))}
					data-testid={`move-${name}`}
				/>
			))}
			<ErrorNote cause={move.error} />
			{move.isSuccess && (
				<p role="status" data-testid="moved">
					{t("moveDone")}
				</p>
			)}
			<div className="buttons">
				<LineButton type="submit" className="primary" disabled={move.isPending} data-testid="move-send">
					{t("moveCustomer")}
				</LineButton>
			</div>
		</form>
	);
}
