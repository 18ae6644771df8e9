// Where the page finds its token, for a gateway that asks for one: whoever signs people in puts it there.
//
// A page of the same origin stores it under TOKEN_KEY in sessionStorage before it leads here, and tells an open map of a
// newer one with `window.postMessage({ type: TOKEN_KEY, token }, location.origin)`. It is never taken from the URL, and
// never shown to a gateway of another origin.

export const TOKEN_KEY = "flighttracker.token";

/** What of the browser is used; tests pass their own. */
export interface TokenSurroundings {
  readonly location: { readonly origin: string };
  readonly sessionStorage: Pick<Storage, "getItem" | "setItem">;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** Tell the token that is stored, and each newer one; returns what ends that. `gatewayUrl` is the WebSocket's. */
export function watchToken(gatewayUrl: string, page: TokenSurroundings, tell: (token: string) => void): () => void {
  if (new URL(gatewayUrl).origin.replace(/^ws/, "http") !== page.location.origin) return () => {};
  const stored = page.sessionStorage.getItem(TOKEN_KEY);
  if (stored) tell(stored);
  const listener = ({ origin, data }: MessageEvent) => {
    if (origin !== page.location.origin || data?.type !== TOKEN_KEY || typeof data.token !== "string") return;
    page.sessionStorage.setItem(TOKEN_KEY, data.token);
    tell(data.token);
  };
  page.addEventListener("message", listener);
  return () => page.removeEventListener("message", listener);
}
