// A running list of messages that stays where the reader is: at the end when they were at the end, else put.

import { dayHeading, dayOf } from "./dates.js";
import { forget, h, icon, keyed, roving, settleTabStop } from "./dom.js";
import { drawMessage } from "./message.js";
import { now, reader } from "./workspace.js";

const TOGETHER = 300;
const NEAR_END = 80;

export function createLog(label) {
  const list = h("div", { class: "log", role: "log", "aria-label": label, "aria-live": "polite", "aria-relevant": "additions" });
  const newer = h("button", { type: "button", class: "newer", hidden: true, onclick: () => toEnd(true) }, icon("arrow"), "New messages");
  const node = h("div", { class: "log-frame" }, list, newer);
  let shown = null;
  let last = "";

  roving(list, ".message");
  const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
  const toEnd = (byHand) => {
    list.scrollTop = list.scrollHeight;
    newer.hidden = true;
    if (byHand) list.querySelector(".message:last-of-type")?.focus();
  };
  list.addEventListener("scroll", () => {
    if (atEnd()) newer.hidden = true;
  });
  new ResizeObserver(() => {
    if (stuck) list.scrollTop = list.scrollHeight;
  }).observe(list);
  let stuck = true;
  list.addEventListener("scroll", () => (stuck = atEnd()), { passive: true });

  /**
   * `name` says which list this is: another name starts afresh at the end. `unreadAfter`: ts of the last message seen
   * before this visit, or null. `inThread` leaves out what only makes sense outside.
   */
  function draw(name, conversation, messages, { unreadAfter = null, inThread = false, empty }) {
    const fresh = shown !== name;
    if (fresh) {
      forget(list);
      shown = name;
    }
    const stay = !fresh && !atEnd();
    const who = reader();
    list.setAttribute("aria-label", label);
    keyed(list, arrange(messages, who, unreadAfter, empty), {
      key: (item) => item.key,
      print: (item) => item.print,
      build: (item) => item.build(conversation, inThread),
    });
    settleTabStop(list, ".message", list.contains(document.activeElement) ? null : list.querySelector(".message:last-of-type"));
    const end = messages.at(-1)?.ts ?? "";
    if (fresh || !stay) toEnd(false);
    else if (end > last) newer.hidden = false;
    last = end;
  }

  return { node, list, draw };
}

function arrange(messages, who, unreadAfter, empty) {
  if (messages.length === 0) return [{ key: "empty", print: empty, build: () => h("div", { class: "empty-place" }, empty.split("\n").map((line) => h("p", {}, line))) }];
  const today = dayOf(who.now, who.tz);
  const items = [];
  let before = null;
  let divided = unreadAfter === null;
  for (const message of messages) {
    const epoch = Number.parseFloat(message.ts);
    const day = dayOf(epoch, who.tz);
    const newDay = !before || dayOf(Number.parseFloat(before.ts), who.tz) !== day;
    if (newDay) items.push({ key: `day-${day}`, print: today, build: () => h("div", { class: "day" }, h("span", {}, dayHeading(epoch, who))) });
    const firstNew = !divided && message.ts > unreadAfter && message.user !== who.id;
    if (firstNew) {
      items.push({ key: "new", print: "", build: () => h("div", { class: "new-mark" }, h("span", {}, "New")) });
      divided = true;
    }
    const follows = !newDay && !firstNew && !before.subtype && before.user === message.user && before.name === message.name && before.bot === message.bot && before.ephemeral === message.ephemeral && epoch - Number.parseFloat(before.ts) < TOGETHER;
    items.push({
      key: `${message.ts}${message.ephemeral ? "e" : ""}`,
      print: JSON.stringify([message, follows, today, now.person]),
      build: (conversation, inThread) => drawMessage(message, conversation, { follows, inThread }),
    });
    before = message;
  }
  return items;
}
