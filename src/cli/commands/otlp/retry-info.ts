import { ByteCursor, MalformedBytes } from "../../../bytes/byte-cursor.js";

const TYPE = "type.googleapis.com/google.rpc.RetryInfo";
const MS_PER_SECOND = 1000;
const NS_PER_MS = 1e6;
/** Wire types of Protobuf. */
const VARINT = 0;
const BYTES = 2;

/** Fields of the messages `Status`, `Any`, `RetryInfo` and `Duration`. */
const DETAILS = 3;
const TYPE_URL = 1;
const VALUE = 2;
const DELAY = 1;
const SECONDS = 1;
const NANOS = 2;

type Field = readonly [number: number, value: number | Uint8Array];

/**
 * How long a gRPC server asks to wait until the request is sent again.
 * @param status bytes of a `google.rpc.Status`
 * @returns milliseconds; undefined if it does not ask for that
 */
export function retryDelay(status: Uint8Array): number | undefined {
  try {
    const details = fieldsOf(status).filter(([number]) => number === DETAILS);
    const info = details.map(([, any]) => fieldsOf(any)).find((any) => textIn(any, TYPE_URL) === TYPE);
    if (info === undefined) return undefined;
    const delay = fieldsOf(valueIn(fieldsOf(valueIn(info, VALUE)), DELAY));
    return numberIn(delay, SECONDS) * MS_PER_SECOND + numberIn(delay, NANOS) / NS_PER_MS;
  } catch (error) {
    if (error instanceof MalformedBytes) return undefined;
    throw error;
  }
}

/** The fields of a message; of a number none. @throws MalformedBytes */
function fieldsOf(message: number | Uint8Array): Field[] {
  if (typeof message === "number") return [];
  const cursor = new ByteCursor(message, 0, message.length);
  const fields: Field[] = [];
  while (cursor.remaining > 0) {
    const tag = cursor.uvarint();
    const type = tag & 7;
    if (type !== VARINT && type !== BYTES) throw new MalformedBytes(`wire type ${type}`);
    const number = cursor.uvarint();
    fields.push([tag >>> 3, type === VARINT ? number : cursor.take(number)]);
  }
  return fields;
}

function valueIn(fields: readonly Field[], number: number): number | Uint8Array {
  return fields.find(([each]) => each === number)?.[1] ?? 0;
}

function numberIn(fields: readonly Field[], number: number): number {
  const value = valueIn(fields, number);
  return typeof value === "number" ? value : 0;
}

function textIn(fields: readonly Field[], number: number): string {
  const value = valueIn(fields, number);
  return typeof value === "number" ? "" : new TextDecoder().decode(value);
}
