// The numbers that stop a certificate by telephone, when the centre is out of reach.
import { desk } from "../../../shared/ipc";
import { useDesk } from "../../query";

export function EmergencyContacts() {
	const contacts = useDesk("status", ["emergency-contacts"], desk.emergencyContacts);
	return contacts.data?.map((one) => (
		<span key={one.title}>
			{one.title}{" "}
			<b className="phone" data-testid="emergency-phone">
				{one.phone}
			</b>{" "}
			{one.hours}
		</span>
	));
}
