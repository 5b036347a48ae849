/** Whether this is the quick suite (`npm test`), which tries fewer inputs. CONTRIBUTING.md says what is left to the whole one. */
export const isQuick = process.env.QUICK === "1";

/** How many of so many made-up inputs are tried: all of them, in the quick suite one in twenty. */
export const tried = (all: number) => (isQuick ? Math.ceil(all / 20) : all);
