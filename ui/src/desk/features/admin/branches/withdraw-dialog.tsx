// Somebody asks for a merger whose day has not come not to take place; another person agrees.
import { useMutation } from "@tanstack/react-query";
import type { BranchView } from "../../../../generated/desk";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { Dialog, DialogAnswer } from "../../../../shared/ui/dialog";
import { ErrorNote } from "../../../../shared/ui/error-note";

export function WithdrawDialog({ branch, onClose }: { branch: BranchView; onClose: () => void }) {
	const withdraw = useMutation({ mutationFn: () => desk.withdrawMerger(branch.code), onSuccess: onClose });
	return (
		<Dialog title={t("branchWithdraw")} onClose={onClose} testid="withdraw-dialog">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					withdraw.mutate();
				}}
			>
				<p>
					<b>
						{branch.name}({branch.code})
					</b>
				</p>
				<p>{t("branchWithdrawLead")}</p>
				<ErrorNote cause={withdraw.error} />
				<DialogAnswer disabled={withdraw.isPending} testid="withdraw-yes" onClose={onClose}>
					{t("branchAsk")}
				</DialogAnswer>
			</form>
		</Dialog>
	);
}
