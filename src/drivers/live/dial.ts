/**
 * Opens one socket to one place: plain TCP or TLS with a full handshake. Nothing is pooled, resumed or retried, since
 * a node does none of that; only what is equal for all nodes (the parsed authority) is shared.
 */
import { connect, isIP, type OnReadOpts, type Socket } from "node:net";
import {
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  type DetailedPeerCertificate,
  TLSSocket,
} from "node:tls";

/** What a node trusts: one value for all links that share it, because what is derived from it is kept beside it. */
export interface TlsTrust {
  /** Authorities in PEM. Nothing else is trusted. */
  readonly ca: string;
  /** The name that the certificate must bear, where it is neither in a URL nor the host that is dialled. */
  readonly servername?: string;
}

/** Where to dial. `host` should be an address: a name costs a look-up in the thread pool at every dial. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsTrust;
  /** The name in the URL that led here: the one that the certificate must bear. */
  readonly name?: string;
  /** Own address to dial from; one gives about 28,000 ports towards one peer. */
  readonly localAddress?: string;
}

/** Starts to connect. Failures come as events of the socket, never as an exception. */
export function dial(target: DialTarget, onread?: OnReadOpts): Socket {
  const options = {
    host: target.host,
    port: target.port,
    // A packet is one write, so Nagle would only hold back a second one until the peer's delayed acknowledgement:
    // 40 ms in every latency, made by the instrument.
    noDelay: true,
    // Trying several addresses side by side is a browser's habit, and costs a timer for each dial.
    autoSelectFamily: false,
    ...(target.localAddress === undefined ? {} : { localAddress: target.localAddress }),
    ...(onread === undefined ? {} : { onread }),
  };
  if (target.tls === undefined) return connect(options);
  const trust = target.tls;
  const expected = target.name ?? trust.servername ?? target.host;
  const socket: TLSSocket = connectTls({
    ...options,
    secureContext: contextOf(trust),
    rejectUnauthorized: true,
    // RFC 6066 section 3 forbids addresses in the server name extension; the certificate is checked for one all the same.
    ...(isIP(expected) === 0 ? { servername: expected } : {}),
    checkServerIdentity: () => nameFlaw(socket, expected),
  });
  // Node unpacks the peer's whole chain into plain objects before it asks whether the name is right: a quarter of what
  // a full handshake costs, in every herd. `nameFlaw` looks at the certificate itself.
  socket.getPeerCertificate = () => NO_CERTIFICATE;
  return socket;
}

const NO_CERTIFICATE = {} as DetailedPeerCertificate;

/** Undefined where the peer's certificate bears the name or address; else the error that Node has for it. */
function nameFlaw(socket: TLSSocket, expected: string): Error | undefined {
  const certificate = socket.getPeerX509Certificate();
  const found =
    isIP(expected) === 0
      ? certificate?.checkHost(expected, { partialWildcards: false })
      : certificate?.checkIP(expected);
  if (found !== undefined) return undefined;
  return checkServerIdentity(expected, TLSSocket.prototype.getPeerCertificate.call(socket, true));
}

const contexts = new WeakMap<TlsTrust, ReturnType<typeof createSecureContext>>();

// Parsing the authorities costs more than a handshake; the context holds no session, so handshakes stay full.
function contextOf(trust: TlsTrust): ReturnType<typeof createSecureContext> {
  let context = contexts.get(trust);
  if (context === undefined) {
    context = createSecureContext({ ca: trust.ca });
    contexts.set(trust, context);
  }
  return context;
}
