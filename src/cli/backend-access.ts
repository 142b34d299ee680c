/** The flags of `run` that say how a backend at an url is reached, and what they name. */
import { X509Certificate } from "node:crypto";
import { UserError } from "../base/user-error.ts";
import { hostOf } from "../drivers/live/egress.ts";
import type { BackendAccess } from "../engine/run-options.ts";
import { everyMistakeOf } from "./every-mistake.ts";
import { fileBytes } from "./file-bytes.ts";

/** Flags as they were typed. */
export interface AccessFlags {
  readonly ca?: string;
  readonly tokenFile?: string;
  readonly allowRemote?: boolean;
  readonly allowHost?: readonly string[];
  readonly keep?: boolean;
}

/** A CA file of a whole company has some hundred certificates. */
const CA_BYTES_MAX = 4_000_000;
const TOKEN_BYTES_MAX = 65_536;

/** Where the token may come from otherwise. */
const TOKEN_VARIABLE = "OTAFLEET_OPERATOR_TOKEN";

/** Reads what the flags name; throws a `UserError` with all mistakes. */
export function accessOf(flags: AccessFlags, environment: NodeJS.ProcessEnv): BackendAccess {
  const { ca, token, allowHosts } = everyMistakeOf({
    ca: () => (flags.ca === undefined ? undefined : authoritiesIn(flags.ca)),
    token: () => tokenOf(flags.tokenFile, environment),
    allowHosts: () => hostsOf(flags.allowHost ?? [], flags.allowRemote === true),
  });
  const { allowRemote, keep } = flags;
  return { ca, allowHosts, allowRemote, keep, operatorToken: token.text, operatorTokenFrom: token.from };
}

function authoritiesIn(path: string): string {
  const text = textOf(path, "an authorities' PEM", CA_BYTES_MAX);
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const refuse = (seen: string): never => {
    throw new UserError({
      field: "--ca",
      seen: `${path} ${seen}`,
      expected: "name a file with CA certificates in PEM",
    });
  };
  if (certificates.length === 0) return refuse("has no certificate in PEM");
  try {
    for (const certificate of certificates) void new X509Certificate(certificate);
  } catch {
    return refuse("has a certificate that cannot be read");
  }
  // Nothing else that the file may hold, such as a key, goes any further.
  return certificates.join("\n");
}

interface Token {
  readonly text: string;
  readonly from: string;
}

function tokenOf(path: string | undefined, environment: NodeJS.ProcessEnv): Token {
  const given = environment[TOKEN_VARIABLE] ?? "";
  if (path !== undefined) {
    const text = textOf(path, "a token", TOKEN_BYTES_MAX).trim();
    const expected = "the file must hold the operator's token, on one line";
    // What a header cannot carry is no token; and it must not be shown.
    if (!/^[\x21-\x7e]+$/.test(text))
      throw new UserError({ field: "--token-file", seen: `${path} holds none`, expected });
    return { text, from: `it is that of --token-file ${path}` };
  }
  if (given === "") return { text: "", from: `there is none; name it with --token-file or in ${TOKEN_VARIABLE}` };
  if (/^[\x21-\x7e]+$/.test(given)) return { text: given, from: `it is that of ${TOKEN_VARIABLE}` };
  throw new UserError({
    field: TOKEN_VARIABLE,
    seen: "holds what no token can hold",
    expected: "it must be the operator's token, without spaces and line ends",
  });
}

function hostsOf(hosts: readonly string[], isRemoteAllowed: boolean): readonly string[] {
  return hosts.map((host) => {
    const field = "--allow-host";
    const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined;
    const isBare = url !== undefined && !/[/@?#\s]/.test(host) && url.port === "" && !/:\d*$/.test(bareOf(host));
    if (!isBare)
      throw new UserError({ field, seen: `is "${host}"`, expected: "must be a host alone, such as images.example" });
    if (!isRemoteAllowed) throw new UserError({ field, seen: `is ${host}`, expected: "goes with --allow-remote only" });
    return hostOf(url);
  });
}

/** Without an address of IPv6 in brackets, whose colons lead to no port. */
function bareOf(host: string): string {
  return host.replace(/^\[[^\]]*\]/, "");
}

function textOf(path: string, what: string, bytesMax: number): string {
  return new TextDecoder().decode(fileBytes(path, { what, bytesMax }));
}
