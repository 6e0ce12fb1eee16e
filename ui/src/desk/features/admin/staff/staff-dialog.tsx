// One member of staff: how the account stands, and what can be done about it. What will happen is said before it is done.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { StaffAct, StaffList, StaffRow } from "../../../../generated/desk";
import { dateTime, todayIso } from "../../../../shared/dates";
import { desk } from "../../../../shared/ipc";
import { type TextKey, t } from "../../../../shared/text/ja";
import { roleWord } from "../../../../shared/text/words";
import { DayField } from "../../../../shared/ui/day-field";
import { Dialog, DialogAnswer } from "../../../../shared/ui/dialog";
import { ErrorNote, fieldError } from "../../../../shared/ui/error-note";
import { LineButton } from "../../../line";
import { BranchField, RoleAndBranch, TakesTwo } from "./role-and-branch";
import type { Handed } from "./staff";
import { proposed } from "./staff-proposals";
import { StaffBadge } from "./staff-table";

type Step = "change" | "lock" | "unlock" | "reset_password" | "name_deputy" | "end_employment";

const words: Record<Step, { title: TextKey; lead: TextKey; danger?: boolean }> = {
	change: { title: "staffChange", lead: "staffChangeLead" },
	lock: { title: "staffLock", lead: "staffLockLead", danger: true },
	unlock: { title: "staffUnlock", lead: "staffUnlockLead" },
	reset_password: { title: "staffReset", lead: "staffResetLead" },
	name_deputy: { title: "staffDeputy", lead: "staffDeputyLead" },
	end_employment: { title: "staffLeave", lead: "staffLeaveLead", danger: true },
};

/** What makes sense for this account; the centre decides. */
function steps(row: StaffRow): Step[] {
	if (row.state === "left" || row.state === "proposed" || row.own) return [];
	const locked = row.state === "locked" || row.state === "locked_out";
	const deputies: Step[] = row.role === "head_office" || row.role === "auditor" ? [] : ["name_deputy"];
	return [
		row.state === "locked" ? "unlock" : "lock",
		...(row.state === "locked_out" ? (["unlock"] as const) : []),
		"reset_password",
		...(locked ? [] : (["change"] as const)),
		...(locked ? [] : deputies),
		"end_employment",
	];
}

type Props = { row: StaffRow; list: StaffList; onHanded: (handed: Handed) => void; onClose: () => void };

export function StaffDialog({ row, list, onHanded, onClose }: Props) {
	const [step, setStep] = useState<Step | null>(null);
	const end = useMutation({
		mutationFn: (branchCode: string) =>
			desk.administerStaff(row.staffId, row.version, { type: "end_deputy", branchCode }),
	});
	if (step) {
		return <StepDialog step={step} row={row} list={list} onHanded={onHanded} onClose={onClose} />;
	}
	return (
		<Dialog title={`${row.name}(${row.staffId})`} onClose={onClose} testid="staff-dialog">
			<dl className="facts">
				<dt>{t("role")}</dt>
				<dd>
					{row.role ? roleWord(row.role) : "―"} {row.branchName}({row.branchCode})
				</dd>
				<dt>{t("staffState")}</dt>
				<dd>
					<StaffBadge row={row} />
				</dd>
				<dt>{t("staffLastSignIn")}</dt>
				<dd>{row.lastSignIn ? dateTime(row.lastSignIn) : t("staffNeverSignedIn")}</dd>
				{row.resetBy && row.resetAt && (
					<>
						<dt>{t("staffReset")}</dt>
						<dd>{t("staffResetLast", { by: row.resetBy, at: dateTime(row.resetAt) })}</dd>
					</>
				)}
				{row.deputies.map((one) => (
					<div className="facts-row" key={`${one.branchCode}${one.from}`}>
						<dt>{t("staffDeputyWord")}</dt>
						<dd>
							{t(one.inForce ? "staffDeputyNow" : "staffDeputyAhead", {
								branch: one.branchName || one.branchCode,
								from: one.from,
								until: one.until,
							})}{" "}
							{list.mayChange && !row.own && (
								<LineButton
									disabled={end.isPending}
									onClick={() => end.mutate(one.branchCode)}
									data-testid={`end-deputy-${one.branchCode}`}
								>
									{t("staffEndDeputy")}
								</LineButton>
							)}
						</dd>
					</div>
				))}
			</dl>
			{row.proposal && (
				<p className="note note-warn">{t("staffWaits", { what: proposed(row.proposal), by: row.proposal.by })}</p>
			)}
			{row.own && <p className="quiet">{t("staffOwn")}</p>}
			<ErrorNote cause={end.error} />
			<div className="buttons">
				{list.mayChange &&
					steps(row).map((one) => (
						<LineButton
							key={one}
							className={words[one].danger ? "danger" : ""}
							onClick={() => setStep(one)}
							data-testid={`step-${one}`}
						>
							{t(words[one].title)}
						</LineButton>
					))}
				<button type="button" onClick={onClose} data-testid="staff-close">
					{t("close")}
				</button>
			</div>
		</Dialog>
	);
}

function StepDialog({ step, row, list, onHanded, onClose }: Props & { step: Step }) {
	const [role, setRole] = useState(row.role ?? "teller");
	const [branch, setBranch] = useState(row.branchCode);
	const [from, setFrom] = useState(todayIso());
	const [until, setUntil] = useState(todayIso());
	const act = (): StaffAct => {
		switch (step) {
			case "change":
				return { type: "change", role, branchCode: branch };
			case "name_deputy":
				return { type: "name_deputy", branchCode: branch, from, until };
			default:
				return { type: step };
		}
	};
	const send = useMutation({
		mutationFn: () => desk.administerStaff(row.staffId, row.version, act()),
		onSuccess: ({ temporary }) => {
			onClose();
			if (temporary) onHanded({ staffId: row.staffId, name: row.name, temporary });
		},
	});
	const of = (field: string) => fieldError(send.error, field);
	const elsewhere = send.error && !["branch", "from", "until"].some((field) => of(field));
	const two =
		step === "name_deputy" ||
		(step === "change" && (role === "supervisor" || role === "head_office")) ||
		((step === "unlock" || step === "reset_password") && row.approves);
	const { title, lead, danger } = words[step];
	return (
		<Dialog title={t(title)} onClose={onClose} testid="step-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					send.mutate();
				}}
			>
				<p>
					<b>
						{row.name}({row.staffId})
					</b>{" "}
					{row.role && roleWord(row.role)} {row.branchName}({row.branchCode})
				</p>
				{step === "change" && (
					<RoleAndBranch
						role={role}
						branch={branch}
						branches={list.branches}
						error={of("branch")}
						onRole={setRole}
						onBranch={setBranch}
					/>
				)}
				{step === "name_deputy" && (
					<>
						<BranchField branch={branch} branches={list.branches} error={of("branch")} onBranch={setBranch} />
						<DayField
							label={t("staffFrom")}
							value={from}
							error={of("from")}
							onDay={setFrom}
							data-testid="deputy-from"
						/>
						<DayField
							label={t("staffUntil")}
							value={until}
							error={of("until")}
							onDay={setUntil}
							data-testid="deputy-until"
						/>
					</>
				)}
				<p>{t(lead)}</p>
				<TakesTwo on={two} />
				{elsewhere && <ErrorNote cause={send.error} />}
				<DialogAnswer danger={danger ?? false} disabled={send.isPending} testid="step-yes" onClose={onClose}>
					{t(title)}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
