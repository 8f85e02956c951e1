// node stated-sizes.mjs TABLE NAME=BYTES ...: exit code 1 where a size in the rows "| `NAME` | SIZE |" of a Markdown file is off by more
// than 5 %, or where a measured one is not stated. kB are 1,000 bytes.
import { readFileSync } from "node:fs";

const MOST_OFF = 0.05;
const UNITS = { kB: 1e3, MB: 1e6 };

const [file, ...measured] = process.argv.slice(2);
const stated = new Map();
const rows = readFileSync(file, "utf8").matchAll(/^\| `([^|`]+)` \| ([\d.]+) (kB|MB) \|$/gm);
for (const [, name, size, unit] of rows) stated.set(name, size * UNITS[unit]);

let isRight = true;
for (const [name, bytes] of measured.map((word) => word.split("="))) {
  const off = stated.has(name) ? Math.abs(stated.get(name) / bytes - 1) : Infinity;
  console.log(`${name}: ${bytes} bytes, stated ${stated.get(name) ?? "nowhere"}`);
  if (off <= MOST_OFF) continue;
  console.error(`error: ${file} states ${stated.get(name) ?? "no size"} for ${name}: put the measured size into its table of sizes`);
  isRight = false;
}

process.exit(isRight ? 0 : 1);
