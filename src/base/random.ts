/**
 * Draws without a generator: each is a hash of (seed, node, purpose, count), so nothing is stored, shared or
 * advanced, and a node is the same whichever worker runs it. A Feistel network over two 32-bit lanes: for one
 * seed it is a bijection of (node, purpose, count), so no two draws share a state.
 */

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return h ^ (h >>> 15);
}

/**
 * One number inside (0, 1), never 0 and never 1, so its logarithm is safe; 52 random bits.
 *
 * @param seed 32 bits; see `seedOf` for longer seeds
 * @param node the node's index in the fleet, below 2^32
 * @param purpose what is drawn, below 256
 * @param count how many of this purpose came before, below 2^24
 */
export function draw(seed: number, node: number, purpose: number, count: number): number {
  let a = node;
  let b = (purpose << 24) ^ count;
  a ^= mix(b ^ seed);
  b ^= mix(a + 0x9e3779b9);
  a ^= mix((b + 0x7f4a7c15) ^ seed);
  b ^= mix(a + 0x85ebca6b);
  // With 53 bits the half would round to even and bias the lowest bit.
  return ((a >>> 6) * 2 ** 26 + (b >>> 6) + 0.5) * 2 ** -52;
}

/** Folds a seed of up to 53 bits into the 32 that `draw` takes. */
export function seedOf(seed: number): number {
  const high = Math.floor(seed / 2 ** 32);
  return high === 0 ? seed >>> 0 : (mix((high + 0x9e3779b9) | 0) ^ seed) >>> 0;
}

/** Folds a text into a count that `draw` takes (24 bits): a draw can hang on a name. FNV-1a over UTF-16 units. */
export function countOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash) >>> 8;
}
