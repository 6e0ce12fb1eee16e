// A question that must be answered first. The platform's own dialog traps the focus and closes on Esc.
import { type ReactNode, useEffect, useRef } from "react";
import { t } from "../text/ja";

export function Dialog({
	title,
	onClose,
	children,
	testid,
}: {
	title: string;
	onClose: () => void;
	children: ReactNode;
	testid: string;
}) {
	const element = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		element.current?.showModal();
	}, []);
	return (
		<dialog
			ref={element}
			aria-label={title}
			data-testid={testid}
			onCancel={(event) => {
				event.preventDefault();
				onClose();
			}}
			onKeyDown={(event) => event.stopPropagation()}
		>
			<h2>{title}</h2>
			{children}
		</dialog>
	);
}

/** How the form of a dialog is sent, or left. */
export function DialogAnswer(props: {
	danger?: boolean;
	disabled: boolean;
	testid: string;
	onClose: () => void;
	children: ReactNode;
}) {
	return (
		<div className="buttons">
			<button
				type="submit"
				className={props.danger ? "danger" : "primary"}
				disabled={props.disabled}
				data-testid={props.testid}
			>
				{props.children}
			</button>
			<button type="button" onClick={props.onClose}>
				{t("cancel")}
			</button>
		</div>
	);
}
