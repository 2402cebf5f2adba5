// A key in the fragment signs in: a fragment never reaches a server, so it never reaches a log.

const form = document.querySelector("form.stack");

function signInByFragment() {
  const key = decodeURIComponent(location.hash.slice(1));
  if (!key.startsWith("rsp_")) return;
  history.replaceState(null, "", location.pathname); // out of the address bar and the history
  form.elements.key.value = key;
  form.requestSubmit();
}

addEventListener("hashchange", signInByFragment);
signInByFragment();
