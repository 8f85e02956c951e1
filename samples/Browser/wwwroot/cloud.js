// The cloud service through fetch. Runs in browsers and in Node.
const DEADLINE_MS = 3000; // as the service's other devices wait for a list
const MOST_BYTES = 4_000_000;

// More than a list ever has is no answer of the service's: its first bytes, one too many, are refused by the runtime.
async function bytesOf(answer) {
  const parts = [];
  let length = 0;
  for (let reader = answer.body?.getReader(), next; reader && length <= MOST_BYTES && !(next = await reader.read()).done; ) {
    parts.push(next.value);
    length += next.value.length;
  }
  const bytes = new Uint8Array(length);
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes.subarray(0, MOST_BYTES + 1);
}

// Seconds, or the date of their end; 0 for neither.
function secondsOf(header) {
  const seconds = Number(header ?? 0);
  return Math.max(0, Number.isNaN(seconds) ? (Date.parse(header) - Date.now()) / 1000 || 0 : seconds);
}

/**
 * A function that posts JSON to a path below the service's address, and gives status, body and seconds to wait; null where no answer
 * comes.
 * @param {{ address: string, key?: string }} settings the service, and the app's key, which whoever opens the page can read
 * @param {string} device what the service calls this one
 */
export function postOf({ address, key }, device) {
  const root = address.endsWith("/") ? address : `${address}/`;
  const headers = { "Content-Type": "application/json", "Tandem-Device": device };
  if (key) headers.Authorization = `Bearer ${key}`;
  return async (path, body) => {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    try {
      const sent = { method: "POST", headers, body, signal, redirect: "error", credentials: "omit", cache: "no-store" };
      const answer = await fetch(new URL(path, root), sent);
      return { status: answer.status, body: await bytesOf(answer), retryAfter: secondsOf(answer.headers.get("Retry-After")) };
    } catch {
      return null; // no connection, too late, broken off, or not allowed to this page: a browser does not say which
    }
  };
}
