// The paper that a certificate's state asks for, as a cell of a table.
import type { CertificateView } from "../../../generated/desk";
import { NoticeButton } from "./notice-button";

export function CertificateNotice({ row }: { row: CertificateView }) {
	return (
		<td>
			{row.held && <NoticeButton kind="suspension" id={row.certificateId} />}
			{row.state === "revoked" && <NoticeButton kind="revocation" id={row.certificateId} />}
			{row.state === "active" && <NoticeButton kind="restore" id={row.userId} />}
		</td>
	);
}
