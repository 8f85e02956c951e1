// Events on their way to the cloud: in the browser's database from the click until the receipt, each under one id, so that each counts
// once.
import { addEvent, oldestEvents, removeEvents } from "./store.js";

const BATCH = 500;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

const parsed = (bytes) => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
};

/**
 * Asks for a list where one is wanted and sends the events that wait: after a click, and again where the cloud was away.
 * @param device from openDevice
 * @param post from postOf
 * @param {() => void} onList is told that a new list serves
 * @param {(text: string) => void} tell receives what came of it
 */
export function outboxOf(device, post, onList, tell) {
  let [meeting, again, wait, timer] = [false, false, FIRST_WAIT_MS, undefined];
  let asked = 0; // the time before which the cloud wants no events

  // The oldest events of one numbering of items. What was counted before is in the receipt as known.
  async function sendBatch(events) {
    const { catalogVersion } = events[0];
    const batch = events.filter((event, i) => events.slice(0, i + 1).every((one) => one.catalogVersion === catalogVersion));
    const reported = batch.map(({ id, item, time }) => ({ id, item, time }));
    const reply = await post("v1/events", new TextEncoder().encode(JSON.stringify({ catalogVersion, events: reported })));
    const { added, known, retryAfterSeconds } = reply ? parsed(reply.body) : {};
    const isKept = reply?.status === 200 && added + known === batch.length;
    if (isKept || reply?.status === 409) await removeEvents(batch.at(-1).number); // 409: a numbering that the cloud has no more
    asked = isKept ? 0 : Date.now() + Math.max(retryAfterSeconds ?? 0, reply?.retryAfter ?? 0) * 1000;
    return isKept || reply?.status === 409;
  }

  /** @returns {Promise<number>} how many wait */
  async function send() {
    for (;;) {
      const { events, count } = await oldestEvents(BATCH);
      if (count === 0 || Date.now() < asked || !(await sendBatch(events))) return count;
    }
  }

  async function once() {
    const fault = await device.refresh();
    if (fault === "") onList();
    const left = await send();
    const waiting = left === 0 ? "all events sent" : left === 1 ? "1 event waits" : `${left} events wait`;
    tell(`${fault === "" ? "new list" : fault}; ${waiting}`);
    clearTimeout(timer);
    if (left > 0) timer = setTimeout(meet, Math.max(wait, asked - Date.now()));
    wait = left === 0 ? FIRST_WAIT_MS : Math.min(2 * wait, LONGEST_WAIT_MS);
  }

  async function meet() {
    again = meeting;
    if (meeting) return;
    meeting = true;
    try {
      do {
        again = false;
        await once();
      } while (again);
    } catch (fault) {
      tell(`nothing is kept for the cloud: ${fault.message}`);
    } finally {
      meeting = false;
    }
  }

  globalThis.addEventListener("online", meet);
  return {
    meet,
    /** The event is kept, and then sent. */
    async add(item) {
      const event = { id: crypto.randomUUID(), item, time: Math.floor(Date.now() / 1000), catalogVersion: device.catalogVersion() };
      await addEvent(event).catch((fault) => tell(`not reported: ${fault.message}`));
      await meet();
    },
  };
}
