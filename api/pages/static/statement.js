// The statement: each form says where it goes; its values are JSON. After it, the server draws the page anew.

import { begin, note, once, redraw } from "./live.js";

async function send(form) {
  const refused = form.querySelector(".error");
  refused.textContent = "";
  const body = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, JSON.parse(value)]));
  try {
    const headers = { "Content-Type": "application/json", "X-Respite-Page": "1" };
    const response = await fetch(form.dataset.path, { method: form.dataset.method, headers, body: JSON.stringify(body) });
    if (!response.ok) {
      const answer = await response.json();
      refused.textContent = `Not saved: ${answer.errors?.[0].detail ?? answer.detail}.`;
      return;
    }
  } catch {
    refused.textContent = "Not saved: the service can't be reached just now.";
    return;
  }
  document.getElementById("main").focus(); // the form goes
  const drawn = await redraw().then(() => true, () => false);
  note(drawn ? form.dataset.done : `${form.dataset.done} This page shows what was before; load it again.`);
}

document.getElementById("main").addEventListener("submit", (event) => {
  event.preventDefault();
  once(event.target, () => send(event.target));
});

begin();
