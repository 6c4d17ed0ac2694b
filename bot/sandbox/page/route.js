// Who the person is and where they look, kept in the address (`#/U01MARA/C01CLIENT/1234.5678`), so that Back and a reload work.

/** `place` is a channel id, "dm" or "home" (each person has their own DM with the bot), or null: the list of places. */
export function readRoute() {
  const [person = null, place = null, thread = null] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent).map((part) => part || null);
  return { person, place, thread };
}

export function addressOf({ person, place = null, thread = null }) {
  return `#/${[person, place, thread].filter(Boolean).map(encodeURIComponent).join("/")}`;
}

/** Goes there; with `replace`, without leaving a step for Back. */
export function go(route, { replace = false } = {}) {
  const address = addressOf(route);
  if (address === location.hash) return;
  if (replace) {
    history.replaceState(null, "", address);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  } else location.hash = address;
}
