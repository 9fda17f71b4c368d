// What the subjects share.

import { readFileSync } from 'node:fs';

// The library has no such function, or not for this algorithm.
export class Unsupported extends Error {}

// A check that the library leaves to its caller; the protocol says so in the error.
export function callerCheck(holds, what) {
  if (!holds) throw new Error(`driver: ${what}`);
}

export function installedVersion(name) {
  const file = new URL(`./node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
