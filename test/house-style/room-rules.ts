/** Rooms are numbered, and a room imports only from rooms with a smaller number. */
import { type Breach, placeOf, type SourceFile } from "./source-file.ts";

/** ARCHITECTURE.md draws them. Rooms with the same number are neighbours and do not know each other. */
const ROOMS: Readonly<Record<string, number>> = {
  "src/base": 1,
  "src/image": 2,
  "src/node": 3,
  "src/backend/rules": 3,
  "src/faults": 4,
  "src/measure": 4,
  "src/adapters": 4,
  "src/fleet": 5,
  "src/scenario": 6,
  "src/report": 6,
  "src/drivers": 7,
  "src/backend/serve": 7,
  "src/web": 7,
  "src/engine": 8,
  "src/cli": 9,
  "src/index.ts": 9,
};

const PURE_MAX = 6;

/** A contract of calls names who makes them; nothing of it is left at run time. */
const TYPES_ONLY = "types only";
/** Circles that are allowed, as pairs of files, each with its reason. */
const CIRCLES_ALLOWED: Readonly<Record<string, string>> = {
  "src/cli/inspect.ts src/cli/inspection-text.ts": TYPES_ONLY,
  "src/scenario/mistakes.ts src/scenario/yaml-document.ts": TYPES_ONLY,
  "src/drivers/live/download-listener.ts src/drivers/live/image-download.ts": TYPES_ONLY,
  "src/drivers/live/link-listener.ts src/drivers/live/mqtt-link.ts": TYPES_ONLY,
};

/** Taken by name from outside of the program's own imports. */
const TAKEN_BY_NAME = new Set(["src/engine/worker.ts runShard", "src/engine/sweep/plan-worker.ts planRun"]);

export function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS).find((room) => path === room || path.startsWith(`${room}/`));
}

export function isPure(path: string): boolean {
  return (ROOMS[roomOf(path) ?? ""] ?? Infinity) <= PURE_MAX;
}

export function roomBreaches(file: SourceFile): Breach[] {
  const room = roomOf(file.path);
  if (room === undefined) {
    return [
      `${file.path}:1: lies in no room. Move it to one, or give a new room its number in test/house-style/room-rules.ts`,
    ];
  }
  return file.imports
    .filter(({ isOurs }) => isOurs)
    .flatMap(({ to, offset }) => {
      const other = roomOf(to);
      const place = placeOf(file, offset);
      if (other === undefined) return [`${place}: imports ${to}, which is in no room of src/`];
      if (other === room) return kindBreaches(file.path, to, place);
      const [mine, theirs] = [ROOMS[room] as number, ROOMS[other] as number];
      if (theirs < mine) return [];
      return [
        `${place}: ${room} is room ${mine} and imports ${to} of room ${theirs}. ` +
          "Import only from smaller numbers: move what both need down, or hand it in as an argument",
      ];
    });
}

/** One kind of backend knows nothing of another. */
function kindBreaches(from: string, to: string, place: string): Breach[] {
  const kind = /^src\/adapters\/([^/]+)\//;
  const [mine, theirs] = [kind.exec(from)?.[1], kind.exec(to)?.[1]];
  if (mine === undefined || theirs === undefined || mine === theirs) return [];
  return [`${place}: the ${mine} adapter imports from the ${theirs} adapter. Move what both need to src/adapters/`];
}

/** Circles of files that lead back to themselves, types included; each is told once. */
export function cycleBreaches(files: readonly SourceFile[]): Breach[] {
  const targets = new Map(
    files.map(({ path, imports }) => [path, imports.filter((each) => each.isOurs).map(({ to }) => to)]),
  );
  const told: Breach[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      if (Object.hasOwn(CIRCLES_ALLOWED, trail.slice(at).toSorted().join(" "))) return;
      const circle = [...trail.slice(at), path].join(" -> ");
      told.push(`${path}:1: leads back to itself: ${circle}. Move what they share to a file of its own`);
      return;
    }
    if (done.has(path)) return;
    for (const to of targets.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return told;
}

/** Exported functions that no other file takes: the `export`, or the function, can go. */
export function unusedBreaches(files: readonly SourceFile[], readers: readonly SourceFile[]): Breach[] {
  const taken = new Set(
    [...files, ...readers].flatMap(({ imports }) =>
      imports.flatMap(({ to, names }) => names.map((name) => `${to} ${name}`)),
    ),
  );
  return files.flatMap((file) =>
    file.program.body.flatMap((statement) => {
      if (statement.type !== "ExportNamedDeclaration" || statement.declaration?.type !== "FunctionDeclaration")
        return [];
      const name = statement.declaration.id?.name ?? "";
      if (taken.has(`${file.path} ${name}`) || taken.has(`${file.path} *`)) return [];
      if (TAKEN_BY_NAME.has(`${file.path} ${name}`)) return [];
      return [
        `${placeOf(file, statement.start)}: ${name} is exported, but no other file takes it. Drop the word export`,
      ];
    }),
  );
}
