/** The texts of a record's fields. Nearly all of a fleet file is plain ASCII, which needs no decoder. */
import type { CsvRecord } from "./csv-records.ts";

export class FieldTexts {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #bytes: Uint8Array | undefined;
  #buffer: Buffer = Buffer.alloc(0);

  /** A field's text, doubled quotes made single; undefined where its bytes are no UTF-8. */
  of(record: CsvRecord, field: number): string | undefined {
    const { bytes } = record;
    const start = record.starts[field] as number;
    const end = record.ends[field] as number;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const isPlain = record.isAscii[field] === true;
    const text = isPlain ? this.#buffer.toString("latin1", start, end) : this.#decoded(bytes.subarray(start, end));
    return record.isEscaped[field] === true ? text?.replaceAll('""', '"') : text;
  }

  #decoded(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }
}
