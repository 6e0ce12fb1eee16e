// The way to every screen, each with its key and its count.
import type { Status } from "../../generated/desk";
import { t } from "../../shared/text/ja";
import { administers } from "../features/admin/parts";
import { formatRoute, type Route, useRoute } from "../route";

type Item = { route: Route; label: string; key: string; count?: number; alarm?: boolean; testid: string };

/** Screens that belong to another one's way. */
const parts: Partial<Record<Route["screen"], Route["screen"]>> = { "log-entry": "log", history: "log", verify: "log" };

export function Navigation({ status }: { status: Status }) {
	const current = useRoute().screen;
	const counts = status.counts;
	const items: Item[] = [
		{ route: { screen: "today" }, label: t("navToday"), key: "F3", testid: "nav-today" },
		{ route: { screen: "search" }, label: t("navSearch"), key: "F2", testid: "nav-search" },
		{
			route: { screen: "approvals" },
			label: t("navApprovals"),
			key: "F4",
			count: counts.waitingForApproval + counts.held,
			testid: "nav-approvals",
		},
		{ route: { screen: "guide" }, label: t("navGuide"), key: "F7", testid: "nav-guide" },
		{ route: { screen: "log" }, label: t("navLog"), key: "F6", testid: "nav-log" },
		{ route: { screen: "sign-off" }, label: t("navSignOff"), key: "F11", testid: "nav-sign-off" },
		{ route: { screen: "report" }, label: t("navReport"), key: "F12", testid: "nav-report" },
		{
			route: { screen: "sync" },
			label: t("navSync"),
			key: "F8",
			count: counts.outboxWaiting + counts.outboxRefused,
			alarm: counts.outboxRefused > 0 || !status.online,
			testid: "nav-sync",
		},
		{ route: { screen: "admin" }, label: t("navAdmin"), key: "F10", testid: "nav-admin" },
		{ route: { screen: "about" }, label: t("navAbout"), key: "", testid: "nav-about" },
	];
	const shown = items.filter((item) => item.route.screen !== "admin" || administers(status));
	return (
		<nav className="nav" aria-label={t("app")}>
			<div className="brand">
				<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
					<path d="M4 6h24v20H4z" fill="none" stroke="currentColor" strokeWidth="2.500" />
					<path d="M16 6v20M4 17h24" stroke="currentColor" strokeWidth="2.500" />
				</svg>
				<span>{t("app")}</span>
			</div>
			{shown.map((item) => (
				<a
					key={item.testid}
					href={formatRoute(item.route)}
					className={item.alarm ? "alarm" : undefined}
					aria-current={(parts[current] ?? current) === item.route.screen ? "page" : undefined}
					data-testid={item.testid}
				>
					<span>{item.label}</span>
					{item.count ? <span className="count">{item.count}</span> : null}
					{item.key && <kbd>{item.key}</kbd>}
				</a>
			))}
		</nav>
	);
}
