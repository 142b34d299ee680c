/** A small reader of XML 1.0 that forgives nothing; what it has not heard of (DTDs, comments, CDATA) it refuses too. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own characters, entities resolved. */
  readonly text: string;
}

/** XML 1.0, section 2.2: what a character may be. */
const LAWFUL = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** Reads a document; throws at the first thing that is not well-formed. */
export function strictXml(document: string): XmlElement {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!LAWFUL.test(document)) throw new Error("a character that XML 1.0 does not allow");
  if (!document.startsWith(head)) throw new Error("no declaration");
  const reader = { text: document, at: head.length };
  const root = element(reader);
  if (document.slice(reader.at).trim() !== "") throw new Error(`text behind the root at ${reader.at}`);
  return root;
}

interface Reader {
  readonly text: string;
  at: number;
}

function element(reader: Reader): XmlElement {
  const name = match(reader, /<([A-Za-z][\w.-]*)/y)[1] ?? "";
  const attributes: Record<string, string> = {};
  for (let found = maybe(reader, /\s+([A-Za-z][\w.-]*)="([^<"\n\t\r]*)"/y); found !== undefined;) {
    const [, key = "", value = ""] = found;
    if (Object.hasOwn(attributes, key)) throw new Error(`attribute ${key} twice`);
    attributes[key] = resolved(value);
    found = maybe(reader, /\s+([A-Za-z][\w.-]*)="([^<"\n\t\r]*)"/y);
  }
  if (maybe(reader, /\s*\/>/y) !== undefined) return { name, attributes, children: [], text: "" };
  match(reader, /\s*>/y);
  const children: XmlElement[] = [];
  let text = "";
  for (;;) {
    const characters = match(reader, /[^<]*/y)[0];
    if (characters.includes("]]>")) throw new Error("]]> in text");
    text += resolved(characters);
    if (maybe(reader, /<\//y) !== undefined) break;
    children.push(element(reader));
  }
  if (match(reader, /([A-Za-z][\w.-]*)\s*>/y)[1] !== name) throw new Error(`${name} is not closed`);
  return { name, attributes, children, text };
}

function resolved(text: string): string {
  if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(text)) throw new Error("a bare ampersand");
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? "");
}

function match(reader: Reader, pattern: RegExp): RegExpExecArray {
  const found = maybe(reader, pattern);
  if (found === undefined)
    throw new Error(`not well-formed at ${reader.at}: ${reader.text.slice(reader.at, reader.at + 40)}`);
  return found;
}

function maybe(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found !== null) reader.at = pattern.lastIndex;
  return found ?? undefined;
}
