// The device runtime as a JavaScript object. Runs in browsers and in Node.
import { dotnet } from "./_framework/dotnet.js";

const KEYS = "keys.safetensors";
const FACTORS = "parameters.safetensors";

// What is no manifest lists nothing; the runtime says what is wrong with it.
function lists(manifest, file) {
  try {
    return JSON.parse(new TextDecoder().decode(manifest)).files.some(({ name }) => name === file);
  } catch {
    return false;
  }
}

/**
 * Starts the runtime and opens a bundle, with the items' keys and the factors of personal weights where it lists them.
 * @param {(name: string) => Promise<Uint8Array>} read gives the content of a file of the bundle
 * @param post of cloud.js, where there is a cloud
 */
export async function openBundle(read, post) {
  const [manifest, weights] = await Promise.all(["manifest.json", "model.safetensors"].map(read));
  const optional = [KEYS, FACTORS].map((name) => (lists(manifest, name) ? read(name) : null));
  return openDevice(manifest, weights, ...(await Promise.all(optional)), post);
}

/**
 * Starts the runtime and opens a bundle.
 * @param {Uint8Array} manifest content of manifest.json
 * @param {Uint8Array} weights content of model.safetensors
 * @param {Uint8Array | null} keys content of keys.safetensors, where the manifest lists it
 * @param {Uint8Array | null} factors content of parameters.safetensors, where the manifest lists it
 * @param post of cloud.js, where there is a cloud
 */
export async function openDevice(manifest, weights, keys = null, factors = null, post = async () => null) {
  const { getAssemblyExports, getConfig, setModuleImports } = await dotnet.create();
  setModuleImports("cloud", { post });
  const exports = await getAssemblyExports(getConfig().mainAssemblyName);
  const device = exports.Tandem.Samples.BrowserDevice;
  const fault = device.Open(manifest, weights, keys, factors);
  if (fault !== "") throw new Error(fault);
  return {
    items: device.Items(),
    holdsKeys: device.HoldsKeys(),
    /** The key of an item, and the id of the item with a key, 0 where there is none; both fail where the bundle holds no keys. */
    key: (item) => device.Key(item),
    find: (key) => device.Find(key),
    observe: (item) => device.Observe(item),
    undo: () => device.Undo(),
    history: () => Array.from(device.History()),
    snapshot: () => device.Snapshot(),
    /** @returns {string} why the snapshot was refused, or an empty text */
    restore: (snapshot) => device.Restore(snapshot),
    reset: () => device.Reset(),
    catalogVersion: () => device.CatalogVersion(),
    /** @returns {Promise<string>} why there is no new list of the cloud's, or an empty text where one serves now */
    refresh: () => device.Refresh(),
    recommend(count) {
      const flat = device.Recommend(count);
      return Array.from({ length: flat.length / 2 }, (_, i) => ({ item: flat[2 * i], score: flat[2 * i + 1] }));
    },
  };
}
