import { describe, expect, it } from "vitest";
import { fromBase64, portalApi, toBase64 } from "./api";

const answering = (response: () => Response | Promise<Response>) => portalApi(async () => response());
const problem = (api: ReturnType<typeof portalApi>) =>
	api.open({ user_id: "A", code: "B" }).then(
		() => undefined,
		(error: { code: string; requestId?: string }) => [error.code, error.requestId],
	);

describe("the pickup API", () => {
	it.each<[string, () => Response, string, string?]>([
		["a proxy's page", () => new Response("<h1>Bad gateway</h1>", { status: 502 }), "unavailable"],
		["a page that is no answer", () => new Response("<h1>?</h1>", { status: 500 }), "internal"],
		[
			"a code of tomorrow",
			() => Response.json({ code: "new_code", request_id: "R" }, { status: 409 }),
			"internal",
			"R",
		],
		[
			"a refusal",
			() => Response.json({ code: "pickup_cancelled", args: {}, request_id: "R" }, { status: 410 }),
			"pickup_cancelled",
			"R",
		],
		["half an answer", () => Response.json({ user_id: "A" }), "answer_malformed"],
		["no JSON", () => new Response("ok"), "answer_malformed"],
		[
			"no way to it",
			() => {
				throw new TypeError("Failed to fetch");
			},
			"network",
		],
		[
			"a body that breaks off",
			() => new Response(new ReadableStream({ start: (c) => c.error(new TypeError("network")) })),
			"network",
		],
	])("%s becomes a problem", async (_, response, code, reference) => {
		expect(await problem(answering(response))).toEqual([code, reference]);
	});
	it("carries bytes as base64", () => {
		const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
		expect(fromBase64(toBase64(bytes))).toEqual(bytes);
		expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
		expect(() => fromBase64("%")).toThrow("answer_malformed");
	});
});
