// Vitest runs this before each file, and what it imports once in a process.
import "./byte-equality.js";
