// One what-if: the server draws it anew whenever it has come further, until it has ended.

import { begin, note, part, redraw } from "./live.js";

const found = () => part("found");

document.getElementById("main").addEventListener("submit", async (event) => {
  event.preventDefault();
  const refused = event.target.querySelector(".error");
  try {
    const response = await fetch(found().dataset.path, { method: "DELETE", headers: { "X-Respite-Page": "1" } });
    refused.textContent = response.ok ? "" : "Not cancelled; try again.";
    document.getElementById("main").focus(); // the button goes
    await redraw();
  } catch {
    refused.textContent = "Not cancelled: the service can't be reached just now.";
  }
});

begin();
if ("open" in found().dataset) {
  const news = new EventSource(`${found().dataset.path}/stream`);
  const draw = () => redraw().then(() => note(), () => note("Connection lost, trying again."));
  news.addEventListener("progress", draw);
  news.addEventListener("end", () => {
    news.close();
    draw();
  });
  news.addEventListener("error", () => note("Connection lost, trying again."));
}
