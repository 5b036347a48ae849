import fc from "fast-check";

/**
 * fast-check with one seed for all properties, so that a run fails for what changed and not by chance.
 * `PROPERTY_SEED=17 npx vitest run FILES` tries other values.
 */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });

export default fc;
