import { expect, test } from "vitest";
import { gatewayAddresses } from "./address.ts";

test.each([
  ["http://localhost:8000", "ws://localhost:8000/ws", "http://localhost:8000/api/v1/config"],
  ["https://example.org/flights/", "wss://example.org/flights/ws", "https://example.org/flights/api/v1/config"],
  ["wss://example.org/flights/ws", "wss://example.org/flights/ws", "https://example.org/flights/api/v1/config"],
])("the addresses of %s", (url, socket, config) => {
  const addresses = gatewayAddresses(url);
  expect([addresses.socket.href, addresses.config.href]).toEqual([socket, config]);
});

test.each([
  "localhost:8000",
  "ftp://localhost",
  "not a URL",
  "http://me:secret@localhost",
  "http://localhost/?token=secret",
])("%s is rejected", (url) => {
  expect(() => gatewayAddresses(url)).toThrowError(expect.objectContaining({ name: "ClientError", kind: "address" }));
  expect(() => gatewayAddresses(url)).not.toThrowError(/secret/);
});
