// The agent's timer. The server owns the break and sends absolute instants; this page only counts down to them on the server's clock.

import { begin, note, once, part, redraw } from "./live.js";

const me = document.getElementById("me");
const api = `/v1/agents/${encodeURIComponent(me.dataset.agent)}/recovery`;
const FADED_MS = 60_000; // of the server's time: exposure older than this is fetched again,
const REST_MS = 5000; // but not more often than this
const ASLEEP_MS = 10_000; // a tick this late means that the computer slept
const RENEW_MS = 3_600_000; // a session that nobody uses ends, and a page in the background is used
const FIRST_RETRY_MS = 1000, LAST_RETRY_MS = 30_000, OVERDUE_MS = 3000, TICK_MIN_MS = 100;

let server = 0, received = 0, rate = 1; // the server's clock: `server` when this one read `received`
let drawn = { server: 0, received: 0 };
let announced = "", ticking, ticked = Date.now(), asked = 0;
let source, retrying, retry = FIRST_RETRY_MS, heard = Date.now();
let unheard = false, outlived = false; // nothing comes from the service; and what the page last heard of is past
let undrawn = false; // the page could not be fetched again

const now = () => server + (Date.now() - received) * rate;
const data = () => part("timer").dataset;

function setClock(instant, speed = rate) {
  [server, received, rate] = [Date.parse(instant), Date.now(), speed];
}

// ---- drawing

async function draw() {
  try {
    const newer = await redraw();
    undrawn = false;
    if (newer) show();
  } catch {
    undrawn = true;
    lost();
  }
}

function show() {
  const { state } = data();
  setClock(data().now, Number(data().rate));
  drawn = { server, received };
  outlived = false;
  offer(true);
  if (announced && announced !== state) {
    document.getElementById("said").textContent =
      `${document.getElementById("headline").textContent}. ${document.querySelector("#next li").textContent}`;
  }
  announced = state;
  tick();
}

/** The form that moves the break; without a service to ask, what is said instead. */
function offer(reachable) {
  const form = document.getElementById("move");
  if (!form) return;
  if (!reachable && form.contains(document.activeElement)) document.getElementById("main").focus();
  form.hidden = !reachable;
  document.getElementById("later").hidden = reachable;
}

/** Whether the instant has passed that the page counts down to. */
function overdue() {
  const { state, until, latest } = data();
  return Boolean(until) && Date.parse(state === "light_duty" ? latest : until) <= now();
}

/** That instant has passed and nothing can be heard: what was to be, and no more. */
function outlive() {
  outlived = true;
  const big = document.getElementById("big"), said = data().overdue;
  document.getElementById("headline").textContent = said;
  big.textContent = "–";
  big.nextElementSibling.textContent = "";
  document.querySelector(".dial .left").setAttribute("stroke-dasharray", "0 100");
  document.title = `${said} – Respite`;
  note(data().unheard);
  offer(false);
}

