// Starts what build.js has bundled: a command, the backend, a thread. It lies in dist/bundle/ as start.js.
//
// Beside the chunks lies what V8 makes of them (build.js, `precompile`), one folder for each version of Node that has
// built here. A chunk that has it there is not parsed again, which was a quarter of a command's CPU. It is taken only for
// the very bytes that it was made of, and V8 refuses what another V8 or other flags of it have made: in either case, and
// where there is none, the chunk is compiled as ever.
"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");
const { crc32 } = require("node:zlib");

const compiled = join(__dirname, `compiled-${process.version}-${process.arch}`);
const modules = new Map();

/** The module of a chunk by its file's name. */
function chunk(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const filename = join(__dirname, name);
  const bytes = readFileSync(filename);
  const script = new Script(wrapped(bytes), { filename, cachedData: compiledOf(name, bytes) });
  const module = { exports: {} };
  modules.set(name, module);
  script.runInThisContext().call(module.exports, module.exports, required, module, filename, __dirname);
  return module.exports;
}

function required(name) {
  return name.startsWith("./") ? chunk(name.slice(2)) : require(name);
}

function wrapped(bytes) {
  return `(function (exports, require, module, __filename, __dirname) {${bytes.toString()}\n})`;
}

/** Four bytes of checksum of the chunk, then what V8 made of it; undefined = there is none that is of these bytes. */
function compiledOf(name, bytes) {
  try {
    const kept = readFileSync(join(compiled, name));
    return kept.length > 4 && kept.readUInt32LE(0) === crc32(bytes) ? kept.subarray(4) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs an entry. The lines of the modules that a stack is told by Node knows only of what it loaded itself. */
exports.start = (name) => (process.sourceMapsEnabled ? require(`./${name}`) : chunk(name));
exports.wrapped = wrapped;
exports.compiled = compiled;
