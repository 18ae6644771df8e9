// One Chromium for all scenarios of a test run: prints where it listens, and ends with its standard input.
import { launchOptions, playwright } from "./page.mjs";

const server = await playwright.launchServer(launchOptions());
console.log(server.wsEndpoint());
process.stdin.resume();
process.stdin.on("end", () => server.close());
