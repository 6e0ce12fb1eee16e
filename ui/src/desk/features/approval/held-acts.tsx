// 審査待ち: applications that were registered without the centre by somebody whose standing has changed since.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { HeldView } from "../../../generated/desk";
import { dateTime, dayShort } from "../../../shared/dates";
import { desk, refusal } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { causeWord, identityWord, kindWord } from "../../../shared/text/words";
import { ErrorNote, errorTitle } from "../../../shared/ui/error-note";
import { LineButton } from "../../line";
import { useDesk } from "../../query";
import { formatRoute } from "../../route";
import { settled } from "../../settled";
import { CommentDialog } from "./comment-dialog";

export function HeldActs() {
	const held = useDesk("applications", ["held"], desk.heldActs);
	if (!held.data || held.data.length === 0) return null;
	return (
		<section data-testid="held-acts">
			<h2>{t("held")}</h2>
			<p className="quiet">{t("heldLead")}</p>
			{held.data.map((one) => (
				<HeldCard key={one.act} held={one} />
			))}
		</section>
	);
}

export function HeldCard({ held }: { held: HeldView }) {
	const [dismissing, setDismissing] = useState(false);
	const accept = useMutation({
		mutationFn: () => desk.acceptHeld(held.customerId, held.act, held.customerVersion).then(settled),
	});
	return (
		<article className="card incident" data-testid="held">
			<h3>
				<a href={formatRoute({ screen: "customer", id: held.customerId })}>{held.customerName || t("erased")}</a>{" "}
				{held.kind ? kindWord(held.kind) : t("heldStop", { cause: held.cause ? causeWord(held.cause) : "" })}{" "}
				<small>{held.contract}</small>
			</h3>
			<p className="note note-warn" data-testid="held-reason">
				{errorTitle(refusal(held.reason).view)}
			</p>
			{!held.kind && <p>{t("heldStopLead")}</p>}
			<dl className="incident-facts">
				<div>
					<dt>{t("registeredBy")}</dt>
					<dd>{held.by}</dd>
				</div>
				<div>
					<dt>{t("madeAt")}</dt>
					<dd data-testid="held-made-at">{dateTime(held.madeAt)}</dd>
				</div>
				<div>
					<dt>{t("arrivedAt")}</dt>
					<dd>{dateTime(held.at)}</dd>
				</div>
				<div>
					<dt>{t("userId")}</dt>
					<dd>
						{held.users.map((user) => (
							<span key={user.userId}>
								<code>{user.userId}</code> {user.deviceLabel}{" "}
							</span>
						))}
					</dd>
				</div>
				{held.kind && (
					<>
						<div>
							<dt>{t("receivedOn")}</dt>
							<dd>{dayShort(held.receivedOn)}</dd>
						</div>
						<div>
							<dt>{t("applicant")}</dt>
							<dd>
								{held.applicant || t("erased")} {held.checks.identity && identityWord(held.checks.identity)}
							</dd>
						</div>
					</>
				)}
			</dl>
			{held.note && <p className="quote">{held.note}</p>}
			<ErrorNote cause={accept.error} />
			{held.decideRefusal ? (
				<ErrorNote cause={refusal(held.decideRefusal)} />
			) : (
				<div className="buttons">
					<LineButton
						className="primary"
						disabled={accept.isPending}
						onClick={() => accept.mutate()}
						data-testid="held-accept"
					>
						{t("heldAccept")}
					</LineButton>
					<LineButton className="danger" onClick={() => setDismissing(true)} data-testid="held-dismiss">
						{t("heldDismiss")}
					</LineButton>
				</div>
			)}
			{dismissing && (
				<CommentDialog
					title={t("heldDismiss")}
					lead={t("heldDismissLead")}
					danger
					act={(comment) => desk.dismissHeld(held.customerId, held.act, held.customerVersion, comment)}
					onClose={() => setDismissing(false)}
				/>
			)}
		</article>
	);
}
