// node page.mjs WWWROOT BUNDLE PNG TANDEM RUN STORE: opens the published page in headless Chromium, clicks items, writes a picture,
// reloads, and fails unless the page goes on where it was, begins anew when asked to, and says in whole words what is wrong with a damaged
// bundle. Then the page has a cloud, which is away at first: its events wait, and once TANDEM serves RUN the page ranks by its list and sends
// them, where the first receipt is lost. Prints how many events STORE has to hold.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, request } from "node:http";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const PATIENCE_MS = 30_000;
const KEY = /B004756\d{3}/; // of the bundle's items
const PLACES = [2, 0, 4, 1, 3, 0]; // of the items that are clicked
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

// Folders by the beginning of an address; /damaged is the page with a manifest that is none, /clouded one with a service.
async function serve(root, bundle, cloud) {
  const server = createServer(async (request, response) => {
    const address = new URL(request.url, "http://page").pathname.replace(/\/$/, "/index.html");
    const name = address.replace(/^\/(damaged|clouded)\//, "/");
    try {
      const file = name.startsWith("/bundle/") ? path.join(bundle, name.slice("/bundle/".length)) : path.join(root, name);
      const made = { "/damaged/bundle/manifest.json": "<!doctype html>", "/clouded/cloud.json": JSON.stringify(cloud) };
      const bytes = made[address] ?? (await readFile(file));
      response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

// A way to the service, which breaks off where there is none, and within the answer to the first events that it has taken.
async function openWay() {
  const way = { service: undefined, lost: 0 };
  const server = createServer((from, back) => {
    if (!way.service) return from.socket.destroy();
    const to = request(new URL(from.url, way.service), { method: from.method, headers: from.headers }, (answer) => {
      back.writeHead(answer.statusCode, answer.headers);
      if (from.method !== "POST" || from.url !== "/v1/events" || way.lost++ > 0) return answer.pipe(back);
      return answer.resume().on("end", () => back.write("{", () => from.socket.destroy()));
    });
    return from.pipe(to.on("error", () => from.socket.destroy()));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const end = () => (server.close(), server.closeAllConnections());
  return Object.assign(way, { address: `http://127.0.0.1:${server.address().port}`, end });
}

// The service, once it listens; pages of one origin may ask it.
async function startCloud(tandem, run, store, origin) {
  const words = ["serve", run, "--open", "--store", `sqlite:${store}`, "--urls", "http://127.0.0.1:0", "--origin", origin, "--json"];
  const service = spawn("dotnet", [tandem, ...words], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => service.on("exit", () => resolve("")));
  const listens = new Promise((resolve) => createInterface({ input: service.stdout }).once("line", resolve));
  const told = await Promise.race([listens, ended]);
  if (told === "") throw new Error("the service did not start");
  return { address: JSON.parse(told).urls[0], end: () => (service.kill("SIGTERM"), ended) };
}

// The DevTools protocol over two pipes: no port, and nothing that this version of Node would have to bring.
function startChromium(profile) {
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"];
  const chromium = spawn("chromium", [...flags, "--no-first-run", "--remote-debugging-pipe", `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const [, , , input, output] = chromium.stdio;
  const waiting = new Map();
  let last = 0;
  let rest = "";
  output.setEncoding("utf8").on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      if (error) waiting.get(id)?.reject(new Error(`${waiting.get(id).method}: ${error.message}`));
      else waiting.get(id)?.resolve(result);
      waiting.delete(id);
    }
  });
  const fail = (reason) => waiting.forEach(({ reject }) => reject(new Error(reason)));
  chromium.on("error", (fault) => fail(`chromium did not start: ${fault.message}`));
  chromium.on("exit", (code) => fail(`chromium ended with code ${code}`));
  input.on("error", () => {}); // it ended; the exit says so
  const ask = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { method, resolve, reject });
      input.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  const ended = new Promise((resolve) => chromium.on("close", resolve));
  return { ask, end: () => (chromium.kill("SIGKILL"), ended) };
}

async function openTab({ ask }, url) {
  const { targetId } = await ask("Target.createTarget", { url });
  const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
  await ask("Emulation.setDeviceMetricsOverride", { width: 720, height: 860, deviceScaleFactor: 1, mobile: false }, sessionId);
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await ask("Runtime.evaluate", { expression, returnByValue: true }, sessionId);
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  };
  const text = (id) => evaluate(`document.getElementById(${JSON.stringify(id)})?.textContent ?? ""`);

  // A page that is being loaded answers nothing, or with a fault.
  const until = async (id, pattern) => {
    const end = Date.now() + PATIENCE_MS;
    let found;
    while (!pattern.test((found = await text(id).catch(() => "")))) {
      if (Date.now() > end) throw new Error(`#${id} is '${found}', expected ${pattern} within ${PATIENCE_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return found;
  };
  return {
    text,
    until,
    list: () => text("list"),
    /** @returns what the clicked button says */
    click: (selector, place = 0) =>
      evaluate(`{ const button = document.querySelectorAll(${JSON.stringify(selector)})[${place}]; button.click(); button.textContent }`),
    /** Types a key and asks for its item. */
    seek: (key) =>
      evaluate(`{ const form = document.getElementById("seek"); form.elements.key.value = ${JSON.stringify(key)}; form.requestSubmit() }`),
    async reload() {
      await evaluate(`document.getElementById("status").textContent = "reloading"`);
      await ask("Page.reload", {}, sessionId);
      await until("status", /click one/);
    },
    async picture() {
      return Buffer.from((await ask("Page.captureScreenshot", { format: "png" }, sessionId)).data, "base64");
    },
  };
}

async function check(chromium, address, picture) {
  const tab = await openTab(chromium, address);
  await tab.until("status", /click one/);
  const begun = await tab.list();
  const items = [];
  for (const place of PLACES) items.push(await tab.click("#list button", place));
  assert.match(await tab.text("status"), /items ranked in \d+ µs/);
  assert.equal(await tab.text("history"), items.join(", "));
  await tab.seek("no such key");
  assert.equal(await tab.text("status"), "no item has the key 'no such key'");
  items.push(begun.match(KEY)[0]);
  await tab.seek(items.at(-1));
  assert.equal(await tab.text("history"), items.join(", "));
  assert.match(await tab.text("status"), /items ranked in \d+ µs/);
  await tab.until("kept", new RegExp(`^${items.length} events kept`));
  await writeFile(picture, await tab.picture());

  const [ranked, clicked] = [await tab.list(), await tab.text("history")];
  assert.notEqual(ranked, begun);
  await tab.reload();
  assert.equal(await tab.text("kept"), "brought back from this browser");
  assert.equal(await tab.text("history"), clicked);
  assert.equal(await tab.list(), ranked);

  await tab.click("#anew");
  await tab.until("kept", /^nothing is kept/);
  await tab.reload();
  assert.equal(await tab.text("history"), "nothing yet");
  assert.equal(await tab.list(), begun);

  const damaged = await openTab(chromium, `${address}damaged/`);
  assert.match(await damaged.until("status", /manifest/), /'<' is an invalid start of a value/);
}

// Clicks while the service is away, while it is there, and while it is away again: all reach it, and each counts once.
async function checkCloud(chromium, address, way, startService) {
  const tab = await openTab(chromium, `${address}clouded/`);
  await tab.until("status", /click one/);
  for (const place of PLACES) await tab.click("#list button", place);
  await tab.until("cloud", new RegExp(`no list, unreachable.*; ${PLACES.length} events wait`));
  await tab.until("kept", new RegExp(`^${PLACES.length} events kept`));
  const [alone, clicked] = [await tab.list(), await tab.text("history")];
  await tab.reload();
  await tab.until("cloud", new RegExp(`${PLACES.length} events wait`)); // they outlive the page
  assert.equal(await tab.list(), alone);

  const service = await startService(); // without a click: the page tries again by itself
  await tab.until("cloud", new RegExp(`^Cloud: new list; ${PLACES.length} events wait$`)); // whose receipt was lost
  assert.equal(await tab.text("history"), clicked);
  assert.notEqual(await tab.list(), alone);
  await tab.until("cloud", /^Cloud: keeps its list; all events sent$/);
  assert.equal(way.lost, 2);
  await tab.click("#list button");
  await tab.until("cloud", /^Cloud: keeps its list; all events sent$/);
  await tab.until("kept", new RegExp(`^${PLACES.length + 1} events kept`));
  await service.end();

  way.service = undefined;
  await tab.click("#list button");
  await tab.until("cloud", /^Cloud: keeps its list; 1 event waits$/);
  const ranked = await tab.list();
  await tab.until("kept", new RegExp(`^${PLACES.length + 2} events kept`));
  await tab.reload();
  assert.equal(await tab.list(), ranked); // the list is kept with the session
  await startService();
  await tab.until("cloud", /all events sent$/);
  return PLACES.length + 2;
}

const [root, bundle, picture, tandem, run, store] = process.argv.slice(2);
const way = await openWay();
const server = await serve(root, bundle, { address: way.address });
const origin = `http://127.0.0.1:${server.address().port}`;
const services = [];
const startService = async () => {
  services.push(await startCloud(tandem, run, store, origin));
  way.service = services.at(-1).address;
  return services.at(-1);
};
const profile = await mkdtemp(path.join(os.tmpdir(), "page-"));
const chromium = startChromium(profile);
try {
  await check(chromium, `${origin}/`, picture);
  console.error("page: comes back after a reload, begins anew, says what is wrong");
  console.log(await checkCloud(chromium, `${origin}/`, way, startService));
} finally {
  await Promise.all(services.map((service) => service.end()));
  await chromium.end();
  way.end();
  server.close();
  server.closeAllConnections();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
