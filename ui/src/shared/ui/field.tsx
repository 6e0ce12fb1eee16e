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

type SelectProps<T extends string> = {
	label: string;
	value: T | null;
	/** Values with their words. */
	options: readonly (readonly [T, string])[];
	/** The word for nothing chosen yet; without it something always is. */
	none?: string;
	error?: string | undefined;
	hint?: string | undefined;
	autoFocus?: boolean;
	testid: string;
	onPick: (value: T | null) => void;
};

export function SelectField<T extends string>(props: SelectProps<T>) {
	const id = useId();
	const { error, hint, none } = props;
	return (
		<div className="field" data-invalid={error ? true : undefined}>
			<label htmlFor={id}>{props.label}</label>
			<select
				id={id}
				value={props.value ?? ""}
				autoFocus={props.autoFocus}
				aria-invalid={error ? true : undefined}
				aria-describedby={error || hint ? `${id}-note` : undefined}
				data-testid={props.testid}
				onChange={(event) => props.onPick(props.options.find(([one]) => one === event.target.value)?.[0] ?? null)}
			>
				{none !== undefined && <option value="">{none}</option>}
				{props.options.map(([one, word]) => (
					<option key={one} value={one}>
						{word}
					</option>
				))}
			</select>
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
