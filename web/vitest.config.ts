// Unit tests of everything below React and the GPU; what needs a browser is in tests/browser.
import { defineConfig } from "vitest/config";
import { compileTexts } from "./scripts/texts.mjs";

compileTexts();

export default defineConfig({
  resolve: {
    alias: {
      "@flighttracker/client": `${import.meta.dirname}/client/src/index.ts`,
      "@": `${import.meta.dirname}/src`,
    },
  },
  test: { include: ["src/**/*.test.ts", "client/**/*.test.ts", "scripts/**/*.test.ts"], environment: "node" },
});
