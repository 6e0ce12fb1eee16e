// A proposal being made: chosen settings with their new values, a day, what it will do; then it is sent.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { PolicyView } from "../../../../generated/desk";
import { desk } from "../../../../shared/ipc";
import { t } from "../../../../shared/text/ja";
import { DayField } from "../../../../shared/ui/day-field";
import { ErrorNote, fieldError } from "../../../../shared/ui/error-note";
import { LineButton } from "../../../line";
import { Outlook } from "./outlook";
import { SettingInput } from "./setting-input";

type Props = { policy: PolicyView; chosen: string[]; onClose: () => void };

export function Propose({ policy, chosen, onClose }: Props) {
	const [values, setValues] = useState<Record<string, string[]>>({});
	const [day, setDay] = useState(policy.today);
	const settings = policy.settings.filter((one) => chosen.includes(one.key));
	const form = {
		effectiveOn: day,
		parts: settings.map((one) => ({ key: one.key, before: one.current, after: values[one.key] ?? one.current })),
	};
	const outlook = useMutation({ mutationFn: () => desk.policyOutlook(form) });
	const propose = useMutation({ mutationFn: () => desk.proposePolicy(form), onSuccess: onClose });
	const error = propose.error ?? outlook.error;
	// What was counted is of what was typed then.
	const changed = () => {
		outlook.reset();
		propose.reset();
	};
	return (
		<form
			className="card"
			data-testid="policy-propose"
			onSubmit={(event) => {
				event.preventDefault();
				if (outlook.data) propose.mutate();
				else outlook.mutate();
			}}
		>
			<h2>{t("policyPropose")}</h2>
			<p className="quiet">{t("policyProposeLead")}</p>
			{settings.map((one) => (
				<SettingInput
					key={one.key}
					setting={one}
					value={values[one.key] ?? one.current}
					error={fieldError(error, one.key)}
					onValue={(value) => {
						setValues((all) => ({ ...all, [one.key]: value }));
						changed();
					}}
				/>
			))}
			<DayField
				label={t("policyEffectiveOn")}
				value={day}
				error={fieldError(error, "effective_on")}
				onDay={(next) => {
					setDay(next);
					changed();
				}}
				data-testid="policy-day"
			/>
			{outlook.data && <Outlook lines={outlook.data} />}
			<ErrorNote cause={error} />
			<div className="buttons">
				<LineButton
					type="submit"
					className="primary"
					disabled={settings.length === 0 || outlook.isPending || propose.isPending}
					data-testid={outlook.data ? "policy-send" : "policy-look"}
				>
					{t(outlook.data ? "policySend" : "policyLook")}
				</LineButton>
				<button type="button" onClick={onClose}>
					{t("cancel")}
				</button>
			</div>
		</form>
	);
}
