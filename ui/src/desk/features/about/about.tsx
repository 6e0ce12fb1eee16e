// What this program is, which version, and its keys.
import type { Status } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";

export function About({ status }: { status: Status }) {
	return (
		<main className="page" data-testid="about">
			<h1>{t("about")}</h1>
			<section className="card">
				<p>{t("aboutLead")}</p>
				<dl className="wide">
					<dt>Madoguchi {t("version")}</dt>
					<dd>{status.version}</dd>
					<dt>{t("branch")}</dt>
					<dd>
						{status.institutionName} {status.branchName}({status.branchCode}) {status.terminalLabel}
					</dd>
					<dt>{t("aboutPortal")}</dt>
					<dd data-testid="pickup-url">{status.pickupUrl}</dd>
					<dt>{t("keys")}</dt>
					<dd>{t("keysLead")}</dd>
				</dl>
			</section>
		</main>
	);
}
