import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Fields of an object, by name, with their types; one with `?` may be absent. */
type Fields = ReadonlyMap<string, string>;

/** The types that a file in docs/ describes, by name. */
export function documentedTypes(file: string): ReadonlyMap<string, Fields> {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${file}`, import.meta.url)), "utf8");
  const sections = text.split(/^## /m).slice(1);
  return new Map(
    sections.map((section): [string, Fields] => {
      const rows = [...section.matchAll(/^\| `([\w ]+\??)` \| ([^|]+) \|/gm)];
      const fields = rows.map(([, field = "", type = ""]): [string, string] => [field, type.trim()]);
      return [section.split("\n")[0]?.trim() ?? "", new Map(fields)];
    }),
  );
}

/** What is wrong with most values. */
const NOTHING: readonly string[] = [];

/**
 * What is wrong with a value: fields that are not described, absent, or of another type.
 * @param seen takes every `Type.field` that is there
 */
export function violations(
  types: ReadonlyMap<string, Fields>,
  type: string,
  value: unknown,
  path: string,
  seen: Set<string>,
): readonly string[] {
  const wrong = within(types, type, value, seen);
  return wrong.length === 0 ? wrong : wrong.map((problem) => path + problem);
}

/** The same with paths from the value on: paths of what is right are never written. */
function within(
  types: ReadonlyMap<string, Fields>,
  type: string,
  value: unknown,
  seen: Set<string>,
): readonly string[] {
  if (type === "integer") return Number.isSafeInteger(value) ? NOTHING : [` is no integer: ${value}`];
  if (type === "sum") return Number.isInteger(value) ? NOTHING : [` is no whole number: ${value}`];
  if (type === "number") return Number.isFinite(value) ? NOTHING : [` is no number: ${value}`];
  if (type.endsWith("[]")) {
    return Array.isArray(value) ? listViolations(types, type.slice(0, -2), value, seen) : [" is no list"];
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (type.startsWith("map of ")) {
    return isObject ? mapViolations(types, type.slice(7), value, seen) : [" is no map"];
  }
  const fields = types.get(type);
  if (fields === undefined) return typeof value === type ? NOTHING : [` is no ${type}: ${value}`];
  if (!isObject) return [" is no object"];
  return fieldViolations(types, type, fields, value as Readonly<Record<string, unknown>>, seen);
}

function listViolations(
  types: ReadonlyMap<string, Fields>,
  type: string,
  list: readonly unknown[],
  seen: Set<string>,
): readonly string[] {
  let wrong = NOTHING;
  for (let i = 0; i < list.length; i++)
    wrong = joined(wrong, within(types, type, list[i], seen), () => `[${i}]`);
  return wrong;
}

function mapViolations(
  types: ReadonlyMap<string, Fields>,
  type: string,
  map: object,
  seen: Set<string>,
): readonly string[] {
  let wrong = NOTHING;
  for (const [key, entry] of Object.entries(map))
    wrong = joined(wrong, within(types, type, entry, seen), () => `.${key}`);
  return wrong;
}

function fieldViolations(
  types: ReadonlyMap<string, Fields>,
  type: string,
  fields: Fields,
  value: Readonly<Record<string, unknown>>,
  seen: Set<string>,
): readonly string[] {
  const known = knownFields(type, fields);
  let wrong = NOTHING;
  let count = 0;
  for (const { name, of, may, full } of known) {
    if (Object.hasOwn(value, name)) {
      count++;
      seen.add(full);
      wrong = joined(wrong, within(types, of, value[name], seen), () => `.${name}`);
    } else if (!may) wrong = [...wrong, `.${name} is absent`];
  }
  const keys = Object.keys(value);
  if (keys.length === count) return wrong;
  const extra = keys.filter((key) => !known.some(({ name }) => name === key));
  return [...wrong, ...extra.map((key) => `.${key} is not described`)];
}

function joined(wrong: readonly string[], more: readonly string[], where: () => string): readonly string[] {
  return more.length === 0 ? wrong : [...wrong, ...more.map((problem) => where() + problem)];
}

interface KnownField {
  readonly name: string;
  readonly of: string;
  readonly may: boolean;
  /** `Type.field` */
  readonly full: string;
}

/** Objects of a type are many. */
const fieldsOf = new WeakMap<Fields, readonly KnownField[]>();

function knownFields(type: string, fields: Fields): readonly KnownField[] {
  let known = fieldsOf.get(fields);
  if (known === undefined) {
    known = [...fields].map(([field, of]) => {
      const name = field.replace("?", "");
      return { name, of, may: field.endsWith("?"), full: `${type}.${name}` };
    });
    fieldsOf.set(fields, known);
  }
  return known;
}
