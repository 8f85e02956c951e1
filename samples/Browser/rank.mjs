// node rank.mjs WWWROOT BUNDLE [--cloud URL] [ITEM ...]: the published page's runtime under Node. An ITEM is a key where the bundle holds
// keys, and an id where it does not. With a service it asks for a list after the items. Prints what the console sample prints with --json,
// and the time of a click: the median of 1,000, each an event taken in, the whole catalogue or the list ranked, and the event taken back.
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

const [root, bundle, ...words] = process.argv.slice(2);
const [address, items] = words[0] === "--cloud" ? [words[1], words.slice(2)] : [undefined, words];
const load = (file) => import(pathToFileURL(path.resolve(root, file)));
const [{ openBundle }, { postOf }] = await Promise.all(["device.js", "cloud.js"].map(load));
const read = async (name) => new Uint8Array(await readFile(path.join(bundle, name)));
const device = await openBundle(read, address && postOf({ address }, "node"));
for (const item of items) device.observe(device.holdsKeys ? device.find(item) : Number(item));
if (address) console.error(`cloud: ${(await device.refresh()) || "new list"}`);
console.log(JSON.stringify({ items: device.recommend(SHOWN), clickUs: Math.round(medianClickUs(device)) }));
process.exit(0);
