import { NONE } from "../../base/ids.js";
import { EncodedText } from "../../bytes/encoded-text.js";
import type { SchedModel } from "../../sched/model.js";
import type { EventWriter } from "./event-writer.js";

const NAME = new EncodedText(',\n{"name":"G');
const QUOTE = new EncodedText('"G');
const NOTHING = new EncodedText('"');

/** Names of goroutines, "G7 main.worker", with what they do for the runtime in brackets, as Go's viewer has them. */
export class GoroutineNames {
  readonly #model: SchedModel;
  readonly #events: EventWriter;
  /** The text after the id, with the closing quote, by number of the start function; with and without labels. */
  readonly #tails: EncodedText[] = [];
  readonly #labeled = new Map<string, EncodedText>();

  constructor(model: SchedModel, events: EventWriter) {
    this.#model = model;
    this.#events = events;
  }

  /** Begins an event with a goroutine's name. @param tail what follows the name, up to the time */
  begin(slot: number, tail: EncodedText): void {
    const events = this.#events;
    events.begin(NAME);
    this.#put(slot);
    events.put(tail);
  }

  /** Puts the name as a value. */
  value(slot: number): void {
    this.#events.put(QUOTE);
    this.#put(slot);
  }

  text(slot: number): string {
    const { id, func } = this.#model.goroutines;
    const number = func[slot] as number;
    return number === NONE ? `G${id[slot]}` : `G${id[slot]} ${this.#model.functions.text(number)}`;
  }

  #put(slot: number): void {
    this.#events.number(this.#model.goroutines.id[slot] as number);
    this.#events.put(this.#tail(slot));
  }

  #tail(slot: number): EncodedText {
    const { func, label } = this.#model.goroutines;
    const number = func[slot] as number;
    const what = label[slot] as number;
    if (what !== NONE) return this.#labeledTail(number, what);
    if (number === NONE) return NOTHING;
    let tail = this.#tails[number];
    if (tail === undefined) {
      tail = tailOf(` ${this.#model.functions.text(number)}`);
      this.#tails[number] = tail;
    }
    return tail;
  }

  #labeledTail(func: number, label: number): EncodedText {
    const key = `${func} ${label}`;
    let tail = this.#labeled.get(key);
    if (tail === undefined) {
      const name = func === NONE ? "" : ` ${this.#model.functions.text(func)}`;
      const text = this.#model.labels.text(label);
      tail = tailOf(text === "" ? name : `${name} (${text})`);
      this.#labeled.set(key, tail);
    }
    return tail;
  }
}

/** The rest of a JSON string, with its closing quote. */
function tailOf(text: string): EncodedText {
  return new EncodedText(JSON.stringify(text).slice(1));
}
