// Builds dist/ from src/: every module by itself, and beside them bundles of what starts as a process or a thread, which
// would else read hundreds of files, half a millisecond each. `--if-missing` leaves an existing build alone; `--if-stale`
// leaves one alone that is not older than src/ and the packages that the bundles hold, so that `npm start` begins at once
// and yet never runs yesterday's program.
//
// The build is made in a folder of its own and put in place by renaming: a process that runs from dist/ meets the old
// files or the new ones, never half of them, and two builds at a time do not harm each other.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";
import { compiled, withChecksums, wrapped } from "./tools/bundle-start.cjs";

/** Two builds that end in the same instant try again in turn; more often than this it is something else. */
const SWAPS_MAX = 20;

const top = fileURLToPath(new URL(".", import.meta.url));
const dist = join(top, "dist");
const main = "cli/main.js";
// What the command is before it is bundled; its own file then starts the bundle, and a stack is told by this one.
const entry = "cli/entry.js";
// Processes and threads: each reads all that it needs by itself.
const STARTED = [main, "backend/serve/main.js", "engine/worker.js", "engine/sweep/plan-worker.js"];
// They load files that lie beside theirs: threads of their own, a native module.
const NOT_BUNDLED = [/^piscina(\/|$)/, /^@photostructure\/sqlite(\/|$)/];
// The licences of the packages whose code is in the bundles.
const LICENCES = "LICENCES.txt";
// Its time is when the build began: what is saved while the compiler runs is younger.
const stamp = ".built";

if (process.argv.includes("--if-missing") && existsSync(join(dist, main))) process.exit(0);
if (process.argv.includes("--if-stale") && !isStale()) process.exit(0);

const fresh = join(top, `.dist-new-${process.pid}`);
const past = join(top, `.dist-old-${process.pid}`);
try {
  process.exitCode = await build();
} finally {
  rmSync(fresh, { recursive: true, force: true });
  rmSync(past, { recursive: true, force: true });
}

async function build() {
  const compiler = findCompiler();
  if (compiler === undefined) {
    console.error(
      "otafleet: TypeScript is not installed, so dist/ cannot be built. Run `npm ci` with development packages.",
    );
    return 1;
  }
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  writeFileSync(join(fresh, stamp), "");
  const options = ["-p", "tsconfig.json", "--outDir", fresh, "--tsBuildInfoFile", join(fresh, ".tsbuildinfo")];
  const outcome = spawnSync(process.execPath, [compiler, ...options], { cwd: top, stdio: "inherit" });
  // A build with errors counts as stale, so that the next one says them again.
  if (outcome.status !== 0) rmSync(join(fresh, stamp));
  if (existsSync(join(fresh, main))) await bundle();
  // npm makes a linked command executable once; a file that was built again would not be.
  if (existsSync(join(fresh, main))) chmodSync(join(fresh, main), 0o755);
  putInPlace();
  return outcome.status ?? 1;
}

function findCompiler() {
  try {
    const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
    return manifest.replace(/package\.json$/, "bin/tsc");
  } catch {
    return undefined;
  }
}

/**
 * Puts what is started, with all that it needs, into few files under bundle/. They all lie at the depth of a room, as
 * modules find others and package.json by their own place. A command is known by its file, which then starts the bundle;
 * threads and the backend are started from theirs (src/engine/started-file.ts). They are CommonJS, of which alone V8
 * keeps what it has compiled.
 */
async function bundle() {
  const { build: bundled } = await import("rolldown");
  const dir = join(fresh, "bundle");
  const entryOf = (file) => file.replace(/\.js$/, "").replaceAll("/", "-");
  renameSync(join(fresh, main), join(fresh, entry));
  const sourceOf = (file) => join(fresh, file === main ? entry : file);
  const { output } = await bundled({
    cwd: fresh,
    input: Object.fromEntries(STARTED.map((file) => [entryOf(file), sourceOf(file)])),
    platform: "node",
    external: NOT_BUNDLED,
    plugins: [{ name: "node's zlib", transform: withZlib }],
    onLog: (_, { message }) => {
      throw new Error(`the bundle is not sound: ${message}`);
    },
    output: {
      dir,
      format: "cjs",
      // As the modules are by themselves.
      strict: true,
      keepNames: true,
      sourcemap: true,
      // Places and names are all that a stack is told by; the modules themselves lie beside the bundles.
      sourcemapExcludeSources: true,
      entryFileNames: "[name]-[hash].js",
      chunkFileNames: "[name]-[hash].js",
    },
  });
  const chunks = output.filter(({ type }) => type === "chunk");
  writeFileSync(join(dir, "package.json"), '{ "type": "commonjs" }\n');
  copyFileSync(new URL("tools/bundle-start.cjs", import.meta.url), join(dir, "start.js"));
  for (const { isEntry, name, fileName } of chunks) {
    if (!isEntry) continue;
    writeFileSync(join(dir, `${name}.js`), `module.exports = require("./start.js").start("${fileName}");\n`);
  }
  writeFileSync(
    join(fresh, main),
    `#!/usr/bin/env node
import { createRequire } from "node:module";
// Who asks where a fault lies is told so by the modules' own lines, which takes time to read.
if (process.argv.includes("--debug") || process.env.OTAFLEET_DEBUG) process.setSourceMapsEnabled(true);
createRequire(import.meta.url)("../bundle/${entryOf(main)}.js");
`,
  );
  precompile(
    dir,
    chunks.map(({ fileName }) => fileName),
  );
  const packages = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.flatMap((file) => packageOf(file) ?? [])));
  writeFileSync(join(dir, LICENCES), [...packages].sort(byName).map(licenceOf).join("\n"));
}

