// Why a handshake failed. A WebSocket does not report the answer of the server, so the same server is asked over HTTP.
import { ClientError } from "./clientError.ts";

const WAIT_MS = 5_000;

/** Ask the gateway for its settings, which needs the same rights, and say what is wrong. */
export async function explainFailure(config: URL, token: string): Promise<ClientError> {
  let response: Response;
  try {
    const headers: Record<string, string> = token === "" ? {} : { Authorization: `Bearer ${token}` };
    response = await fetch(config, { headers, signal: AbortSignal.timeout(WAIT_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return new ClientError("unavailable", `no gateway answers at ${config.origin}: ${cause}`);
  }
  const { status } = response;
  const answer: unknown = await response.json().catch(() => null);
  const fields = (typeof answer === "object" && answer !== null ? answer : {}) as Readonly<Record<string, unknown>>;
  const detail = typeof fields.detail === "string" ? fields.detail : `${config.href} answers ${status}`;
  if (status === 401 || status === 403) return new ClientError("token", detail);
  if (status === 429 || status >= 500) return new ClientError("unavailable", detail);
  if (status !== 200 || !("tracker" in fields)) {
    return new ClientError("address", `${detail}, which is not the answer of a gateway: check host, port and path`);
  }
  return new ClientError(
    "unavailable",
    "the gateway answers, but opens no WebSocket: it has too many connections, is newer, or a proxy passes none on",
  );
}
