// A stop that waits is no stop: said on every screen until it is in force, with the number that stops it by telephone.
import { useEffect, useRef } from "react";
import type { Status } from "../../generated/desk";
import { dateTime } from "../../shared/dates";
import { t } from "../../shared/text/ja";
import { formatRoute } from "../route";

export function NotInForce({ status }: { status: Status }) {
	const stops = status.queuedStops;
	const banner = useRef<HTMLElement>(null);
	const shown = stops.length > 0;
	// What stays below it must know how tall it is.
	useEffect(() => {
		const element = banner.current;
		if (!shown || !element) return;
		const page = document.documentElement;
		const measured = new ResizeObserver(() => page.style.setProperty("--stops", `${element.offsetHeight}px`));
		measured.observe(element);
		return () => {
			measured.disconnect();
			page.style.removeProperty("--stops");
		};
	}, [shown]);
	if (!shown) return null;
	return (
		<section ref={banner} className="not-in-force" role="alert" data-testid="not-in-force">
			<strong>{t("notInForce", { count: stops.length })}</strong>
			<ul>
				{stops.map((stop) => (
					<li key={stop.commandId}>
						{stop.customerId ? (
							<a href={formatRoute({ screen: "customer", id: stop.customerId })}>{stop.customerName || t("unknown")}</a>
						) : null}{" "}
						{stop.target && <code>{stop.target}</code>} {t("notInForceSince", { at: dateTime(stop.since) })}{" "}
						<b>{t(stop.refused ? "notInForceRefused" : "notInForceWaiting")}</b>
					</li>
				))}
			</ul>
			<span>
				{t("notStoppedNext")}{" "}
				{status.emergency.map((one) => (
					<span key={one.title} className="emergency-number">
						{one.title} <b className="phone">{one.phone}</b> {one.hours}{" "}
					</span>
				))}
			</span>
		</section>
	);
}
