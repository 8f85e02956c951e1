// What outlives the tab, in the browser's database: the session, what the cloud calls this device, and events on their way to it. Each call
// fails where the browser keeps nothing, as in some private windows.
const DATABASE = "tandem";
const VERSION = 2;
const STATE = "state";
const OUTBOX = "outbox";
const SESSION = "session";
const DEVICE = "device";

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// What an older version of the page kept stays.
function bringUp(database) {
  if (!database.objectStoreNames.contains(STATE)) database.createObjectStore(STATE);
  if (!database.objectStoreNames.contains(OUTBOX)) database.createObjectStore(OUTBOX, { keyPath: "number", autoIncrement: true });
}

async function inStore(name, mode, ask) {
  const opening = indexedDB.open(DATABASE, VERSION);
  opening.onupgradeneeded = () => bringUp(opening.result);
  const database = await settled(opening);
  try {
    const transaction = database.transaction(name, mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const answer = await ask(transaction.objectStore(name));
    await done; // on disk, as far as the browser tells
    return answer;
  } finally {
    database.close();
  }
}

/** @returns {Promise<Uint8Array | undefined>} the session that was saved last */
export const load = () => inStore(STATE, "readonly", (store) => settled(store.get(SESSION)));

/** @param {Uint8Array} bytes take the place of what was saved before */
export const save = (bytes) => inStore(STATE, "readwrite", (store) => settled(store.put(bytes, SESSION)));

export const remove = () => inStore(STATE, "readwrite", (store) => settled(store.delete(SESSION)));

/** @returns {Promise<string>} the name of this browser as a device, made when it is first asked for */
export const deviceName = () =>
  inStore(STATE, "readwrite", async (store) => {
    const known = await settled(store.get(DEVICE));
    if (known !== undefined) return known;
    const made = crypto.randomUUID();
    store.put(made, DEVICE);
    return made;
  });

/** Puts an event in behind those that wait. */
export const addEvent = (event) => inStore(OUTBOX, "readwrite", (store) => settled(store.add(event)));

/** @returns the oldest events that wait, each with its number, and how many wait in all */
export const oldestEvents = (most) =>
  inStore(OUTBOX, "readonly", async (store) => {
    const [events, count] = await Promise.all([settled(store.getAll(null, most)), settled(store.count())]);
    return { events, count };
  });

/** Takes out an event and those before it. */
export const removeEvents = (number) => inStore(OUTBOX, "readwrite", (store) => settled(store.delete(IDBKeyRange.upperBound(number))));
