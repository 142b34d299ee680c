/**
 * The rules of the strictest JUnit schema in use (github.com/windyroad/JUnit-Schema, JUnit.xsd): which children in
 * which order, which attributes, of which form. Looser schemas (Jenkins') take what this one takes.
 */
import type { XmlElement } from "./strict-xml.ts";

const INTEGER = /^\d+$/;
const DECIMAL = /^\d+(\.\d+)?$/;
const TOKEN = /\S/;
const SUITE: Readonly<Record<string, RegExp>> = {
  id: INTEGER,
  package: TOKEN,
  name: TOKEN,
  hostname: TOKEN,
  timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
  tests: INTEGER,
  failures: INTEGER,
  errors: INTEGER,
  skipped: INTEGER,
  time: DECIMAL,
};

/** Breaches of the schema, as sentences. */
export function junitBreaches(root: XmlElement): string[] {
  return [
    ...(root.name === "testsuites" ? [] : [`the root is ${root.name}`]),
    ...attributesOf(root, {}),
    ...root.children.flatMap(suiteBreaches),
  ];
}

function suiteBreaches(suite: XmlElement): string[] {
  const [first, ...others] = suite.children;
  const [out, error] = others.splice(-2);
  const count = (kind: string): string =>
    String(others.filter(({ children }) => children.some(({ name }) => name === kind)).length);
  const counts = { failures: count("failure"), errors: count("error"), skipped: count("skipped") };
  return [
    ...attributesOf(suite, SUITE),
    ...([first?.name, out?.name, error?.name].join() === "properties,system-out,system-err"
      ? []
      : ["children's order"]),
    ...(first?.children ?? []).flatMap((each) => attributesOf(each, { name: TOKEN, value: /^/ })),
    ...others.flatMap(caseBreaches),
    ...(suite.attributes["tests"] === String(others.length) ? [] : ["tests is not the number of test cases"]),
    ...Object.entries(counts).flatMap(([name, value]) =>
      suite.attributes[name] === value ? [] : [`${name} is ${suite.attributes[name]} and not ${value}`],
    ),
  ];
}

function caseBreaches(element: XmlElement): string[] {
  const [end, ...more] = element.children;
  const ends: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
    failure: { message: TOKEN, type: TOKEN },
    error: { message: TOKEN, type: TOKEN },
    skipped: { message: TOKEN },
  };
  return [
    ...(element.name === "testcase" ? [] : [`${element.name} among test cases`]),
    ...attributesOf(element, { classname: TOKEN, name: TOKEN, time: DECIMAL }),
    ...(more.length === 0 ? [] : ["a test case with more than one end"]),
    ...(end === undefined ? [] : attributesOf(end, ends[end.name] ?? {})),
    ...(end === undefined || Object.hasOwn(ends, end.name) ? [] : [`a test case ends with ${end.name}`]),
  ];
}

/** All of these attributes, in their forms, and no others. */
function attributesOf({ name, attributes }: XmlElement, forms: Readonly<Record<string, RegExp>>): string[] {
  const strange = Object.keys(attributes).filter((key) => !Object.hasOwn(forms, key));
  const wrong = Object.entries(forms).filter(([key, form]) => !form.test(attributes[key] ?? ""));
  return [...strange, ...wrong.map(([key]) => key)].map((key) => `${name}.${key} is ${attributes[key] ?? "missing"}`);
}
