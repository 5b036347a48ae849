import type { Locator, Page } from "playwright-core";

/** A row of the timeline. */
export interface UiTrack {
  readonly name: string;
  /** Names of the groups around it, from the outermost. */
  readonly groups: readonly string[];
}

/** Tables of events of which one can be selected. */
export type EventTable = "slice" | "sched_slice" | "thread_state";

// What the UI (v52) offers to whoever scripts it, as far as it is used here.
interface UiNode {
  readonly name: string;
  readonly uri?: string;
  readonly children: UiNode[];
  readonly expanded: boolean;
  expand(): void;
  collapse(): void;
  pin(): void;
  reveal(): void;
}

interface UiWindow {
  readonly raf: { scheduleFullRedraw(): void };
  readonly waitForPerfettoIdle: (milliseconds: number) => Promise<void>;
  readonly app: {
    readonly isLoadingTrace: boolean;
    readonly trace?: {
      readonly traceInfo: { readonly importErrors: number; readonly start: bigint; readonly end: bigint };
      readonly workspaces: {
        readonly currentWorkspace: {
          readonly children: UiNode[];
          readonly flatTracks: UiNode[];
          readonly pinnedTracks: UiNode[];
        };
      };
      readonly engine: {
        query(sql: string): Promise<{ firstRow(spec: { id: number }): { id: number } }>;
      };
      readonly selection: {
        readonly selection: { readonly kind: string };
        selectSqlEvent(table: string, id: number, options: object): Promise<void>;
      };
      scrollTo(target: object): void;
    };
  };
}

declare const window: UiWindow;

/** Milliseconds between two looks at the page. In a tab that is not in front, frames do not come. */
const LOOK = 50;
const QUIET = 300;
const DIALOG = ".pf-modal-dialog";
const DETAILS = ".pf-details-shell";

/** A trace that Perfetto's UI has open. */
export class UiTrace {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /**
   * Waits until a page shows its trace.
   * @param patience in milliseconds
   * @throws Error with the UI's message when it refuses the trace, or with all that it shows when it has none in time
   */
  static async loaded(page: Page, patience: number): Promise<UiTrace> {
    const loaded = page
      .waitForFunction(() => window.app?.trace !== undefined && !window.app.isLoadingTrace, undefined, {
        timeout: patience,
        polling: LOOK,
      })
      .catch(async (error) => {
        const shown = await page.innerText("body").catch(String);
        throw new Error(`Perfetto's UI at ${page.url()} has no trace: ${error}. It shows: ${shown}`);
      });
    const refused = page.waitForSelector(DIALOG, { timeout: 2 * patience }).then(async (dialog) => {
      throw new Error(`Perfetto's UI says: ${await dialog.innerText()}`);
    });
    await Promise.race([loaded, refused]).finally(() => {
      loaded.catch(() => undefined);
      refused.catch(() => undefined);
    });
    const trace = new UiTrace(page);
    await trace.idle();
    return trace;
  }

  /** The number that the UI shows as "import errors". */
  async importErrors(): Promise<number> {
    return await this.page.evaluate(() => window.app.trace?.traceInfo.importErrors ?? Number.NaN);
  }

  /** From when to when there is something in the file, in its own nanoseconds. */
  async span(): Promise<{ readonly start: number; readonly end: number }> {
    return await this.page.evaluate(() => {
      const { start = Number.NaN, end = Number.NaN } = window.app.trace?.traceInfo ?? {};
      return { start: Number(start), end: Number(end) };
    });
  }

  /** All rows from top to bottom, also those of groups that are closed. */
  async tracks(): Promise<UiTrack[]> {
    return await this.page.evaluate(() => {
      const tracks: UiTrack[] = [];
      const add = (nodes: readonly UiNode[], groups: readonly string[]): void => {
        for (const node of nodes) {
          tracks.push({ name: node.name, groups });
          add(node.children, [...groups, node.name]);
        }
      };
      add(window.app.trace?.workspaces.currentWorkspace.children ?? [], []);
      return tracks;
    });
  }

  /** Names of the rows that stay in sight at the top. */
  async pinned(): Promise<string[]> {
    return await this.page.evaluate(() =>
      (window.app.trace?.workspaces.currentWorkspace.pinnedTracks ?? []).map(({ name }) => name),
    );
  }

