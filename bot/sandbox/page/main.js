// Puts the page together and starts it.

import { arrive, onDeed, refresh } from "./actions.js";
import { forgetDrafts } from "./composer.js";
import { createConversation } from "./conversation.js";
import { createGuide } from "./guide_panel.js";
import { createModal } from "./modal.js";
import { go, readRoute } from "./route.js";
import { createSidebar } from "./sidebar.js";
import { createToasts } from "./toasts.js";
import { createTopbar } from "./topbar.js";
import { changed, currentView, me, now, openConversation, watch } from "./workspace.js";
import { isUnread } from "./reads.js";

const RETRY = 2000;
const part = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 759px)");

const conversation = createConversation(part("reading"));
const guide = createGuide(part("guide"), { fill: (text) => conversation.composer.fill(text), redraw: changed });
const topbar = createTopbar(part("topbar"), guide);
const sidebar = createSidebar(part("sidebar"));
const toasts = createToasts(part("toasts"));
const modal = createModal();

let pane = null;

function draw() {
  if (now.workspace && now.person && !now.place && !narrow.matches) go({ person: now.person, place: "dm" }, { replace: true });
  const next = !now.place ? "list" : now.thread ? "thread" : "conversation";
  document.body.dataset.pane = next;
  part("connection").hidden = !now.away;
  part("connection").textContent = now.away ? "The sandbox server is not answering. This page keeps trying; what you have typed is safe." : "";
  part("loading").hidden = Boolean(currentView());
  if (now.workspace && me()) {
    sidebar.draw();
    conversation.draw();
    modal.draw();
  }
  topbar.draw();
  guide.draw();
  toasts.draw();
  nameTheTab();
  if (pane !== null && pane !== next && narrow.matches && !document.activeElement?.closest(".composer, dialog, .guide")) moveFocus(next);
  pane = next;
}

function nameTheTab() {
  const unread = (currentView()?.conversations ?? []).filter((one) => isUnread(one, now.person)).length;
  const current = openConversation();
  const where = current ? (current.kind === "dm" ? now.workspace.bot.name : `#${current.name}`) : null;
  document.title = [unread > 0 && `(${unread})`, [where, me()?.name, "Foreword sandbox"].filter(Boolean).join(" · ")].filter(Boolean).join(" ");
}

/** On a narrow screen another pane took the place of the one that held the focus. */
function moveFocus(next) {
  const goal = next === "list" ? document.querySelector(".places .row[tabindex='0']") : document.querySelector(`.${next} .pane-title`);
  goal?.focus({ preventScroll: true });
}

watch(draw);
narrow.addEventListener("change", changed);
window.addEventListener("hashchange", arrive);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
onDeed((deed) => deed.kind === "started over" && forgetDrafts());

document.querySelector("[data-skip]").addEventListener("click", (event) => {
  event.preventDefault();
  if (readRoute().place === null || now.place === "home") go({ person: now.person, place: "dm" });
  setTimeout(() => part("composer").focus(), 0);
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]") || !now.workspace) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  sidebar.step(event.shiftKey ? "person" : "place", by);
});

arrive();
await refresh();
setInterval(() => !now.workspace && refresh(), RETRY);
