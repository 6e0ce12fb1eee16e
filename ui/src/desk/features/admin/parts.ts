// The parts of head office's work: each a screen of its own. Auditors read them.
import type { ComponentType } from "react";
import type { Status } from "../../../generated/desk";
import type { TextKey } from "../../../shared/text/ja";
import { Branches } from "./branches/branches";
import { Import } from "./import/import";
import { Policy } from "./policy/policy";
import { Staff } from "./staff/staff";
import { Terminals } from "./terminals";

export type Part = { id: string; label: TextKey; Body: ComponentType<{ status: Status }> };

export const parts: readonly [Part, ...Part[]] = [
	{ id: "staff", label: "staff", Body: Staff },
	{ id: "terminals", label: "terminals", Body: Terminals },
	{ id: "branches", label: "branches", Body: Branches },
	{ id: "policy", label: "policy", Body: Policy },
	{ id: "import", label: "importTitle", Body: Import },
];

export const administers = (status: Status): boolean =>
	status.staff?.role === "head_office" || status.staff?.role === "auditor";
