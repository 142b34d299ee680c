/** The 32 bytes of a record (layout: event-record.ts), written and read. Reading never throws, whatever the bytes. */
import { RECORD_BYTES, RECORD_KINDS, type RecordSink } from "./event-record.ts";

/** What became of bytes that were read as records. */
export interface RecordsRead {
  readonly records: number;
  /** Bytes of a last record that was cut, by a kill or a full disk; they are dropped. */
  readonly tornBytes: number;
  /** Records of a kind that this version does not know, or whose time is no number; they are dropped. */
  readonly unknown: number;
}

/** Writes one record at a byte offset. */
export function writeRecord(
  view: DataView,
  offset: number,
  kind: number,
  node: number,
  atUs: number,
  detail: number,
  count: number,
  a: number,
  b: number,
): void {
  view.setUint8(offset, kind);
  view.setUint8(offset + 1, detail);
  view.setUint16(offset + 2, count, true);
  view.setUint32(offset + 4, node, true);
  view.setFloat64(offset + 8, atUs, true);
  view.setFloat64(offset + 16, a, true);
  view.setFloat64(offset + 24, b, true);
}

/** Hands every whole record of `bytes` to `sink`, in order. */
export function readRecords(bytes: Uint8Array, sink: RecordSink): RecordsRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = Math.floor(bytes.byteLength / RECORD_BYTES);
  let unknown = 0;
  for (let at = 0; at < whole * RECORD_BYTES; at += RECORD_BYTES) {
    const kind = view.getUint8(at);
    const atUs = view.getFloat64(at + 8, true);
    if (kind >= RECORD_KINDS.length || !Number.isFinite(atUs)) {
      unknown += 1;
      continue;
    }
    sink.record(
      kind,
      view.getUint32(at + 4, true),
      atUs,
      view.getUint8(at + 1),
      view.getUint16(at + 2, true),
      view.getFloat64(at + 16, true),
      view.getFloat64(at + 24, true),
    );
  }
  return { records: whole, tornBytes: bytes.byteLength - whole * RECORD_BYTES, unknown };
}

const KIND_NUMBERS: ReadonlyMap<string, number> = new Map(RECORD_KINDS.map((kind, number) => [kind, number]));

/** The number of a kind of record, for the first byte. */
export function kindNumber(kind: (typeof RECORD_KINDS)[number]): number {
  return KIND_NUMBERS.get(kind) ?? RECORD_KINDS.length;
}
