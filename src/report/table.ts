/** A column of a table. */
export interface Column {
  readonly head: string;
  /** Numbers are aligned to the right. */
  readonly align: "left" | "right";
  /** The side where it is cut if there is too little room, or whether it goes on below. The end of a function's name matters most. */
  readonly cutAt?: "start" | "end" | "below";
  /** Whether it may be left out if there is too little room. */
  readonly optional?: boolean;
}

/** A table of figures. Texts may hold control characters. */
export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Number of further rows. */
  readonly more: number;
}

/** A column with the text of a row. */
export type Cell<T> = Column & { readonly of: (row: T) => string };

export const left = <T>(head: string, of: (row: T) => string): Cell<T> => ({ head, align: "left", of });
export const right = <T>(head: string, of: (row: T) => string): Cell<T> => ({ head, align: "right", of });
/** A column of names, which may be long. */
export const name = <T>(head: string, of: (row: T) => string): Cell<T> => ({
  head,
  align: "left",
  cutAt: "start",
  of: (row) => of(row) || "(unknown)",
});

/** A column of text whose beginning matters most. */
export const list = <T>(head: string, of: (row: T) => string): Cell<T> => ({
  head,
  align: "left",
  cutAt: "end",
  of,
});

/** A column of sentences, of which all matters. */
export const prose = <T>(head: string, of: (row: T) => string): Cell<T> => ({
  head,
  align: "left",
  cutAt: "below",
  of,
});

/** The same column, left out if there is too little room. */
export const optional = <T>(cell: Cell<T>): Cell<T> => ({ ...cell, optional: true });

/** A table of the first rows. @param top number of rows */
export function table<T>(title: string, all: readonly T[], top: number, cells: readonly Cell<T>[]): Table {
  return {
    title,
    columns: cells.map(({ of: _of, ...column }) => column),
    rows: all.slice(0, top).map((row) => cells.map(({ of }) => of(row))),
    more: Math.max(0, all.length - top),
  };
}
