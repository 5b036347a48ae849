export { encodeInPieces, encodeProfile, type PprofOptions } from "./sink/pprof/encode.js";