function countdown(left) {
  const seconds = Math.ceil(left / 1000);
  if (seconds <= 0) return "any moment now";
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

// as `about` in wording.py: never a point, rounded outwards
function about(earliest, latest) {
  if (latest <= 0) return "any moment now";
  const step = latest <= 600_000 ? 60_000 : latest <= 5_400_000 ? 300_000 : 1_800_000;
  const low = Math.floor(Math.max(earliest, 0) / step), high = Math.max(Math.ceil(latest / step), low + 1);
  const [unit, size] = step === 1_800_000 ? ["h", 3_600_000] : ["min", 60_000];
  return low ? `about ${(low * step) / size}–${(high * step) / size} ${unit}` : `up to ${(high * step) / size} ${unit}`;
}

function entitle(text, word) {
  document.title = `${text === word ? word : `${text} · ${word}`} – Respite`;
}

function tick() {
  clearTimeout(ticking);
  const slept = !document.hidden && Date.now() - ticked > ASLEEP_MS;
  ticked = Date.now();
  if (slept) wake();
  const { state, since, until, latest, word } = data();
  const big = document.getElementById("big");
  if (!until) {
    entitle(big.textContent, word);
    ticking = setTimeout(tick, 1000);
    return;
  }
  if (unheard && overdue()) {
    if (!outlived) outlive();
    ticking = setTimeout(tick, 1000);
    return;
  }
  const left = Date.parse(until) - now();
  const text = state === "light_duty" ? about(left, Date.parse(latest) - now()) : countdown(left);
  if (big.textContent !== text) big.textContent = text;
  big.classList.toggle("words", state === "light_duty" || left <= 0);
  entitle(text, word);
  if (since) {
    const share = Math.min(Math.max(left / (Date.parse(until) - Date.parse(since)), 0), 1);
    document.querySelector(".dial .left").setAttribute("stroke-dasharray", `${(100 * share).toFixed(1)} 100`);
  }
  if (left <= 0 && Date.now() - asked > OVERDUE_MS) sync(); // the server has not said so yet
  ticking = setTimeout(tick, left > 0 ? Math.max((left % 1000 || 1000) / rate, TICK_MIN_MS) : 1000);
}

// ---- what the server says

function take(view) {
  setClock(view.now, view.clock_rate);
  const fixed = view.state === "pending" || view.state === "break";
  const beside = [view.status, view.debrief ?? "", view.next_break_at ?? "", ...view.in_hand];
  const key = [view.state, fixed ? view.until : "", ...view.because, ...view.may, view.owed, ...beside].join("|");
  if (key !== data().key || faded() || undrawn || outlived) draw();
  else tick();
}

function faded() {
  return !document.hidden && now() - drawn.server > FADED_MS && Date.now() - drawn.received > REST_MS;
}

/** Ask for the state as it is now. */
async function sync() {
  asked = Date.now();
  try {
    const response = await fetch(api, { cache: "no-store" });
    if (response.status === 401 || response.status === 403) return location.assign("/login");
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    take(await response.json());
  } catch {
    lost();
  }
}

// ---- the stream

function listen() {
  clearTimeout(retrying);
  source?.close();
  heard = Date.now();
  source = new EventSource(`${api}/stream`);
  source.addEventListener("open", found);
  source.addEventListener("recovery", (event) => {
    found();
    take(JSON.parse(event.data));
  });
  source.addEventListener("clock", (event) => {
    found();
    setClock(JSON.parse(event.data).now);
    if (faded() || undrawn) draw();
  });
  source.addEventListener("error", () => {
    lost();
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    retrying = setTimeout(() => {
      sync();
      listen();
    }, retry * (0.75 + Math.random() / 2));
    retry = Math.min(retry * 2, LAST_RETRY_MS);
  });
}

function found() {
  [heard, retry, unheard] = [Date.now(), FIRST_RETRY_MS, false];
  note();
}

function lost() {
  unheard = true;
  note(overdue() ? data().unheard : data().lost);
}

/** A stream that says nothing for two and a half heartbeats has died. */
function renewSilent() {
  if (Date.now() - heard < 2500 * Number(data().heartbeat)) return;
  sync();
  listen();
}

/** After sleep, in the foreground again, or back on the network. */
function wake() {
  if (document.hidden) return;
  sync();
  renewSilent();
}

// ---- moving the break, answering a debrief

async function move(form) {
  const answer = await send(`${api}/shift`, { minutes: Number(new FormData(form).get("minutes")) }, "refused", "Not moved");
  if (answer) take(answer);
}

async function answerDebrief(form, answer) {
  const path = api.replace(/recovery$/, `debriefs/${encodeURIComponent(form.dataset.debrief)}`);
  if (await send(path, { answer }, "unanswered", "Not answered")) sync();
}

/** What the server answers to `given`; null where it refused, which is then said in the element `errors`. */
async function send(path, given, errors, not) {
  const refused = document.getElementById(errors);
  refused.textContent = "";
  let answer;
  try {
    const headers = { "Content-Type": "application/json", "X-Respite-Page": "1" };
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(given) });
    answer = await response.json();
    if (!response.ok) {
      refused.textContent = `${not}: ${answer.errors?.[0].detail ?? answer.detail}.`;
      return null;
    }
  } catch {
    refused.textContent = `${not}: the service can't be reached just now.`;
    return null;
  }
  document.getElementById("main").focus(); // the form goes
  return answer;
}

me.addEventListener("submit", (event) => {
  event.preventDefault();
  const { target: form, submitter } = event;
  once(form, () => (form.id === "debrief" ? answerDebrief(form, submitter.value) : move(form)));
});

begin();
show();
listen();
for (const event of ["visibilitychange", "online"]) addEventListener(event, wake);
addEventListener("pageshow", (event) => event.persisted && wake());
setInterval(renewSilent, 5000);
setInterval(draw, RENEW_MS);
