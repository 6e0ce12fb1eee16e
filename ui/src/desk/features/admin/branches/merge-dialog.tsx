// 店舗統廃合: somebody asks for a branch to be merged into another on a day; another person agrees.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { BranchView } from "../../../../generated/desk";
import { todayIso } from "../../../../shared/dates";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { DayField } from "../../../../shared/ui/day-field";
import { Dialog, DialogAnswer } from "../../../../shared/ui/dialog";
import { ErrorNote, fieldError } from "../../../../shared/ui/error-note";
import { Field } from "../../../../shared/ui/field";
import { useDesk } from "../../../query";
import { TakenAlong } from "./taken-along";

export function MergeDialog({ branch, onClose }: { branch: BranchView; onClose: () => void }) {
	const [into, setInto] = useState("");
	const [on, setOn] = useState(todayIso);
	const outlook = useDesk("log", ["merge", branch.code], () => desk.mergeOutlook(branch.code));
	const merge = useMutation({ mutationFn: () => desk.mergeBranch(branch.code, into, on), onSuccess: onClose });
	return (
		<Dialog title={t("branchMerge")} onClose={onClose} testid="merge-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					merge.mutate();
				}}
			>
				<p>
					<b>
						{branch.name}({branch.code})
					</b>
				</p>
				<p>{t("branchMergeLead")}</p>
				{outlook.data && <TakenAlong counts={outlook.data} />}
				<Field
					label={t("branchInto")}
					value={into}
					error={fieldError(merge.error, "into")}
					onText={setInto}
					data-testid="merge-into"
				/>
				<DayField
					label={t("branchOn")}
					value={on}
					error={fieldError(merge.error, "on")}
					onDay={setOn}
					data-testid="merge-on"
				/>
				<ErrorNote cause={merge.error ?? outlook.error} />
				<DialogAnswer danger disabled={merge.isPending || !outlook.data} testid="merge-yes" onClose={onClose}>
					{t("branchAsk")}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
