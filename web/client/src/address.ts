// The addresses of a gateway. Pure.
import { ClientError } from "./clientError.ts";

/** The WebSocket and the HTTP interface of the gateway at the URL of its page, or of its WebSocket. */
export function gatewayAddresses(url: string): { readonly socket: URL; readonly config: URL } {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new ClientError("address", `${url} is not a URL: write http://HOST:PORT or https://HOST/PATH`);
  }
  const isSecure = parsed.protocol === "https:" || parsed.protocol === "wss:";
  if (!isSecure && parsed.protocol !== "http:" && parsed.protocol !== "ws:") {
    throw new ClientError("address", `${url} is not the URL of a gateway: write http://HOST:PORT or https://HOST/PATH`);
  }
  if (parsed.username !== "" || parsed.search !== "" || parsed.hash !== "") {
    throw new ClientError(
      "address",
      "the URL has a user, a query or a fragment: a token is an option, the rest is not used",
    );
  }
  const base = parsed.pathname.replace(/\/+$/, "").replace(/\/ws$/, "");
  const at = (scheme: string, path: string) =>
    new URL(`${scheme}${isSecure ? "s" : ""}://${parsed.host}${base}${path}`);
  return { socket: at("ws", "/ws"), config: at("http", "/api/v1/config") };
}
