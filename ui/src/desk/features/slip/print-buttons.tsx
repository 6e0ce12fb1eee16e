// Print, or go back: for the papers that carry no secret.
import { t } from "../../../shared/text/ja";
import { back } from "../../route";

export function PrintButtons({ ready }: { ready: boolean }) {
	return (
		<div className="buttons">
			{ready && (
				<button type="button" className="primary" autoFocus onClick={() => window.print()}>
					{t("slipPrintNow")}
				</button>
			)}
			<button type="button" onClick={back}>
				{t("back")}
			</button>
		</div>
	);
}
