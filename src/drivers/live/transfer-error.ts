/**
 * What a node's firmware calls a transfer that broke: the names of ESP-IDF's esp_http_client and esp_https_ota, and
 * newlib's errno numbers, since a node puts both into its status. `errno` is what the last failing call left.
 */
import type { SocketCause } from "./socket-cause.ts";

export interface TransferError {
  readonly err: string;
  readonly errno: number;
}

const EAGAIN = 11;
const ECONNRESET = 104;
const EINPROGRESS = 119;
const ENOTCONN = 128;

/**
 * No connection, or no handshake. A node connects without blocking: connect() leaves EINPROGRESS behind, and what
 * select() and getsockopt() find out later does not touch errno.
 */
export const CONNECT_FAILED: TransferError = { err: "ESP_ERR_HTTP_CONNECT", errno: EINPROGRESS };

/** The eleventh redirect in a row. */
export const TOO_MANY_REDIRECTS: TransferError = { err: "ESP_ERR_HTTP_MAX_REDIRECT", errno: 0 };

/** A URL that esp_http_client cannot take. */
export const URL_UNUSABLE: TransferError = { err: "ESP_FAIL", errno: 0 };

/** Names a connection that broke after the request was out. */
export function brokenTransfer(cause: SocketCause): TransferError {
  switch (cause) {
    case "closed":
      return { err: "ESP_FAIL", errno: ENOTCONN };
    case "silent":
      return { err: "ESP_FAIL", errno: EAGAIN };
    case "protocol":
      return { err: "ESP_FAIL", errno: 0 };
    default:
      return { err: "ESP_FAIL", errno: ECONNRESET };
  }
}
