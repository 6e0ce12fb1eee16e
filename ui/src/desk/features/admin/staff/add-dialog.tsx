// A new member of staff.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { BranchOption, Role } from "../../../../generated/desk";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { Dialog, DialogAnswer } from "../../../../shared/ui/dialog";
import { ErrorNote, fieldError } from "../../../../shared/ui/error-note";
import { Field } from "../../../../shared/ui/field";
import { RoleAndBranch, TakesTwo } from "./role-and-branch";
import type { Handed } from "./staff";

export function AddDialog(props: {
	branches: BranchOption[];
	onHanded: (handed: Handed) => void;
	onClose: () => void;
}) {
	const [staffId, setStaffId] = useState("");
	const [name, setName] = useState("");
	const [role, setRole] = useState<Role>("teller");
	const [branch, setBranch] = useState(props.branches[0]?.code ?? "");
	const add = useMutation({
		mutationFn: () => desk.administerStaff(staffId, null, { type: "add", name, role, branchCode: branch }),
		onSuccess: ({ temporary }) => {
			props.onClose();
			if (temporary) props.onHanded({ staffId: staffId.normalize("NFKC").trim().toUpperCase(), name, temporary });
		},
	});
	const of = (field: string) => fieldError(add.error, field);
	const elsewhere = add.error && !["staff_id", "name", "branch"].some((field) => of(field));
	return (
		<Dialog title={t("staffAdd")} onClose={props.onClose} testid="staff-add-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					add.mutate();
				}}
			>
				<Field
					label={t("staffId")}
					value={staffId}
					onText={setStaffId}
					error={of("staff_id")}
					data-testid="add-staff-id"
					required
					autoFocus
				/>
				<Field
					label={t("staffName")}
					value={name}
					onText={setName}
					error={of("name")}
					data-testid="add-name"
					required
				/>
				<RoleAndBranch
					role={role}
					branch={branch}
					branches={props.branches}
					error={of("branch")}
					onRole={setRole}
					onBranch={setBranch}
				/>
				<p>{t("staffAddLead")}</p>
				<TakesTwo on={role === "supervisor" || role === "head_office"} />
				{elsewhere && <ErrorNote cause={add.error} />}
				<DialogAnswer disabled={add.isPending} testid="add-yes" onClose={props.onClose}>
					{t("staffAdd")}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
