import { expect, test } from "vitest";
import type { ContractView, UserView } from "../../../generated/desk";
import { scopesOf } from "./stop-scopes";

const user = (userId: string, certificate: UserView["certificate"]): UserView => ({
	userId,
	role: "operator",
	deviceLabel: `${userId} の PC`,
	login: "certificate",
	removed: false,
	certificate,
	openReceipt: null,
});

const contract = (number: string, active: boolean, users: UserView[]): ContractView => ({
	number,
	openedOn: "2026-04-01",
	active,
	closingOn: null,
	predecessor: null,
	successor: null,
	users,
});

const shown = (contracts: ContractView[]) => scopesOf({ contracts }).map((scope) => scope.user ?? scope.contract);

test("what F9 and Enter stop first is the contract in use, not the one before it", () => {
	const old = contract("10000001", false, [user("ADMIN001", null)]);
	const now = contract("20000002", true, [user("ADMIN002", "active"), user("OPERA002", null)]);
	expect(shown([old, now])).toEqual(["20000002", "ADMIN002"]);
});

test("a closed contract comes last, and only while something of it runs", () => {
	const old = contract("10000001", false, [user("ADMIN001", "expired")]);
	const now = contract("20000002", true, [user("ADMIN002", "authorised")]);
	expect(shown([old, now])).toEqual(["20000002", "ADMIN002", "10000001", "ADMIN001"]);
});
