import { ByteWriter } from "../../src/bytes/writer.js";
import { HEADER_LENGTH } from "../../src/wire/format.js";
import { SINCE_NAMES, wireType as typeOfFormat1 } from "../../src/wire/v1/spec.js";
import { wireType as typeOfFormat2 } from "../../src/wire/v2/spec.js";
import { type Batch, FIRST_OF_FORMAT_2, type Field, type Item, type Pieces } from "./pieces.js";

const COUNT_SHIFT = 6;
const LONG_FORM = 3;
const STRING_1 = typeOfFormat1("String");
const STACK_1 = typeOfFormat1("Stack");
const LOG = typeOfFormat1("UserLog");
const STACK_2 = typeOfFormat2("Stack");
/** Fields of a stack before its frames. */
const BEFORE_FRAMES = 2;
const FRAME_FIELDS = 4;

/** They are used again and again: making one takes longer than what is written to it. */
const ofTrace = new ByteWriter(1 << 12);
const ofBatch = new ByteWriter(1 << 12);
const ofItem = new ByteWriter(1 << 8);

/** Puts a trace together; lengths that say nothing else are right. */
export function assemble({ minor, batches }: Pieces): Uint8Array {
  const out = cleared(ofTrace);
  out.bytes(new TextEncoder().encode(`go 1.${minor} trace`.padEnd(HEADER_LENGTH, "\0")));
  for (const batch of batches) {
    if (minor < FIRST_OF_FORMAT_2) putItems(out, batch, minor);
    else putBatch(out, batch, minor);
  }
  return out.view().slice();
}

function putItems(out: ByteWriter, { head, items }: Batch, minor: number): void {
  for (const item of head === undefined ? items : [head, ...items]) putItem(out, item, minor);
}

function putBatch(out: ByteWriter, { head, items }: Batch, minor: number): void {
  const data = cleared(ofBatch);
  putItems(data, { items }, minor);
  if (head !== undefined) {
    if (head.type !== undefined) out.byte(head.type);
    putFields(out, head.fields, data.length);
    out.bytes(head.text);
  }
  out.bytes(data.view());
}

function putItem(out: ByteWriter, { type, fields, text }: Item, minor: number): void {
  if (type === undefined) out.bytes(text);
  else if (minor >= FIRST_OF_FORMAT_2) {
    out.byte(type);
    putFields(out, fields, type === STACK_2 ? framesOf(fields, FRAME_FIELDS) : text.length);
    out.bytes(text);
  } else putItemOfFormat1(out, type, fields, text, minor);
}

function putItemOfFormat1(
  out: ByteWriter,
  type: number,
  fields: readonly Field[],
  text: Uint8Array,
  minor: number,
): void {
  const isOld = minor < SINCE_NAMES;
  const own = type === LOG ? fields.slice(0, -1) : fields;
  const counted = own.length - (isOld ? 2 : 1);
  const data = cleared(ofItem);
  putFields(data, own, type === STACK_1 ? framesOf(own, isOld ? 1 : FRAME_FIELDS) : text.length);
  if (type === STRING_1) out.byte(type);
  else if (counted >= 0 && counted < LONG_FORM && type !== STACK_1) out.byte(type | (counted << COUNT_SHIFT));
  else {
    out.byte(type | (LONG_FORM << COUNT_SHIFT));
    out.uvarint(data.length);
  }
  out.bytes(data.view());
  if (type === LOG) putFields(out, fields.slice(-1), text.length);
  out.bytes(text);
}

function cleared(writer: ByteWriter): ByteWriter {
  writer.clear();
  return writer;
}

function framesOf(fields: readonly Field[], size: number): number {
  return Math.max(0, Math.trunc((fields.length - BEFORE_FRAMES) / size));
}

/** @param length in place of a value that is absent */
function putFields(out: ByteWriter, fields: readonly Field[], length: number): void {
  for (const { value } of fields) {
    if (value === undefined) out.uvarint(length);
    else out.bigUvarint(BigInt.asUintN(64, value));
  }
}
