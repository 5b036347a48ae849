/** A column of a table. */
export interface Column {
  readonly head: string;
  /** Numbers are aligned to the right. */
  readonly align: "left" | "right";
  /** It is cut at this side where there is too little room: of a function's name the end tells most. */
  readonly cutAt?: "start" | "end";
  /** It can be left out where there is too little room. */
  readonly optional?: boolean;
}

/** A table of figures, as text that may hold anything. */
export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** How many rows there are beyond those. */
  readonly more: number;
}

/** A column with what it tells of a row. */
export type Cell<T> = Column & { readonly of: (row: T) => string };

export const left = <T>(head: string, of: (row: T) => string): Cell<T> => ({ head, align: "left", of });
export const right = <T>(head: string, of: (row: T) => string): Cell<T> => ({ head, align: "right", of });
/** A column of names, which can be long. */
export const name = <T>(head: string, of: (row: T) => string): Cell<T> => ({
  head,
  align: "left",
  cutAt: "start",
  of: (row) => of(row) || "(unknown)",
});

/** A column of text that begins with what matters. */
export const list = <T>(head: string, of: (row: T) => string): Cell<T> => ({
  head,
  align: "left",
  cutAt: "end",
  of,
});

/** The same column, to be left out where there is too little room. */
export const optional = <T>(cell: Cell<T>): Cell<T> => ({ ...cell, optional: true });

/** A table of the first rows. @param top how many */
export function table<T>(title: string, all: readonly T[], top: number, cells: readonly Cell<T>[]): Table {
  return {
    title,
    columns: cells.map(({ of: _of, ...column }) => column),
    rows: all.slice(0, top).map((row) => cells.map(({ of }) => of(row))),
    more: Math.max(0, all.length - top),
  };
}
