/** A message, with what to do about it. */
export interface CardMessage {
  readonly kind: "warning" | "error" | "advice";
  readonly text: string;
  readonly advice?: string | undefined;
}

/**
 * What there is to say of a trace. Among several traces the first message has a line that is kept free for it, and the others are folded up: they come at
 * any time, and must not push the buttons of the traces below from under a click.
 */
export class CardMessages {
  readonly element = document.createElement("div");
  #messages: readonly CardMessage[] = [];

  constructor() {
    this.element.className = "messages";
    this.element.ariaLive = "polite";
  }

  clear(): void {
    this.#show([]);
  }

  /** Two who wait for the same work say the same once. */
  say(message: CardMessage): void {
    if (this.#messages.some(({ text }) => text === message.text)) return;
    this.#show([...this.#messages, message]);
  }

  takeBack(message: CardMessage): void {
    this.#show(this.#messages.filter((each) => each !== message));
  }

  #show(messages: readonly CardMessage[]): void {
    const isOpen = this.element.querySelector("details")?.open ?? this.#isAlone;
    this.#messages = messages;
    const [first, ...others] = messages.flatMap(linesOf);
    this.element.replaceChildren(...(first === undefined ? [] : [line("p", first)]));
    if (first === undefined || (others.length === 0 && (this.#isAlone || this.#isOneLine))) return;
    const details = document.createElement("details");
    details.open = isOpen;
    details.append(line("summary", first), ...others.map((other) => line("p", other)));
    this.element.replaceChildren(details);
  }

  /** Whether the message has room in the line that is kept free. */
  get #isOneLine(): boolean {
    return (
      this.element.scrollHeight <= Math.ceil(Number.parseFloat(getComputedStyle(this.element).minHeight))
    );
  }

  get #isAlone(): boolean {
    return this.element.closest("article")?.parentElement?.childElementCount === 1;
  }
}

interface Line {
  readonly kind: CardMessage["kind"];
  readonly text: string;
}

function linesOf({ kind, text, advice }: CardMessage): Line[] {
  const said = { kind, text: kind === "advice" ? text : `${kind}: ${text}` };
  return advice === undefined ? [said] : [said, { kind: "advice", text: advice }];
}

function line(tag: "p" | "summary", { kind, text }: Line): HTMLElement {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = text;
  return made;
}
