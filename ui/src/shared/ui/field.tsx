// A labelled input with its error: one shape for every form.
import { type InputHTMLAttributes, type ReactNode, useId } from "react";
import { t } from "../text/ja";

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> & {
	label: string;
	error?: string | undefined;
	optional?: boolean;
	hint?: string;
	onText: (text: string) => void;
};

export function Field({ label, error, optional, hint, onText, ...input }: Props) {
	const id = useId();
	return (
		<div className="field" data-invalid={error ? true : undefined}>
			<label htmlFor={id}>
				{label}
				{optional && <span className="optional">{t("optional")}</span>}
			</label>
			<input
				id={id}
				autoComplete="off"
				spellCheck={false}
				aria-invalid={error ? true : undefined}
				aria-describedby={error || hint ? `${id}-note` : undefined}
				onChange={(event) => onText(event.target.value)}
				{...input}
			/>
			{(error || hint) && (
				<small id={`${id}-note`} className={error ? "field-error" : "field-hint"}>
					{error ?? hint}
				</small>
			)}
		</div>
	);
}

export function CheckField(props: {
	label: string;
	checked: boolean;
	error?: string | undefined;
	testid: string;
	onCheck: (on: boolean) => void;
	children?: ReactNode;
}) {
	return (
		<div className="check" data-invalid={props.error ? true : undefined}>
			<label>
				<input
					type="checkbox"
					checked={props.checked}
					data-testid={props.testid}
					aria-invalid={props.error ? true : undefined}
					onChange={(event) => props.onCheck(event.target.checked)}
				/>
				<span>{props.label}</span>
			</label>
			{props.children}
			{props.error && <small className="field-error">{props.error}</small>}
		</div>
	);
}
