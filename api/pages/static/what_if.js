// What if: sliders with an answer by formula at once, and the simulation, which the service works on beside routing.

import { localise, note, redraw, remember } from "./live.js";

const SETTLED_MS = 150;
const EVERY_MS = 4000;
const form = document.getElementById("ask");
const refused = form.querySelector(".error");
const HEADERS = { "Content-Type": "application/json", "X-Respite-Page": "1" };
const FORMS = {
  share: (value) => `${(100 * value).toFixed(1)} %`,
  s: (value) => (value < 120 ? `${value.toFixed(0)} s` : value < 7200 ? `${(value / 60).toFixed(1)} min` : `${(value / 3600).toFixed(1)} h`),
  people: (value) => value.toFixed(1),
};
let due;
let asked = 0;

function signed(value, unit) {
  return `${value > 0 ? "+" : "−"}${Math.abs(value)}${unit}`;
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
  const response = await fetch(path, { method: "POST", headers: HEADERS, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.errors?.[0].detail ?? answer.detail);
  return answer;
}

/** The answer by formula; a newer question overtakes an older one. */
async function instant() {
  const mine = ++asked;
  try {
    const answer = await post("/v1/simulations/instant", { scenario: form.elements.scenario.value, changes: changes() });
    if (mine !== asked) return;
    for (const row of document.querySelectorAll("#instant tbody tr")) {
      const [now, then] = row.querySelectorAll("td");
      for (const [cell, side] of [[now, answer.base], [then, answer.change]]) {
        const value = side[row.dataset.name];
        cell.textContent = value === null ? "–" : FORMS[row.dataset.form](value);
      }
    }
  } catch (error) {
    if (mine === asked) refused.textContent = `${error.message}.`;
  }
}

form.addEventListener("input", () => {
  refused.textContent = "";
  say();
  clearTimeout(due);
  due = setTimeout(instant, SETTLED_MS);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refused.textContent = "";
  const wanted = changes();
  if (Object.keys(wanted).length === 0) {
    refused.textContent = "Change something first.";
    return;
  }
  try {
    const job = await post("/v1/simulations", { kind: "compare", scenario: form.elements.scenario.value, changes: wanted });
    location.assign(`/what-if/${encodeURIComponent(job.id)}`);
  } catch (error) {
    refused.textContent = `Not asked: ${error.message}.`;
  }
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

remember();
localise();
say();
instant();
setTimeout(update, EVERY_MS);
