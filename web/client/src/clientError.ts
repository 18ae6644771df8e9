// Why a client cannot follow a tracker; the message is a sentence for a person.

export type ClientErrorKind =
  /** No gateway can be at this URL: it is malformed, or another server answers. */
  | "address"
  /** A token is missing, invalid or expired. */
  | "token"
  /** The gateway uses a version that this client does not read. */
  | "version"
  /** No gateway answers now, or it takes no more connections. */
  | "unavailable"
  /** The gateway does not accept what the client sends. */
  | "rejected"
  /** This program has no WebSocket, or no DecompressionStream. */
  | "unsupported";

export class ClientError extends Error {
  constructor(
    readonly kind: ClientErrorKind,
    message: string,
  ) {
    super(message);
    this.name = "ClientError";
  }
}
