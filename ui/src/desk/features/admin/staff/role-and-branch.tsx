// Which role, at which branch; and whether a second person has to agree.
import type { BranchOption, Role } from "../../../../generated/desk";
import { t } from "../../../../shared/text/ja";
import { roles, roleWord } from "../../../../shared/text/words";
import { Field, SelectField } from "../../../../shared/ui/field";

type BranchProps = {
	branch: string;
	branches: BranchOption[];
	error?: string | undefined;
	onBranch: (code: string) => void;
};

/** One that is not in the list yet is typed. */
const OTHER = "-";

export function BranchField({ branch, branches, error, onBranch }: BranchProps) {
	const known = branches.some((one) => one.code === branch);
	return (
		<>
			<SelectField
				label={t("staffBranch")}
				value={known ? branch : OTHER}
				options={[
					...branches.map((one) => [one.code, `${one.code} ${one.name}`] as const),
					[OTHER, t("staffOtherBranch")] as const,
				]}
				error={known ? error : undefined}
				testid="pick-branch"
				onPick={(code) => onBranch(code === null || code === OTHER ? "" : code)}
			/>
			{!known && (
				<Field
					label={t("staffBranchCode")}
					value={branch}
					onText={onBranch}
					error={error}
					inputMode="numeric"
					data-testid="branch-code"
					required
				/>
			)}
		</>
	);
}

export function RoleAndBranch({ role, onRole, ...of }: BranchProps & { role: Role; onRole: (role: Role) => void }) {
	return (
		<>
			<SelectField
				label={t("role")}
				value={role}
				options={roles.map((one) => [one, roleWord(one)] as const)}
				testid="pick-role"
				onPick={(picked) => picked && onRole(picked)}
			/>
			<BranchField {...of} />
		</>
	);
}

export function TakesTwo({ on }: { on: boolean }) {
	if (!on) return null;
	return (
		<p className="note note-warn" data-testid="takes-two">
			{t("staffTakesTwo")}
		</p>
	);
}
