// Starts what build.js has bundled: a command, the backend, a thread. It lies in dist/bundle/ as start.js.
//
// Beside the chunks lies what V8 makes of them (build.js, `precompile`), in a folder named after the version of Node that
// built it. A chunk that has it there is not parsed again, which was a quarter of a command's CPU. It is taken only for
// the very bytes that it was made of, and V8 refuses what another V8 or other flags of it have made: in either case, and
// where there is none, the chunk is compiled as ever. V8 does not look whether what is kept came to harm, and would run it.
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
  try {
    script.runInThisContext().call(module.exports, module.exports, required, module, filename, __dirname);
  } catch (error) {
    // Half a module is none: whoever asks again is to hear of the error, too.
    modules.delete(name);
    throw error;
  }
  return module.exports;
}

function required(name) {
  return name.startsWith("./") ? chunk(name.slice(2)) : require(name);
}

function wrapped(bytes) {
  return `(function (exports, require, module, __filename, __dirname) {${bytes.toString()}\n})`;
}

/** Checksums of a chunk and of what V8 made of it stand before that. */
const CHECKSUMS_BYTES = 8;

/** What V8 made of a chunk; undefined = there is none that is of these bytes and whole. */
function compiledOf(name, bytes) {
  try {
    const file = readFileSync(join(compiled, name));
    const kept = file.subarray(CHECKSUMS_BYTES);
    const isOfTheChunk = kept.length > 0 && file.readUInt32LE(0) === crc32(bytes);
    return isOfTheChunk && file.readUInt32LE(4) === crc32(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** What `compiledOf` reads. */
function withChecksums(bytes, kept) {
  const checksums = Buffer.alloc(CHECKSUMS_BYTES);
  checksums.writeUInt32LE(crc32(bytes), 0);
  checksums.writeUInt32LE(crc32(kept), 4);
  return Buffer.concat([checksums, kept]);
}

/** Runs an entry. The lines of the modules that a stack is told by Node knows only of what it loaded itself. */
exports.start = (name) => (process.sourceMapsEnabled ? require(`./${name}`) : chunk(name));
exports.wrapped = wrapped;
exports.compiled = compiled;
exports.compiledOf = compiledOf;
exports.withChecksums = withChecksums;
