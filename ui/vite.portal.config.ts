// The customer's pickup pages, served by the centre under /pickup/ with a strict CSP: no inline script, no inline style.
import { resolve } from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
	base: "/pickup/",
	build: {
		outDir: "dist-portal",
		emptyOutDir: true,
		target: "chrome110",
		assetsInlineLimit: 0,
		modulePreload: false,
		// Certificates and PKCS#12 in the browser: 165 kB compressed, once.
		chunkSizeWarningLimit: 800,
		rollupOptions: { input: resolve(import.meta.dirname, "portal.html") },
	},
});
