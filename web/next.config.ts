// The page is exported as plain files (web/out), so that the gateway, nginx or any CDN can serve it: no Node.js where it
// runs. Images are left as they are because the export has no server to resize them.
import type { NextConfig } from "next";
import { sourcesDigest } from "./scripts/sourcesDigest.mjs";

const config: NextConfig = {
  output: "export",
  generateBuildId: () => sourcesDigest(import.meta.dirname),
  images: { unoptimized: true },
  reactStrictMode: true,
  devIndicators: false,
  turbopack: { root: import.meta.dirname },
};

export default config;
