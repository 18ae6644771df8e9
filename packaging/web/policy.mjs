// Writes the Content-Security-Policy of the exported page, as a line of nginx' configuration.
//
// Next's export contains a few inline scripts. Each is allowed by its hash; no other inline script can run. The page
// connects to its own origin, and to the servers of the tracker's maps and overlays, which start.sh writes to $map_servers.
// Images may come from anywhere, because a tracker can use any tile server. React and Leaflet set inline styles on elements.
//   node policy.mjs DIRECTORY > policy.conf
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const directory = process.argv[2];
const hashes = new Set();
for (const file of readdirSync(directory, { recursive: true }).filter((name) => name.endsWith(".html"))) {
  for (const [, attributes, text] of readFileSync(join(directory, file), "utf8").matchAll(
    /<script([^>]*)>([\s\S]*?)<\/script>/g,
  )) {
    if (!/\ssrc=/.test(attributes)) {
      hashes.add(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
    }
  }
}
if (hashes.size === 0) {
  throw new Error(`no inline script in ${directory}/*.html: is this the exported page?`);
}
const policy = [
  "default-src 'self'",
  `script-src 'self' ${[...hashes].sort().join(" ")}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: http: https:",
  "worker-src 'self' blob:",
  // Some browsers do not treat a WebSocket to the page's own host as 'self'.
  "connect-src 'self' ws://$http_host wss://$http_host$map_servers",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");
process.stdout.write(`add_header Content-Security-Policy "${policy}" always;\n`);
