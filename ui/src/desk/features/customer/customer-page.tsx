// A customer's page: who it is, contracts with user IDs, applications, certificates.
import { useEffect, useState } from "react";
import { desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { kindWord } from "../../../shared/text/words";
import { Empty } from "../../../shared/ui/empty";
import { ErrorNote } from "../../../shared/ui/error-note";
import { useDesk } from "../../query";
import { formatRoute } from "../../route";
import { ApplicationTable } from "../application/application-table";
import { HeldCard } from "../approval/held-acts";
import { IncidentCard } from "../incident/incident-card";
import { StopDialog } from "../incident/stop-dialog";
import { CertificateTable } from "./certificate-table";
import { Contracts } from "./contracts";
import { Pending } from "./pending";

export function CustomerPage({ id }: { id: string }) {
	const read = useDesk("customers", [id], () => desk.customer(id));
	const [stopping, setStopping] = useState(false);
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (event.key !== "F9" || document.querySelector("dialog[open]")) return;
			event.preventDefault();
			setStopping(true);
		};
		window.addEventListener("keydown", pressed);
		return () => window.removeEventListener("keydown", pressed);
	}, []);
	const customer = read.data;
	if (!customer)
		return <main className="page">{read.error ? <ErrorNote cause={read.error} /> : <p>{t("loading")}</p>}</main>;
	const details = customer.details;
	return (
		<main className="page" data-testid="customer">
			<header className="who-is">
				<div>
					<small>{details?.kana ?? t("erased")}</small>
					<h1>{details?.name ?? t("erased")}</h1>
				</div>
				<dl>
					<dt>{t("cif")}</dt>
					<dd>{customer.cif}</dd>
					<dt>{t("branch")}</dt>
					<dd>
						{customer.branchName}({customer.branchCode})
					</dd>
					<dt>{t("phone")}</dt>
					<dd>{details?.phone || "―"}</dd>
					<dt>{t("address")}</dt>
					<dd>{details?.address || "―"}</dd>
				</dl>
			</header>
			<div className="buttons" role="toolbar" aria-label={t("newApplication")}>
				{customer.kinds.map((kind, index) => (
					<a
						key={kind}
						className={index === 0 ? "button primary" : "button"}
						href={formatRoute({ screen: "apply", customer: id, kind })}
						data-testid={`apply-${kind}`}
					>
						{kindWord(kind)}
					</a>
				))}
				<span className="push together">
					<a className="button" href={formatRoute({ screen: "history", customer: id })} data-testid="history">
						{t("history")} <kbd>F6</kbd>
					</a>
					<a className="button" href={formatRoute({ screen: "guide", id })} data-testid="guide">
						{t("guide")} <kbd>F7</kbd>
					</a>
					<button type="button" className="danger" onClick={() => setStopping(true)} data-testid="stop">
						{t("stop")} <kbd>F9</kbd>
					</button>
				</span>
			</div>
			{stopping && <StopDialog customer={customer} onClose={() => setStopping(false)} />}
			{customer.incidents.map((incident) => (
				<IncidentCard key={incident.incidentId} incident={incident} />
			))}
			<Pending items={customer.pending} />
			{customer.held.map((held) => (
				<HeldCard key={held.act} held={held} />
			))}
			<section>
				<h2>{t("contracts")}</h2>
				{customer.contracts.length === 0 && <Empty title={t("contractsNone")} />}
				<Contracts contracts={customer.contracts} />
			</section>
			<section>
				<h2>{t("applications")}</h2>
				{customer.applications.length === 0 ? (
					<Empty title={t("applicationsNone")} />
				) : (
					<ApplicationTable rows={[...customer.applications].reverse()} withoutCustomer nextStep />
				)}
			</section>
			<section>
				<h2>{t("certificates")}</h2>
				{customer.certificates.length === 0 ? (
					<Empty title={t("certificatesNone")} />
				) : (
					<CertificateTable rows={customer.certificates} withContract={customer.contracts.length > 1} />
				)}
			</section>
		</main>
	);
}
