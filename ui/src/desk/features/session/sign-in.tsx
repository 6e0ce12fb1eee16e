// Sign-in. In training the sample accounts stand beside it.
import { useMutation } from "@tanstack/react-query";
import type { Status } from "../../../generated/desk";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { roleWord } from "../../../shared/text/words";
import { ErrorNote } from "../../../shared/ui/error-note";
import { LanguageButton } from "../../frame/language-button";
import { useDesk } from "../../query";
import { go } from "../../route";
import { CredentialFields, useCredentials } from "./credential-fields";

export function SignIn({ status }: { status: Status }) {
	const credentials = useCredentials();
	const { staffId, setStaffId, password, setPassword } = credentials;
	const accounts = useDesk("status", ["training-accounts"], desk.trainingAccounts, status.training);
	const signIn = useMutation({
		mutationFn: () => desk.signIn(staffId, password),
		onSuccess: () => go({ screen: "today" }),
		onSettled: () => setPassword(""),
	});
	return (
		<main className="centre-page" data-testid="sign-in">
			<h1>{t("app")}</h1>
			<p className="quiet">
				{status.institutionName} {status.branchName} {status.terminalLabel} <LanguageButton staff="" />
			</p>
			<form
				className="card narrow"
				onSubmit={(event) => {
					event.preventDefault();
					signIn.mutate();
				}}
			>
				<p>{t("signInLead")}</p>
				{!status.online && (
					<p className="note note-warn" data-testid="sign-in-offline">
						{t("signInOffline")}
					</p>
				)}
				<CredentialFields {...credentials} testids={{ staff: "staff-id", password: "password" }} required />
				<ErrorNote cause={signIn.error} />
				<button type="submit" className="primary" disabled={signIn.isPending} data-testid="sign-in-button">
					{t("signIn")}
				</button>
			</form>
			{accounts.data && accounts.data.length > 0 && (
				<section className="card narrow" aria-label={t("trainingAccounts")}>
					<p className="quiet">{t("trainingAccounts")}</p>
					<ul className="accounts">
						{accounts.data.map((account) => (
							<li key={account.staffId}>
								<button
									type="button"
									onClick={() => {
										setStaffId(account.staffId);
										setPassword(account.password);
									}}
									data-testid={`account-${account.staffId}`}
								>
									<code>{account.staffId}</code> {roleWord(account.role)} {account.name}
								</button>
							</li>
						))}
					</ul>
				</section>
			)}
		</main>
	);
}
