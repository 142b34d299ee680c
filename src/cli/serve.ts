/** `otafleet serve`: the embedded backend alone, in this process, for runs from other processes. */
import { UserError } from "../base/user-error.ts";
import type { Backend } from "../backend/serve/backend.ts";
import type { ServeAddress, ServePorts } from "../backend/serve/messages.ts";
import { bytesText, countText } from "../report/count-text.ts";
import type { Painter } from "../report/painter.ts";
import { harmlessLine } from "../report/text-cleaning.ts";
import { commandText } from "./command-text.ts";
import { painterOf, tellPeople, tellPrograms } from "./console.ts";
import { everyMistakeOf } from "./every-mistake.ts";
import { EXIT } from "./exit-codes.ts";
import { ServeFolder } from "./serve-folder.ts";
import { StopSignal } from "./stop-signal.ts";
import { blockOfTerminal } from "./terminal-block.ts";

/** Flags as they were typed. */
export interface ServeFlags {
  readonly data?: string;
  readonly tls?: boolean;
  readonly json?: boolean;
  readonly color: boolean;
  readonly portMqtt?: string;
  readonly portMqtts?: string;
  readonly portImages?: string;
  readonly portApi?: string;
}

/** Between two looks at the backend, wall time. */
const LOOK_EVERY_MS = 500;

/** Serves until it is told to stop, and answers the exit code: a backend that was stopped has done what it should. */
export async function serve(flags: ServeFlags): Promise<number> {
  const ports = everyMistakeOf({
    mqtt: () => portOf("--port-mqtt", flags.portMqtt),
    mqtts: () => portOf("--port-mqtts", flags.portMqtts),
    images: () => portOf("--port-images", flags.portImages),
    api: () => portOf("--port-api", flags.portApi),
  });
  const folder = ServeFolder.open(flags.data);
  const stop = new StopSignal({
    onStopping: () => {},
    onStoppedAtOnce: (exitCode) => process.exit(exitCode),
  });
  try {
    const { backend, address } = await started(folder, flags.tls === true, ports);
    try {
      folder.write(address.operatorToken, address.caPem);
      tellStart(folder, address, flags);
      await watchedUntil(stop.signal, backend, painterOf(process.stderr, flags.color));
      tellPeople("stopping");
    } finally {
      await backend.stop();
    }
    return EXIT.passed;
  } finally {
    stop.close();
    folder.close();
  }
}

async function started(folder: ServeFolder, tls: boolean, ports: ServePorts) {
  // Loaded once the flags are known to be right: the broker and its certificates take a moment.
  const { Backend: Embedded } = await import("../backend/serve/backend.ts");
  try {
    return await Embedded.start({ storeFile: folder.storeFile, mqttTls: tls, apiTls: tls, ports });
  } catch (error) {
    if (!(error instanceof Error && error.name === "StartFailure")) throw error;
    const expected = error.message.includes("database")
      ? "end the other one, or name another folder with --data"
      : "name another port, or 0 for any that is free, with --port-mqtt, --port-mqtts, --port-images or --port-api";
    throw new UserError({ seen: error.message, expected });
  }
}

/** Resolves when the signal comes; until then people see what goes on, and hear when nothing can be stored. */
async function watchedUntil(signal: AbortSignal, backend: Backend, paint: Painter): Promise<void> {
  const line = process.stderr.isTTY ? await blockOfTerminal(process.stderr) : undefined;
  const say = (text: string): void => (line === undefined ? tellPeople(text) : line.persist(text));
  let failure: string | undefined;
  const look = (): void => {
    if (backend.storeFailure !== failure) {
      failure = backend.storeFailure;
      if (failure === undefined) say(paint.good("everything is stored again"));
      else say(paint.bad(`! ${harmlessLine(failure)}; nothing is acknowledged until it can be`));
    }
    line?.(countsLine(backend));
  };
  await new Promise<void>((resolve) => {
    const timer = setInterval(look, LOOK_EVERY_MS);
    const end = (): void => {
      clearInterval(timer);
      line?.clear();
      line?.done();
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

function countsLine(backend: Backend): string {
  const { fetches = 0, statuses = 0, imageBytesServed = 0 } = backend.counters();
  const { rules, jobs } = backend.ledger;
  return [
    `${countText(backend.nodesConnected)} of ${countText(rules.nodeCount)} nodes online`,
    `${countText(jobs.length)} jobs`,
    `${countText(fetches)} fetches`,
    `${countText(statuses)} statuses`,
    `${bytesText(imageBytesServed)} of images served`,
  ].join(", ");
}

function tellStart(folder: ServeFolder, address: ServeAddress, { json, tls, data, color }: ServeFlags): void {
  const { mqttPort, mqttsPort, imagesUrl, apiUrl } = address;
  const mqtt = `mqtt://127.0.0.1:${mqttPort}`;
  const mqtts = mqttsPort === undefined ? undefined : `mqtts://127.0.0.1:${mqttsPort}`;
  const { tokenFile, caFile } = folder;
  const paint = painterOf(process.stderr, color);
  const lines = [
    ["mqtt", mqtt],
    ...(mqtts === undefined ? [] : [["mqtts", mqtts]]),
    ["api", `${apiUrl}  (described at /openapi.json)`],
    ["images", imagesUrl],
    ["token", `${tokenFile}  (the operator's)`],
    ["ca", `${caFile}  (signs ${tls === true ? "all certificates" : "the image server"})`],
    ["data", data ?? "in memory: all of it is gone when this ends; --data DIR keeps it"],
  ];
  tellPeople(`${paint.strong("otafleet's embedded backend")}, for tests only; Ctrl-C ends it`);
  for (const [name = "", text = ""] of lines) tellPeople(`  ${name.padEnd(8)}${harmlessLine(text)}`);
  const words = ["run", "SCENARIO.yaml", "--set", "clock.speed=1", "--set", "clock.start=now"];
  const command = [...words, "--backend", mqtts ?? mqtt, apiUrl, "--token-file", tokenFile, "--ca", caFile];
  tellPeople(`  run     ${harmlessLine(commandText(command), 2_000)}`);
  if (json !== true) return;
  const secure = mqtts === undefined ? {} : { mqtts };
  const found = { mqtt, ...secure, api: apiUrl, images: imagesUrl, operatorTokenFile: tokenFile, caFile };
  tellPrograms(`${JSON.stringify(found)}\n`);
}

function portOf(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UserError({ field, seen: `is "${text}"`, expected: "must be a port from 0 to 65535; 0 is any free one" });
}
