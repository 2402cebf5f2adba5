// What the live pages share: local times, and parts of the page drawn anew by the server, which alone has the words.

const FORMS = {
  time: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  day: new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "2-digit", month: "short" }),
};
const served = new Map();
let asked = 0, drawn = 0;

export function part(name, within = document) {
  return within.querySelector(`[data-part="${name}"]`);
}

/** Every day and time of day in the zone of whoever looks, the same on all pages; and buttons do what they say from now on. */
function enliven(root) {
  for (const each of root.querySelectorAll("time[data-local]")) {
    const shown = each.dataset.local.split(" ").map((name) => FORMS[name].format(new Date(each.dateTime)));
    each.textContent = shown.join(" ").replaceAll(",", "");
  }
  // Until here a browser would send such a form by itself: nowhere useful, and its answers in an address.
  for (const each of root.querySelectorAll("form:not([action]) button")) each.disabled = false;
}

/** Keep what the server sent, to see later what has changed, and make it live. To be called once the page listens, before it changes anything. */
export function begin() {
  for (const each of document.querySelectorAll("[data-part]")) served.set(each.dataset.part, each.outerHTML);
  enliven(document);
}

/**
 * Fetch this page again and exchange the parts that differ. True where that was done, false where a newer call was answered before it;
 * throws where the service can't be reached.
 */
export async function redraw() {
  const mine = ++asked;
  const response = await fetch(location.pathname, { cache: "no-store" });
  if (response.redirected) location.assign(response.url); // signed out
  if (!response.ok || response.redirected) throw new Error(`the service answered ${response.status}`);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (mine < drawn) return false;
  drawn = mine;
  for (const [name, before] of served) {
    const next = part(name, fresh);
    const shown = part(name);
    if (next === null || next.outerHTML === before) continue;
    if (shown.contains(document.activeElement) && next.querySelector("form")) continue; // somebody is about to use it
    served.set(name, next.outerHTML);
    enliven(next);
    shown.replaceWith(document.adoptNode(next));
  }
  return true;
}

/** Do the `work` of a form. Whoever presses again before that is done asks for nothing more. */
export async function once(form, work) {
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  try {
    await work();
  } finally {
    form.ariaBusy = null;
  }
}

/** Say `text` in the note at the top, or nothing. */
export function note(text = "") {
  const shown = document.getElementById("note");
  if (shown.textContent !== text) shown.textContent = text;
}
