// The staff's screens, embedded in the desktop app. Also where Vitest looks.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
	base: "./",
	plugins: [react()],
	build: { outDir: "dist", emptyOutDir: true, target: "safari16", assetsInlineLimit: 0 },
	server: { port: 5173, strictPort: true },
	// Screens that need a document say `// @vitest-environment jsdom` at their head.
	test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"], testTimeout: 20_000 },
});
