/** Counts, shares, rates and bytes for people. Written by hand, so that no locale can change a report's bytes. */

/** `1,234`; a value that is no whole number keeps three significant digits: `0.0123`, `12.3`, `1,235`. */
export function countText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isSafeInteger(value)) return grouped(String(value));
  return significantText(value);
}

/** Three significant digits without trailing zeros; whole numbers above 1,000. */
export function significantText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000) return grouped(String(Math.round(value)));
  if (size === 0) return "0";
  const decimals = Math.min(9, Math.max(0, 2 - Math.floor(Math.log10(size))));
  const text = value.toFixed(decimals);
  return grouped(text.includes(".") ? text.replace(/\.?0+$/, "") : text);
}

function grouped(text: string): string {
  const [whole = "", decimals] = text.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? spaced : `${spaced}.${decimals}`;
}

/**
 * A share of a whole as a percentage with at most two decimals. It never says 100 % of what is not all, nor 0 % of
 * what is not nothing: near the ends it is rounded inwards.
 */
export function shareText(part: number, whole: number): string {
  return whole > 0 ? percentText(part / whole) : "–";
}

/** A share from 0 to 1 as a percentage; the same honesty at the ends as `shareText`. */
export function percentText(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent > 0 && percent < 0.01) return "<0.01 %";
  if (percent > 99.99 && percent < 100) return ">99.99 %";
  // One decimal says enough, except where it would round to an end.
  const isNearEnd = percent < 0.1 || (percent >= 99.9 && percent < 100);
  // 1.15 % and 0.9 % are often what a threshold is about, so a second decimal below ten.
  if (!isNearEnd) return `${Number(percent.toFixed(percent < 10 ? 2 : 1))} %`;
  const hundredths = percent < 1 ? Math.ceil(percent * 100 - 1e-9) : Math.floor(percent * 100 + 1e-9);
  return `${hundredths / 100} %`;
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `1.4 MiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${significantText(value)} ${BYTE_UNITS[unit]}`;
}

/** `1 node`, `2 nodes`. */
export function counted(value: number, one: string, many: string = `${one}s`): string {
  return `${countText(value)} ${value === 1 ? one : many}`;
}
