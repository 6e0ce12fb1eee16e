// What the centre is known by: words or hex typed off the paper, or the root certificate as a file, chosen or dropped here.
import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { asErrorView, desk } from "../../../shared/ipc";
import { t } from "../../../shared/text/ja";
import { errorTitle } from "../../../shared/ui/error-note";

export function FingerprintField(props: { value: string; error: string | undefined; onText: (text: string) => void }) {
	const id = useId();
	const [over, setOver] = useState(false);
	const read = useMutation({
		mutationFn: async (file: File) => desk.enrolRoot([...new Uint8Array(await file.arrayBuffer())]),
		onSuccess: props.onText,
	});
	const error = read.error ? errorTitle(asErrorView(read.error)) : props.error;
	return (
		<div className="field" data-invalid={error ? true : undefined}>
			<label htmlFor={id}>
				{t("enrolFingerprint")}
				<span className="optional">{t("optional")}</span>
			</label>
			<textarea
				id={id}
				rows={3}
				value={props.value}
				spellCheck={false}
				aria-invalid={error ? true : undefined}
				aria-describedby={`${id}-note`}
				className={over ? "drop" : undefined}
				onChange={(event) => {
					read.reset();
					props.onText(event.target.value);
				}}
				onDragOver={(event) => {
					event.preventDefault();
					setOver(true);
				}}
				onDragLeave={() => setOver(false)}
				onDrop={(event) => {
					event.preventDefault();
					setOver(false);
					const file = event.dataTransfer.files[0];
					if (file) read.mutate(file);
				}}
				data-testid="enrol-fingerprint"
			/>
			<small id={`${id}-note`} className={error ? "field-error" : "field-hint"}>
				{error ?? t("enrolFingerprintHint")}
			</small>
			<label className="file">
				<span>{t("enrolRootFile")}</span>
				<input
					type="file"
					accept=".cer,.crt,.pem,.der"
					onChange={(event) => {
						const file = event.target.files?.[0];
						if (file) read.mutate(file);
						event.target.value = "";
					}}
					data-testid="enrol-root-file"
				/>
			</label>
		</div>
	);
}
