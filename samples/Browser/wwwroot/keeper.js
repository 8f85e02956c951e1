// Keeps a device's state across reloads: written a moment after the last click, and at once when the page is left.
import { load, remove, save } from "./store.js";

const QUIET_MS = 300;

/**
 * @param device from openDevice
 * @param {(text: string) => void} tell receives what is kept, or why it is not
 */
export function keeperOf(device, tell) {
  let timer;
  let last = Promise.resolve(); // writes follow one another, so that an older one never comes last

  function enqueue(write, told) {
    clearTimeout(timer);
    timer = undefined;
    last = last.then(write).then(
      () => tell(told),
      (fault) => tell(`not kept: ${fault.message}`),
    );
    return last;
  }

  function write() {
    const events = device.history().length;
    const bytes = device.snapshot();
    return enqueue(() => save(bytes), `${events} ${events === 1 ? "event" : "events"} kept in this browser, ${bytes.length} bytes`);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer !== undefined) write();
  });

  return {
    /** The state has changed. */
    touch() {
      clearTimeout(timer);
      timer = setTimeout(write, QUIET_MS);
    },

    forget: () => enqueue(remove, "nothing is kept"),

    /** Brings back what was kept. A state that this bundle refuses, such as another catalogue's, is let go of. */
    async restore() {
      try {
        const bytes = await load();
        if (bytes === undefined) return;
        const fault = device.restore(bytes);
        tell(fault === "" ? "brought back from this browser" : `begun anew: ${fault}`);
        if (fault !== "") await remove();
      } catch (fault) {
        tell(`not kept: ${fault.message}`);
      }
    },
  };
}
