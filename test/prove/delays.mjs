// The fixed lists of the known-answer server: request k of a kind waits for entry k of its list. Quantiles of the
// distribution at even steps, in an order that mixes long and short ones; nothing is drawn at random.
const ENTRIES = 1_000;

// The firmware gives up a socket that is silent for 5 s, and a dial after 10 s: no delay may come near.
const DELAY_MS_MAX = 3_000;

const QUANTILES = {
  constant: () => 25,
  // A little more than one in a hundred, so that the 99th percentile lies in the plateau and not on its edge.
  "two-point": (u) => (u < 0.9885 ? 10 : 1_000),
  uniform: (u) => 10 + 190 * u,
  lognormal: (u) => 20 * Math.exp(0.9 * inverseNormal(u)),
  pareto: (u) => 10 * (1 - u) ** (-1 / 1.5),
};

export const DISTRIBUTIONS = [...Object.keys(QUANTILES), "pauses"];

/** Delays in milliseconds. For "pauses" they are nothing: the server stands still by the clock. */
export function delaysOf(distribution) {
  const quantile = QUANTILES[distribution];
  if (quantile === undefined) return [0];
  // 389 has no factor in common with 1,000, so its multiples pass each entry once.
  return Array.from({ length: ENTRIES }, (_, k) =>
    Math.min(DELAY_MS_MAX, quantile((((k * 389) % ENTRIES) + 0.5) / ENTRIES)),
  );
}

/** The standard normal quantile: bisection on a series of erf, independent of the fleet's own rational one. */
function inverseNormal(u) {
  let [low, high] = [-6, 6];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normal(middle) < u) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function normal(z) {
  let term = z;
  let sum = z;
  for (let n = 1; n < 200; n++) {
    term *= (z * z) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
