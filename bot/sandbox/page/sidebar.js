// The left column: who the person is now, the places they see, and everybody else they could be.

import { be, join, open } from "./actions.js";
import { h, icon, keyed, roving, settleTabStop } from "./dom.js";
import { face } from "./faces.js";
import { GROUP_HINTS } from "./guide.js";
import { isUnread } from "./reads.js";
import { botName, currentView, me, now } from "./workspace.js";

export function createSidebar(root) {
  const card = h("div", { class: "me" });
  const places = h("ul", { class: "places", "aria-label": "Places" });
  const others = h("ul", { class: "places other-places", "aria-label": "Channels to join" });
  const joinable = h("details", { class: "joinable" }, h("summary", {}, "Channels to join"), others);
  const people = h("div", { class: "people" });
  root.append(
    card,
    h("h2", { class: "side-heading" }, "Places"), places, joinable,
    h("h2", { class: "side-heading" }, "Be somebody else"), people,
    h("p", { class: "keys" }, h("kbd", {}, "Alt"), " + ", h("kbd", {}, "↑ ↓"), " places", h("br"), h("kbd", {}, "Alt Shift"), " + ", h("kbd", {}, "↑ ↓"), " people"),
  );
  roving(places, ".row");
  roving(people, ".row");
  roving(others, ".row");

  function drawCard() {
    const person = me();
    const mark = JSON.stringify(person);
    if (card.dataset.mark === mark) return;
    card.dataset.mark = mark;
    card.replaceChildren(
      face(person),
      h("div", {}, h("p", { class: "me-label" }, "You are"), h("p", { class: "me-name" }, person.name), h("p", { class: "me-title" }, person.title)),
      h("p", { class: "me-hint" }, GROUP_HINTS[person.group] ?? ""),
    );
  }

  function drawPlaces() {
    const rows = (currentView()?.conversations ?? []).map((one) => ({
      id: one.id, dm: one.kind === "dm", place: one.kind === "dm" ? "dm" : one.id, name: one.kind === "dm" ? botName() : one.name,
      here: one.kind === "dm" ? now.place === "dm" || now.place === "home" : now.place === one.id, unread: isUnread(one, now.person),
    }));
    rows.sort((one, other) => Number(other.dm) - Number(one.dm));
    keyed(places, rows, {
      key: (row) => row.place,
      print: (row) => JSON.stringify(row),
      build: (row) =>
        h("li", {}, h(
          "button", { type: "button", class: row.unread ? "row place unread" : "row place", "aria-current": row.here ? "page" : null, dataset: { focus: `place-${row.place}`, place: row.place }, onclick: () => open(row.place) },
          row.dm ? face({ name: row.name, bot: true }) : h("span", { class: "hash", "aria-hidden": "true" }, "#"),
          h("span", { class: "row-name" }, row.name), row.dm && h("span", { class: "badge" }, "App"),
          row.unread && h("span", { class: "dot" }, h("span", { class: "unseen" }, "unread")),
        )),
    });
    settleTabStop(places, ".row", places.contains(document.activeElement) ? null : places.querySelector("[aria-current]"));
    const seen = new Set(rows.map((row) => row.id));
    const elsewhere = now.workspace.channels.filter((channel) => !seen.has(channel.id));
    joinable.hidden = elsewhere.length === 0 || !currentView();
    keyed(others, elsewhere, {
      key: (channel) => channel.id,
      print: (channel) => channel.name,
      build: (channel) => h("li", {}, h("button", { type: "button", class: "row", dataset: { focus: `join-${channel.id}` }, onclick: () => (open(channel.id), join(channel.id)) }, icon("plus"), h("span", { class: "row-name" }, channel.name), h("span", { class: "row-act" }, "Join"))),
    });
    settleTabStop(others, ".row");
  }

  function drawPeople() {
    const groups = [...new Set(now.workspace.people.map((person) => person.group))];
    keyed(people, groups, {
      key: (group) => group,
      print: (group) => JSON.stringify([now.person, now.workspace.people.filter((person) => person.group === group)]),
      build: (group) =>
        h(
          "section", { class: "people-group", "aria-label": group },
          h("h3", { class: "group-name" }, group), h("p", { class: "group-hint" }, GROUP_HINTS[group] ?? ""),
          now.workspace.people.filter((person) => person.group === group).map((person) =>
            h(
              "button", { type: "button", class: "row person", "aria-pressed": String(person.id === now.person), dataset: { focus: `be-${person.id}`, person: person.id }, onclick: () => be(person.id) },
              face(person), h("span", { class: "row-name" }, person.name, h("span", { class: "row-title" }, person.title)),
            ),
          ),
        ),
    });
    settleTabStop(people, ".row", people.contains(document.activeElement) ? null : people.querySelector("[aria-pressed=true]"));
  }

  /** The place or person `by` steps further down the list, going round at the ends. */
  function step(kind, by) {
    if (kind === "person") {
      const all = [...people.querySelectorAll(".row")].map((row) => row.dataset.person);
      be(all[(all.indexOf(now.person) + by + all.length) % all.length]);
    } else {
      const all = [...places.querySelectorAll(".row")].map((row) => row.dataset.place);
      const at = all.indexOf(now.place === "home" ? "dm" : now.place);
      if (all.length) open(all[(at + by + all.length) % all.length]);
    }
  }

  return {
    step,
    draw() {
      if (!me()) return;
      drawCard();
      drawPlaces();
      drawPeople();
    },
  };
}
