// What if: sliders with an answer by formula at once, and the simulation, which the service works on beside routing.

import { begin, note, once, redraw } from "./live.js";

const SETTLED_MS = 150;
const EVERY_MS = 4000;
const form = document.getElementById("ask");
const refused = form.querySelector(".error");
const HEADERS = { "Content-Type": "application/json", "X-Respite-Page": "1" };
const share = (value) => `${(100 * value).toFixed(1)} %`;
const FORMS = {
  share,
  busy: (value) => (value < 1 ? share(value) : "all the time"),
  s: (value) => (value < 120 ? `${value.toFixed(0)} s` : value < 7200 ? `${(value / 60).toFixed(1)} min` : `${(value / 3600).toFixed(1)} h`),
  people: (value) => value.toFixed(1),
};
let due;
let asked = 0;

function signed(value, unit) {
  return `${value > 0 ? "+" : "−"}${Math.abs(value)}${unit}`;
}

/** What the chosen team allows: somebody stays in each group, and what its scenario sets from day to day is no choice. */
function bound() {
  const { fewest, set } = form.elements.scenario.selectedOptions[0].dataset;
  form.elements.agents.min = fewest;
  for (const each of form.querySelectorAll("select:not([name=scenario])")) {
    each.disabled = set.split(" ").includes(each.name);
    each.options[0].textContent = each.disabled ? "set from day to day" : "as it is";
    if (each.disabled) each.value = "";
  }
}

/** The changes in the words of the command line; what stands at "as it is" is none. */
function changes() {
  const found = {};
  for (const each of form.elements) {
    if (each.type === "range" && Number(each.value) !== 0) found[each.name] = `${each.value > 0 ? "+" : ""}${each.value}${each.dataset.unit}`;
    else if (each.tagName === "SELECT" && each.name !== "scenario" && each.value) found[each.name] = each.value;
  }
  return found;
}

function say() {
  for (const each of form.querySelectorAll("input[type=range]")) {
    const shown = each.parentElement.querySelector("output");
    shown.textContent = Number(each.value) === 0 ? "as it is" : signed(Number(each.value), each.dataset.unit === "%" ? " %" : "");
  }
}

async function post(path, body) {
  let response, answer;
  try {
    response = await fetch(path, { method: "POST", headers: HEADERS, body: JSON.stringify(body) });
    answer = await response.json();
  } catch {
    throw new Error("the service can't be reached just now");
  }
  if (!response.ok) throw new Error(answer.errors?.[0].detail ?? answer.detail);
  return answer;
}

/** The answer by formula; a newer question overtakes an older one, and one that has no answer leaves no other's numbers. */
async function instant() {
  const mine = ++asked;
  let answer = null, said = "";
  try {
    answer = await post("/v1/simulations/instant", { scenario: form.elements.scenario.value, changes: changes() });
  } catch (error) {
    said = `No answer to this: ${error.message}.`;
  }
  if (mine !== asked) return;
  if (said) refused.textContent = said;
  for (const row of document.querySelectorAll("#instant tbody tr")) {
    const [now, then] = row.querySelectorAll("td");
    now.textContent = shown(row.dataset, answer?.base);
    then.textContent = shown(row.dataset, answer?.change);
  }
  document.getElementById("over").textContent = over(answer?.change);
}

/** What it means that people can't keep up. */
function over(side) {
  if (!side || side.busy === null || side.busy < 1) return "";
  const ends = side.live_left > 0 ? "but for what customers give up" : "without end";
  return `Then ${side.busy.toFixed(2)} h of work come in for every hour that somebody is at the queue: it piles up ${ends}.`;
}

function shown({ name, form }, side) {
  const value = side?.[name] ?? null;
  return value === null ? "–" : FORMS[form](value);
}

form.addEventListener("input", () => {
  refused.textContent = "";
  bound();
  say();
  clearTimeout(due);
  due = setTimeout(instant, SETTLED_MS);
});

async function simulate() {
  refused.textContent = "";
  const wanted = changes();
  if (Object.keys(wanted).length === 0) {
    refused.textContent = "Change something first.";
    return;
  }
  try {
    const job = await post("/v1/simulations", { kind: "compare", scenario: form.elements.scenario.value, changes: wanted });
    location.assign(`/what-if/${encodeURIComponent(job.id)}`);
    await new Promise((gone) => addEventListener("pagehide", gone, { once: true })); // until then it could be asked for again
  } catch (error) {
    refused.textContent = `Not asked: ${error.message}.`;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  once(form, simulate);
});

async function update() {
  try {
    if (!document.hidden) await redraw();
    note();
  } catch {
    note("Connection lost, trying again.");
  }
  setTimeout(update, EVERY_MS);
}

begin();
bound();
say();
instant();
setTimeout(update, EVERY_MS);
