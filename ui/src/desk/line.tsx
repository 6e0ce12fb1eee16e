// What only the centre can do is not offered without it, and says so where it would be pressed.
import { type ButtonHTMLAttributes, useId } from "react";
import { type TextKey, t } from "../shared/text/ja";
import { useStatus } from "./query";

/** Why an act that decides something is not possible now; `null`: it is. */
export function useWhyNot(): TextKey | null {
	const status = useStatus();
	if (!status.data) return null;
	if (!status.data.online) return "whyNotOffline";
	return status.data.offlineUntil ? "whyNotSignIn" : null;
}

/** A button for what needs the centre. */
export function LineButton({ disabled, children, ...rest }: ButtonHTMLAttributes<HTMLButtonElement>) {
	const why = useWhyNot();
	const id = useId();
	return (
		<span className="line-button">
			<button
				{...rest}
				type={rest.type ?? "button"}
				disabled={disabled || why !== null}
				aria-describedby={why ? id : undefined}
			>
				{children}
			</button>
			{why && (
				<small id={id} className="why-not" data-testid="why-not">
					{t(why)}
				</small>
			)}
		</span>
	);
}
