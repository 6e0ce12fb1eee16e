// The staff's screens, embedded in the desktop app. Also where Vitest looks.
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vitest/config";

/**
 * The fonts are in the app, and come at once: nothing is painted with another one first. The window reads WOFF2; the same in WOFF,
 * which would be half of what is embedded, is left out.
 */
const fonts: Plugin = {
	name: "fonts",
	enforce: "pre",
	transform(code, id) {
		if (!id.includes("@fontsource") || !id.endsWith(".css")) return null;
		const block = code.replaceAll("font-display: swap", "font-display: block");
		const css = block.replaceAll(/,\s*url\([^)]*\.woff\) format\(['"]woff['"]\)/g, "");
		if (css === block || css.includes(".woff)")) this.error(`the style sheet of a font has another form: ${id}`);
		return { code: css, map: null };
	},
};

export default defineConfig({
	base: "./",
	plugins: [fonts, react()],
	build: { outDir: "dist", emptyOutDir: true, target: "safari16", assetsInlineLimit: 0 },
	server: { port: 5173, strictPort: true },
	// Screens that need a document say `// @vitest-environment jsdom` at their head.
	test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"], testTimeout: 20_000 },
});
