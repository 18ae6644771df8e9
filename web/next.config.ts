// The page is exported as static files (web/out): the gateway, nginx or any CDN can serve it without Node.js. Images are
// not optimized, because the export has no server to resize them.
import type { NextConfig } from "next";
import { sourcesDigest } from "./scripts/sourcesDigest.mjs";
import { compileTexts, watchTexts } from "./scripts/texts.mjs";

compileTexts();
if (process.env.NODE_ENV === "development") watchTexts();

const config: NextConfig = {
  output: "export",
  // Every file is named relative to the document, so the page works below any path: see scripts/anyPath.mjs.
  assetPrefix: process.env.NODE_ENV === "production" ? "." : "",
  generateBuildId: () => sourcesDigest(import.meta.dirname),
  images: { unoptimized: true },
  reactStrictMode: true,
  devIndicators: false,
  // `npm run lint` checks the types, also of the tests; here it would double the time until a newcomer sees the map.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: import.meta.dirname, resolveAlias: { leaflet: "./src/map/leafletParts.js" } },
};

export default config;
