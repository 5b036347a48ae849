/** `dist/worker.js` of Piscina, which its package does not export: see `scripts/programs/bundle.mjs`. */
declare module "piscina/worker";
