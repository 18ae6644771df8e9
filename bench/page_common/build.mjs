// Builds the peer of `make bench-page` with the page's own packages, into the given folder.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { build } = await import(require.resolve("vite"));
const packages = fileURLToPath(new URL("../../web/node_modules/", import.meta.url));

await build({
  root: fileURLToPath(new URL(".", import.meta.url)),
  configFile: false,
  logLevel: "error",
  base: "./",
  define: { "process.env.NODE_ENV": '"production"' },
  resolve: { alias: ["react-dom", "react", "leaflet", "scheduler"].map((name) => ({ find: new RegExp(`^${name}(?=/|$)`), replacement: packages + name })) },
  build: { outDir: process.argv[2], emptyOutDir: true, assetsDir: "_next/static" },
});
