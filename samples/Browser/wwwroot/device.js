// The device runtime as a JavaScript object. Runs in browsers and in Node.
import { dotnet } from "./_framework/dotnet.js";

/**
 * Starts the runtime and opens a bundle.
 * @param {Uint8Array} manifest content of manifest.json
 * @param {Uint8Array} weights content of model.safetensors
 */
export async function openDevice(manifest, weights) {
  const { getAssemblyExports, getConfig } = await dotnet.create();
  const exports = await getAssemblyExports(getConfig().mainAssemblyName);
  const device = exports.Tandem.Samples.BrowserDevice;
  const fault = device.Open(manifest, weights);
  if (fault !== "") throw new Error(fault);
  return {
    items: device.Items(),
    observe: (item) => device.Observe(item),
    undo: () => device.Undo(),
    history: () => Array.from(device.History()),
    snapshot: () => device.Snapshot(),
    /** @returns {string} why the snapshot was refused, or an empty text */
    restore: (snapshot) => device.Restore(snapshot),
    reset: () => device.Reset(),
    recommend(count) {
      const flat = device.Recommend(count);
      return Array.from({ length: flat.length / 2 }, (_, i) => ({ item: flat[2 * i], score: flat[2 * i + 1] }));
    },
  };
}
