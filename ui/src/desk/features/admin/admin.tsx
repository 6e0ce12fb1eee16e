// Head office's screens: one at a time, chosen by a row of links.
import type { Status } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { formatRoute } from "../../route";
import { administers, parts } from "./parts";

export function Admin({ part, status }: { part: string | undefined; status: Status }) {
	if (!administers(status)) {
		return (
			<main className="page" data-testid="admin">
				<h1>{t("navAdmin")}</h1>
				<p>{t("adminNotYours")}</p>
			</main>
		);
	}
	const { id, Body } = parts.find((one) => one.id === part) ?? parts[0];
	return (
		<main className="page" data-testid="admin">
			<h1>{t("navAdmin")}</h1>
			<nav className="parts" aria-label={t("navAdmin")}>
				{parts.map((one) => (
					<a
						key={one.id}
						href={formatRoute({ screen: "admin", part: one.id })}
						aria-current={one.id === id ? "page" : undefined}
						data-testid={`admin-${one.id}`}
					>
						{t(one.label)}
					</a>
				))}
			</nav>
			<Body key={id} status={status} />
		</main>
	);
}
