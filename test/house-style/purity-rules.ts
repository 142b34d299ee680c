/** Pure rooms have no clock, chance, timer, socket, file, environment or console; and no locale or zone of a machine. */
import { Visitor } from "oxc-parser";
import { isPure } from "./room-rules.ts";
import { type Breach, placeOf, type SourceFile } from "./source-file.ts";

const CLOCK = "take the instant as an argument";
const TIMER = "name a deadline, and the driver keeps it";
const MACHINE = "take what is needed as an argument; drivers, engine and cli touch the machine";
const LOCALE = "the same run must give the same bytes in every locale and zone; write the format out";

/** A whole name (`process`), or a name and its field (`Date.now`). */
const BANNED: Readonly<Record<string, string>> = {
  "Date.now": CLOCK,
  performance: CLOCK,
  "Math.random": "draw from the seed (src/base/random.ts)",
  crypto: "draw from the seed (src/base/random.ts)",
  setTimeout: TIMER,
  setInterval: TIMER,
  setImmediate: TIMER,
  queueMicrotask: TIMER,
  process: MACHINE,
  console: MACHINE,
  fetch: MACHINE,
  WebSocket: MACHINE,
  globalThis: MACHINE,
};

const BANNED_METHODS = /^(toLocale\w*|localeCompare|getTimezoneOffset|get(Hours|Minutes|Date|Day|Month|FullYear))$/;

/** Of node:crypto, what gives the same output for the same input; a signature's salt is in the image, not in the run. */
const CRYPTO = new Set([
  "constants",
  "createHash",
  "createPrivateKey",
  "createPublicKey",
  "KeyObject",
  "sign",
  "verify",
]);

/** Packages that compute and touch nothing. */
const PACKAGES = new Set([
  "@faker-js/faker/locale/en",
  "cli-table3",
  "d3-scale",
  "d3-shape",
  "hdr-histogram-js/dist/encoding.js",
  "hdr-histogram-js/dist/wasm/index.js",
  "k6/options",
  "yaml",
  "zod",
]);

export function purityBreaches(file: SourceFile): Breach[] {
  if (!isPure(file.path)) return [];
  return [...importBreaches(file), ...useBreaches(file)];
}

function importBreaches(file: SourceFile): Breach[] {
  return file.imports
    .filter(({ isOurs }) => !isOurs)
    .flatMap(({ to, names, offset }) => {
      const place = placeOf(file, offset);
      if (PACKAGES.has(to)) return [];
      if (to === "node:crypto") {
        return names
          .filter((name) => !CRYPTO.has(name))
          .map((name) => `${place}: ${name} of node:crypto is banned in pure rooms; ${MACHINE}`);
      }
      return [`${place}: ${to} is banned in pure rooms; ${MACHINE}`];
    });
}

function useBreaches(file: SourceFile): Breach[] {
  const told: Breach[] = [];
  const tell = (offset: number, name: string, mend: string): void => {
    told.push(`${placeOf(file, offset)}: ${name} is banned in pure rooms; ${mend}`);
  };
  // A function of the file's own may be called fetch.
  const own = namesOf(file);
  const ban = (offset: number, name: string): void => {
    if (Object.hasOwn(BANNED, name) && !own.has(name)) tell(offset, name, BANNED[name] as string);
  };
  new Visitor({
    MemberExpression(node) {
      if (node.object.type === "Identifier") ban(node.start, node.object.name);
      if (node.property.type !== "Identifier" || node.computed) return;
      if (node.object.type === "Identifier") ban(node.start, `${node.object.name}.${node.property.name}`);
      if (BANNED_METHODS.test(node.property.name)) tell(node.start, node.property.name, LOCALE);
    },
    CallExpression(node) {
      if (node.callee.type !== "Identifier") return;
      ban(node.start, node.callee.name);
      if (node.callee.name === "Date") tell(node.start, "Date()", CLOCK);
    },
    NewExpression(node) {
      if (node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0) {
        tell(node.start, "new Date()", CLOCK);
      }
      if (node.callee.type === "MemberExpression" && node.callee.object.type === "Identifier") {
        if (node.callee.object.name === "Intl" && node.arguments.length === 0)
          tell(node.start, "Intl without a locale", LOCALE);
      }
    },
  }).visit(file.program);
  return told;
}

/** Names that the file imports or declares as functions. */
function namesOf(file: SourceFile): ReadonlySet<string> {
  const functions = file.program.body.flatMap((statement) => {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    return declaration?.type === "FunctionDeclaration" ? [declaration.id?.name ?? ""] : [];
  });
  return new Set([...functions, ...file.imports.filter(({ isOurs }) => isOurs).flatMap(({ names }) => names)]);
}
