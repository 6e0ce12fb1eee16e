// A customer the branch's copy does not know yet.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { ErrorNote, fieldError } from "../../../shared/ui/error-note";
import { Field } from "../../../shared/ui/field";
import { LineButton } from "../../line";
import { back, go } from "../../route";

const empty = { cif: "", name: "", kana: "", address: "", phone: "", email: "" };

export function NewCustomer() {
	const [form, setForm] = useState(empty);
	const save = useMutation({
		mutationFn: () => desk.recordCustomer(form),
		onSuccess: (result) => result.receipt && go({ screen: "customer", id: result.receipt }),
	});
	const field = (name: keyof typeof empty, label: string, optional = false) => (
		<Field
			label={label}
			optional={optional}
			value={form[name]}
			error={fieldError(save.error ?? undefined, name)}
			onText={(text) => setForm({ ...form, [name]: text })}
			data-testid={`customer-${name}`}
		/>
	);
	return (
		<main className="page" data-testid="new-customer-page">
			<h1>{t("newCustomer")}</h1>
			<p className="quiet">{t("customerFormLead")}</p>
			<form
				className="card form"
				onSubmit={(event) => {
					event.preventDefault();
					save.mutate();
				}}
			>
				{field("cif", t("cif"))}
				{field("name", t("name"))}
				{field("kana", t("kana"))}
				{field("address", t("address"), true)}
				{field("phone", t("phone"), true)}
				{field("email", t("email"), true)}
				<ErrorNote cause={save.error} />
				<div className="buttons">
					<LineButton type="submit" className="primary" disabled={save.isPending} data-testid="customer-save">
						{t("save")}
					</LineButton>
					<button type="button" onClick={back}>
						{t("cancel")}
					</button>
				</div>
			</form>
		</main>
	);
}