/**
 * Keeps what V8 makes of each chunk, every function of it, for tools/bundle-start.cjs. An optional gain: what V8 would
 * refuse is not kept.
 */
function precompile(dir, fileNames) {
  const folder = join(dir, basename(compiled));
  mkdirSync(folder);
  for (const fileName of fileNames) {
    const bytes = readFileSync(join(dir, fileName));
    const source = wrapped(bytes);
    // What is compiled lazily is not kept. V8 also keeps its flags, and takes nothing that was made under others.
    setFlagsFromString("--no-lazy");
    const script = new Script(source, { filename: fileName });
    setFlagsFromString("--lazy");
    const kept = script.createCachedData();
    if (new Script(source, { filename: fileName, cachedData: kept }).cachedDataRejected) continue;
    writeFileSync(join(folder, fileName), withChecksums(bytes, kept));
  }
}

function byName(a, b) {
  return a < b ? -1 : 1;
}

/** The folder of the package that a file is of; undefined = it is of ours. */
function packageOf(file) {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];
}

/** What goes with the code of a package wherever that is given away. */
function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const head = `${name} ${version} (${license ?? "see below"})\n`;
  return [head, ...texts.sort(byName).map((file) => readFileSync(join(folder, file), "utf8"))].join("\n");
}

/**
 * hdr-histogram-js hides from bundlers that it takes zlib where there is one. A bundle in which it found none would
 * compress with another library, more slowly and perhaps to other bytes. Its WebAssembly, which each thread unpacks
 * when it starts, it unpacks by libraries of JavaScript everywhere; Node itself makes the same of it.
 */
function withZlib(code, file) {
  if (/hdr-histogram-js[\\/]dist[\\/]JsHistogram\.encoding\.js$/.test(file)) {
    const [start, deflate, between, inflate, end] = code.split(/eval\('(require\("zlib"\)\.\w+)'\)/);
    if (end === undefined) throw new Error(`${file} does not find zlib as it used to`);
    return { code: start + deflate + between + inflate + end, map: null };
  }
  if (/hdr-histogram-js[\\/]dist[\\/]wasm[\\/]index\.js$/.test(file)) {
    const [start, between, end, ...more] = code.split(/require\("(?:base64-js|pako)"\)/);
    if (end === undefined || more.length > 0) throw new Error(`${file} does not unpack as it used to`);
    const base64 = '{ toByteArray: (text) => Buffer.from(text, "base64") }';
    const pako = '{ inflate: require("zlib").inflateSync }';
    return { code: start + base64 + between + pako + end, map: null };
  }
  return null;
}

function putInPlace() {
  for (let swap = 1; ; swap += 1) {
    rmSync(past, { recursive: true, force: true });
    try {
      if (existsSync(dist)) renameSync(dist, past);
      renameSync(fresh, dist);
      return;
    } catch (error) {
      // Another build came between the two renames: this one is put over it.
      if (swap === SWAPS_MAX || !["ENOENT", "ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
    }
  }
}

function isStale() {
  const built = join(dist, stamp);
  if (!existsSync(built) || !existsSync(join(dist, main))) return true;
  // Another Node built it: what that has compiled is of no use to this one.
  if (!existsSync(join(dist, "bundle", basename(compiled)))) return true;
  const builtMs = statSync(built).mtimeMs;
  const sources = ["tsconfig.json", "build.js", "package-lock.json", "src", "tools"].map((name) => join(top, name));
  return sources.some((path) => existsSync(path) && changedMs(path) > builtMs);
}

/** When a file, or anything below a folder, last changed. A folder's own time tells of what was removed from it. */
function changedMs(path) {
  const place = statSync(path);
  if (!place.isDirectory()) return place.mtimeMs;
  return Math.max(place.mtimeMs, ...readdirSync(path).map((name) => changedMs(join(path, name))));
}
