// The bot's Home tab for one person.

import { press } from "./actions.js";
import { answersFor } from "./answers.js";
import { drawBlock } from "./blocks.js";
import { forget, h, keyed } from "./dom.js";
import { dayOf } from "./dates.js";
import { botName, currentView, now, surfaceBase } from "./workspace.js";

export function createHome() {
  const sheet = h("div", { class: "home-sheet blocks" });
  const note = h("p", { class: "empty-place" });
  const node = h("div", { class: "home", role: "tabpanel", "aria-label": "Home", tabIndex: 0, hidden: true }, note, sheet);
  let shown = null;

  function draw() {
    const view = currentView().home;
    const opening = now.busy.has("home");
    note.hidden = Boolean(view);
    note.textContent = opening ? "Opening the Home…" : `${botName()} has not prepared a Home for this person.`;
    if (shown !== now.person) {
      forget(sheet);
      shown = now.person;
      node.scrollTop = 0;
    }
    const base = surfaceBase();
    const surface = { ...base, answers: answersFor(`${now.person} home`), press: (block, spec, answer, button) => press({ home: true }, block, spec, answer, button) };
    const today = dayOf(base.reader.now, base.reader.tz);
    keyed(sheet, (view?.blocks ?? []).map((block, at) => ({ block, at })), {
      key: ({ block, at }) => block.block_id ?? `at-${at}`,
      print: ({ block }) => JSON.stringify([block, today]),
      build: ({ block }) => drawBlock(block, surface),
    });
  }
  return { node, draw };
}