  /** What is selected: `empty`, `area`, `track_event`. */
  async selected(): Promise<string> {
    return await this.page.evaluate(() => window.app.trace?.selection.selection.kind ?? "");
  }

  /** Names of the outermost groups that are open. */
  async expanded(): Promise<string[]> {
    return await this.page.evaluate(() =>
      (window.app.trace?.workspaces.currentWorkspace.children ?? [])
        .filter(({ expanded }) => expanded)
        .map(({ name }) => name),
    );
  }

  /** Opens the groups with such names. */
  async expand(names: RegExp): Promise<void> {
    await this.#each(names, "expand");
  }

  /** Closes them. */
  async collapse(names: RegExp): Promise<void> {
    await this.#each(names, "collapse");
  }

  /** Keeps the tracks with such names in sight, at the top. */
  async pin(names: RegExp): Promise<void> {
    await this.#each(names, "pin");
  }

  /** Opens what is around the first track with such a name, and brings it in sight. */
  async reveal(names: RegExp): Promise<void> {
    await this.page.evaluate((source) => {
      const names = new RegExp(source);
      const { trace } = window.app;
      const node = trace?.workspaces.currentWorkspace.flatTracks.find(({ name }) => names.test(name));
      node?.reveal();
      if (node?.uri !== undefined) trace?.scrollTo({ track: { uri: node.uri, expandGroup: true } });
    }, names.source);
    await this.idle();
  }

  /** Selects the event whose id a query gives. @throws Error when it gives none */
  async select(table: EventTable, sql: string): Promise<void> {
    await this.page.evaluate(
      async ([table, sql]) => {
        const { trace } = window.app;
        const row = (await trace?.engine.query(`select id from (${sql})`))?.firstRow({ id: 0 });
        if (row !== undefined)
          await trace?.selection.selectSqlEvent(table, row.id, { scrollToSelection: true });
      },
      [table, sql] as const,
    );
    await this.idle();
  }

  /** What the panel of the selected event says. */
  async details(): Promise<string> {
    return await this.page.locator(DETAILS).first().innerText();
  }

  /** Brings a text of the panel of the selected event in sight. */
  async showDetail(text: string): Promise<void> {
    await this.page.locator(DETAILS).getByText(text).first().scrollIntoViewIfNeeded();
    await this.idle();
  }

  /** How far down the page the title of a row is, in pixels. @param row which of those that begin so, from the top */
  async titleAt(title: string, row = 0): Promise<number> {
    return middleOf(this.page.locator(".pf-track__title-popup", { hasText: title }).nth(row));
  }

  /** How far down the page the name of an argument of the selected event is, in pixels. */
  async argumentAt(name: string): Promise<number> {
    return middleOf(this.page.locator(`${DETAILS} .pf-anchor`, { hasText: new RegExp(`^${name}`) }).first());
  }

  /** Shows a stretch of time. @param start nanoseconds since the start of the trace */
  async zoom(start: number, duration: number): Promise<void> {
    await this.page.evaluate(
      ([start, duration]) => {
        const { trace } = window.app;
        if (trace === undefined) return;
        const from = trace.traceInfo.start + BigInt(start);
        trace.scrollTo({ time: { start: from, end: from + BigInt(duration), viewPercentage: 0.99 } });
      },
      [start, duration] as const,
    );
    await this.idle();
  }

  /** Waits until the UI has nothing more to do. */
  async idle(): Promise<void> {
    await this.page.evaluate((quiet) => window.waitForPerfettoIdle(quiet), QUIET);
  }

  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  async #each(names: RegExp, act: "expand" | "collapse" | "pin"): Promise<void> {
    await this.page.evaluate(
      ([source, act]) => {
        const names = new RegExp(source);
        const nodes = window.app.trace?.workspaces.currentWorkspace.flatTracks ?? [];
        for (const node of nodes.filter(({ name }) => names.test(name))) node[act]();
        window.raf.scheduleFullRedraw();
      },
      [names.source, act] as const,
    );
    await this.idle();
  }
}

/** @throws Error when it is not there */
async function middleOf(text: Locator): Promise<number> {
  const box = await text.boundingBox();
  if (box === null) throw new Error(`not in the page: ${text}`);
  return box.y + box.height / 2;
}
