// node rank.mjs WWWROOT BUNDLE [ITEM ...]: the published page's runtime under Node. An ITEM is a key where the bundle holds keys, and an id
// where it does not. Prints what the console sample prints with --json, and the time of a click: the median of 1,000, each an event taken
// in, the whole catalogue ranked, and the event taken back.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

const SHOWN = 10;
const CLICKS = 1000;

function medianClickUs(device) {
  const times = Array.from({ length: CLICKS }, (_, i) => {
    const start = performance.now();
    device.observe((i * 7919) % device.items + 1);
    device.recommend(SHOWN);
    const end = performance.now();
    device.undo();
    return (end - start) * 1000;
  });
  return times.sort((a, b) => a - b)[CLICKS / 2];
}

const [root, bundle, ...items] = process.argv.slice(2);
const { openBundle } = await import(pathToFileURL(path.resolve(root, "device.js")));
const device = await openBundle(async (name) => new Uint8Array(await readFile(path.join(bundle, name))));
for (const item of items) device.observe(device.holdsKeys ? device.find(item) : Number(item));
console.log(JSON.stringify({ items: device.recommend(SHOWN), clickUs: Math.round(medianClickUs(device)) }));
process.exit(0);
