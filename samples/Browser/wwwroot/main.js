import { openDevice } from "./device.js";

const SHOWN = 20;
const status = document.getElementById("status");
const list = document.getElementById("list");
const history = document.getElementById("history");

const clicked = [];

async function bytesOf(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}; put a bundle into wwwroot/bundle`);
  return new Uint8Array(await answer.arrayBuffer());
}

function row(device, { item, score }) {
  const button = document.createElement("button");
  button.textContent = `item ${item}`;
  button.addEventListener("click", () => click(device, item));
  const value = document.createElement("span");
  value.textContent = score.toFixed(3);
  const entry = document.createElement("li");
  entry.append(button, value);
  return entry;
}

function show(device, best) {
  list.replaceChildren(...best.map((ranked) => row(device, ranked)));
  history.textContent = clicked.length === 0 ? "nothing yet" : clicked.map((item) => `item ${item}`).join(", ");
}

// Browsers round the clock to 5 µs in isolated pages and to 100 µs elsewhere.
function click(device, item) {
  const start = performance.now();
  device.observe(item);
  const best = device.recommend(SHOWN);
  const microseconds = (performance.now() - start) * 1000;
  clicked.push(item);
  show(device, best);
  status.textContent = `event taken in and ${device.items} items ranked in ${microseconds.toFixed(0)} µs`;
}

try {
  const [manifest, weights] = await Promise.all([bytesOf("bundle/manifest.json"), bytesOf("bundle/model.safetensors")]);
  const device = await openDevice(manifest, weights);
  show(device, device.recommend(SHOWN));
  status.textContent = `${device.items} items; click one`;
} catch (fault) {
  status.textContent = fault.message;
}
