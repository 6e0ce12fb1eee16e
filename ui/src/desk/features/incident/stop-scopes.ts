// What a stop may be about: the contract in use first, the newest of them, then its user IDs; a closed contract only where
// something of it still runs.
import type { ContractView, CustomerView, UserView } from "../../../generated/desk";

/** `user` null: the whole contract. */
export type Scope = { contract: string; user: string | null; device: string };

const running = (user: UserView) => user.certificate !== null;

function inOrder(contracts: ContractView[]): ContractView[] {
	const newest = [...contracts].reverse();
	const closed = newest.filter((contract) => !contract.active && contract.users.some(running));
	return [...newest.filter((contract) => contract.active), ...closed];
}

export function scopesOf({ contracts }: Pick<CustomerView, "contracts">): Scope[] {
	return inOrder(contracts).flatMap((contract) => [
		{ contract: contract.number, user: null, device: "" },
		...contract.users
			.filter(running)
			.map((user) => ({ contract: contract.number, user: user.userId, device: user.deviceLabel })),
	]);
}
