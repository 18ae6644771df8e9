// The page's token, for a gateway that requires one: a sign-in page stores it, or a person pastes it (panels/signIn).
//
// A page of the same origin stores it under TOKEN_KEY in sessionStorage before it leads here, and passes a newer
// one to an open map with `window.postMessage({ type: TOKEN_KEY, token }, location.origin)`. It is never taken from the URL, and
// never sent to a gateway of another origin.

export const TOKEN_KEY = "flighttracker.token";

/** Three parts of base64url: it goes into a subprotocol's name, where nothing else may stand. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The parts of the browser that are used; tests pass their own. */
export interface TokenSurroundings {
  readonly location: { readonly origin: string };
  readonly sessionStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** The token in what somebody pasted: without blanks, line ends and the word Bearer; null when there is none. */
export function tokenIn(pasted: string): string | null {
  const token = pasted.replace(/^\s*(authorization:\s*)?(bearer\s+)?/i, "").replace(/\s+/g, "");
  return JWT.test(token) ? token : null;
}

export class TokenKeeper {
  private token = "";
  private readonly tell: (token: string) => void;
  private readonly listener: (event: MessageEvent) => void;

  /** Reports the stored token, and each newer one. `gatewayUrl` is the WebSocket's. */
  constructor(
    gatewayUrl: string,
    private readonly page: TokenSurroundings,
    tell: (token: string) => void,
  ) {
    this.tell = tell;
    this.mayShow = new URL(gatewayUrl).origin.replace(/^ws/, "http") === page.location.origin;
    this.listener = ({ origin, data }) => {
      if (origin === page.location.origin && data?.type === TOKEN_KEY && typeof data.token === "string") {
        this.keep(data.token);
      }
    };
    if (!this.mayShow) return;
    page.addEventListener("message", this.listener);
    this.use(stored(page) ?? "");
  }

  /** Whether the gateway has the page's origin: no other receives a token. */
  readonly mayShow: boolean;

  get current(): string {
    return this.token;
  }

  /** Use a token, and keep it while the tab is open; false when it is malformed. */
  keep(pasted: string): boolean {
    if (!this.mayShow || tokenIn(pasted) === null) return false;
    this.use(pasted);
    try {
      this.page.sessionStorage.setItem(TOKEN_KEY, this.token);
    } catch {
      console.warn("The browser keeps no token: it lasts until the page is loaded again.");
    }
    return true;
  }

  forget(): void {
    this.token = "";
    try {
      this.page.sessionStorage.removeItem(TOKEN_KEY);
    } catch {
      console.warn("The browser keeps no token, so that there is none to remove.");
    }
    this.tell("");
  }

  close(): void {
    this.page.removeEventListener("message", this.listener);
  }

  private use(pasted: string): void {
    const token = tokenIn(pasted);
    if (token === null) return;
    this.token = token;
    this.tell(token);
  }
}

function stored(page: TokenSurroundings): string | null {
  try {
    return page.sessionStorage.getItem(TOKEN_KEY);
  } catch {
    return null;
  }
}
