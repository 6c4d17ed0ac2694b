// Hears from the server that something changed, and keeps trying when the server is away.

import { eventsAddress } from "./api.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 8000;

/**
 * Follows what `person` can see. `changed()` is called for every change, on every (re)connection, and on
 * every failed attempt: then it is the fallback that fetches without the event stream. Returns a stop function.
 */
export function follow(person, changed) {
  let wait = FIRST_WAIT;
  let source = null;
  let timer = null;

  const open = () => {
    source = new EventSource(eventsAddress(person));
    source.onopen = () => {
      wait = FIRST_WAIT;
      changed();
    };
    source.onmessage = () => changed();
    source.onerror = () => {
      source.close();
      changed();
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 1.6, LONGEST_WAIT);
    };
  };

  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
