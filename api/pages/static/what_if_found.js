// One what-if: the server draws it anew whenever it has come further, until it has ended.

import { begin, note, once, part, redraw } from "./live.js";

const AGAIN_MS = 4000;
const found = () => part("found");

const lost = () => note("Connection lost, trying again.");
const draw = () => redraw().then(() => note(), lost);

async function cancel(form) {
  const refused = form.querySelector(".error");
  try {
    const response = await fetch(found().dataset.path, { method: "DELETE", headers: { "X-Respite-Page": "1" } });
    refused.textContent = response.ok ? "" : "Not cancelled; try again.";
  } catch {
    refused.textContent = "Not cancelled: the service can't be reached just now.";
    return;
  }
  document.getElementById("main").focus(); // the button goes
  await draw();
}

function listen() {
  const news = new EventSource(`${found().dataset.path}/stream`);
  news.addEventListener("progress", draw);
  news.addEventListener("end", () => {
    news.close();
    draw();
  });
  news.addEventListener("error", () => {
    lost();
    if (news.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_MS); // it was refused; else the browser tries again by itself
  });
}

document.getElementById("main").addEventListener("submit", (event) => {
  event.preventDefault();
  once(event.target, () => cancel(event.target));
});

begin();
if ("open" in found().dataset) listen();
