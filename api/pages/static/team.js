// The team page, kept up to date while somebody looks at it.

import { begin, note, redraw } from "./live.js";

const EVERY_MS = 4000;
let next;

async function update() {
  clearTimeout(next);
  if (document.hidden) return;
  try {
    await redraw();
    note();
  } catch {
    note("Connection lost, trying again.");
  }
  clearTimeout(next);
  next = setTimeout(update, EVERY_MS);
}

begin();
next = setTimeout(update, EVERY_MS);
for (const event of ["visibilitychange", "online"]) addEventListener(event, update);
addEventListener("pageshow", (event) => event.persisted && update());
