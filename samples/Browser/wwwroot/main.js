import { postOf } from "./cloud.js";
import { openBundle } from "./device.js";
import { keeperOf } from "./keeper.js";
import { outboxOf } from "./outbox.js";
import { deviceName } from "./store.js";

const SHOWN = 20;
const status = document.getElementById("status");
const list = document.getElementById("list");
const history = document.getElementById("history");
const anew = document.getElementById("anew");
const kept = document.getElementById("kept");
const cloud = document.getElementById("cloud");
const seek = document.getElementById("seek");

async function bytesOf(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}; put a bundle into wwwroot/bundle`);
  return new Uint8Array(await answer.arrayBuffer());
}

// The service that cloud.json names beside the page, if there is one: { "address": "https://cloud.example", "key": "tandem_…" }.
async function findCloud() {
  const answer = await fetch("cloud.json").catch(() => null);
  return answer?.ok ? postOf(await answer.json(), await deviceName().catch(() => crypto.randomUUID())) : undefined;
}

function row({ item, score }, name, onClick) {
  const button = document.createElement("button");
  button.textContent = name;
  button.addEventListener("click", () => onClick(item));
  const value = document.createElement("span");
  value.textContent = score.toFixed(3);
  const entry = document.createElement("li");
  entry.append(button, value);
  return entry;
}

function start(device, keeper, post) {
  const nameOf = (item) => (device.holdsKeys ? device.key(item) : `item ${item}`);

  function show(best) {
    list.replaceChildren(...best.map((ranked) => row(ranked, nameOf(ranked.item), click)));
    history.textContent = device.history().map(nameOf).join(", ") || "nothing yet";
  }

  const outbox = post && outboxOf(device, post, takeList, (text) => (cloud.textContent = `Cloud: ${text}`));

  // The list ranks what is shown from now on, and is kept with the session.
  function takeList() {
    show(device.recommend(SHOWN));
    keeper.touch();
  }

  // Browsers round the clock to 5 µs in isolated pages and to 100 µs elsewhere.
  function click(item) {
    const begun = performance.now();
    device.observe(item);
    const best = device.recommend(SHOWN);
    const microseconds = (performance.now() - begun) * 1000;
    show(best);
    keeper.touch();
    outbox?.add(item);
    status.textContent = `event taken in and ${device.items} items ranked in ${microseconds.toFixed(0)} µs`;
  }

  function begin() {
    show(device.recommend(SHOWN));
    status.textContent = `${device.items} items; click one`;
  }

  anew.addEventListener("click", () => {
    device.reset();
    keeper.forget();
    begin();
  });
  anew.disabled = false;

  seek.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = seek.elements.key.value;
    const item = device.find(key);
    if (item === 0) status.textContent = `no item has the key '${key}'`;
    else click(item);
  });
  seek.hidden = !device.holdsKeys;
  begin();
  outbox?.meet();
}

try {
  const post = await findCloud();
  const device = await openBundle((name) => bytesOf(`bundle/${name}`), post);
  const keeper = keeperOf(device, (text) => (kept.textContent = text));
  await keeper.restore();
  start(device, keeper, post);
} catch (fault) {
  status.textContent = fault.message;
}
