// One value in the browser's database, which outlives the tab. Each call fails where the browser keeps nothing, as in some private windows.
const DATABASE = "tandem";
const STORE = "state";
const KEY = "session";

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function inStore(mode, ask) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    const transaction = database.transaction(STORE, mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const answer = await settled(ask(transaction.objectStore(STORE)));
    await done; // on disk, as far as the browser tells
    return answer;
  } finally {
    database.close();
  }
}

/** @returns {Promise<Uint8Array | undefined>} what was saved last */
export const load = () => inStore("readonly", (store) => store.get(KEY));

/** @param {Uint8Array} bytes take the place of what was saved before */
export const save = (bytes) => inStore("readwrite", (store) => store.put(bytes, KEY));

export const remove = () => inStore("readwrite", (store) => store.delete(KEY));
