// The staff's screens, embedded in the desktop app.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
	base: "./",
	plugins: [react()],
	build: { outDir: "dist", emptyOutDir: true, target: "safari16", assetsInlineLimit: 0 },
	server: { port: 5173, strictPort: true },
	test: { environment: "node", include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
} as import("vite").UserConfig);
