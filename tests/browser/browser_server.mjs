// One Chromium for all scenarios of a test run: prints its address, and ends when its standard input is closed.
import { launchOptions, playwright } from "./page.mjs";

const server = await playwright.launchServer(launchOptions());
console.log(server.wsEndpoint());
process.stdin.resume();
process.stdin.on("end", () => server.close());
