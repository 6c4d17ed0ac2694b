// The middle of the page: the open channel or DM, its thread beside it, or the bot's Home.

import { join, leave, open, send, showPlaces } from "./actions.js";
import { createComposer } from "./composer.js";
import { h, icon, roving, settleTabStop } from "./dom.js";
import { createHome } from "./home.js";
import { createLog } from "./log.js";
import { openMenu } from "./popup.js";
import { markSeen, seenUntil } from "./reads.js";
import { botName, changed, currentView, me, now, openConversation } from "./workspace.js";

export function createConversation(root) {
  const log = createLog("Messages");
  const threadLog = createLog("Thread");
  const composer = createComposer({ id: "composer", send: (text, before) => send(openConversation(), text, null, before) });
  const threadComposer = createComposer({ id: "thread-composer", send: (text, before) => send(openConversation(), text, now.thread, before) });
  const home = createHome();
  const title = h("h1", { class: "pane-title", tabIndex: -1 });
  const purpose = h("p", { class: "pane-purpose" });
  const back = h("button", { type: "button", class: "icon-button only-narrow", "aria-label": "Back to places and people", onclick: showPlaces }, icon("back"));
  const more = h("button", { type: "button", class: "icon-button", "aria-label": "More about this channel", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => openMenu(more, "Channel", [{ label: `Leave ${title.textContent}`, description: "What a person who changes teams would do", danger: true, do: () => leave(now.place) }]) }, icon("dots"));
  const tabs = createTabs();
  const stranger = h("div", { class: "stranger", hidden: true });
  const who = h("button", { type: "button", class: "who-chip only-narrow", onclick: showPlaces });
  const conversation = h(
    "section", { class: "pane conversation", "aria-label": "Conversation" },
    h("header", { class: "pane-head conversation-head" }, back, h("div", { class: "pane-names" }, title, purpose), tabs.node, who, more),
    stranger, log.node, home.node, composer.node,
  );
  const threadTitle = h("p", { class: "pane-purpose" });
  const thread = h(
    "section", { class: "pane thread", "aria-label": "Thread", hidden: true },
    h("header", { class: "pane-head" }, h("div", { class: "pane-names" }, h("h2", { class: "pane-title" }, "Thread"), threadTitle), h("button", { type: "button", class: "icon-button", "aria-label": "Close the thread", onclick: () => open(now.place) }, icon("close"))),
    threadLog.node, threadComposer.node,
  );
  thread.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) open(now.place);
  });
  root.append(conversation, thread);

  let visit = null;
  let unreadAfter = null;

  function draw() {
    const view = currentView();
    root.toggleAttribute("data-ready", Boolean(view));
    if (!view || !me()) return;
    const current = openConversation();
    const isHome = now.place === "home";
    const isDm = current?.kind === "dm";
    tabs.draw(isHome ? "home" : "dm", isDm);
    conversation.firstElementChild.classList.toggle("dm-head", isDm);
    more.hidden = !current || isDm;
    home.node.hidden = !isHome;
    log.node.hidden = composer.node.hidden = !current || isHome;
    stranger.hidden = Boolean(current) || !now.place;
    who.textContent = `As ${me().name.split(" ")[0]}`;
    who.setAttribute("aria-label", `You are ${me().name}. Choose somebody else`);
    if (!current) return drawStranger();

    const channel = now.workspace.channels.find((one) => one.id === current.id);
    title.textContent = isDm ? botName() : `#${current.name}`;
    purpose.textContent = isDm ? "Only you and the app" : [people(channel?.members.length), channel?.purpose].filter(Boolean).join(" · ");
    if (isHome) {
      home.draw();
      thread.hidden = true;
      visit = null;
      return;
    }
    const name = `${now.person}/${current.id}`;
    if (visit !== name) {
      visit = name;
      unreadAfter = seenUntil(current, now.person);
    }
    const messages = [...current.messages].sort((one, other) => (one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0));
    const top = messages.filter((message) => !message.thread_ts || message.thread_ts === message.ts);
    log.draw(name, current, top, {
      unreadAfter,
      empty: isDm ? `This is your own conversation with ${botName()}.\nType / to see the commands, or ask a question in your own words.` : `Nothing has been said in #${current.name} yet.`,
    });
    composer.moveTo(name, isDm ? `Message ${botName()}` : `Message #${current.name}`);
    drawThread(current, messages, name);
    if (document.visibilityState === "visible" && shownOnScreen(conversation) && markSeen(current, now.person)) changed();
  }

  function drawThread(current, messages, name) {
    const parent = messages.find((message) => message.ts === now.thread);
    const opening = thread.hidden && Boolean(parent);
    thread.hidden = !parent;
    root.classList.toggle("with-thread", Boolean(parent));
    if (!parent) return;
    threadTitle.textContent = current.kind === "dm" ? botName() : `#${current.name}`;
    threadLog.draw(`${name}/${parent.ts}`, current, [parent, ...messages.filter((message) => message.thread_ts === parent.ts && message.ts !== parent.ts)], { inThread: true, empty: "" });
    threadComposer.moveTo(`${name}/${parent.ts}`, "Reply in the thread");
    if (opening) threadComposer.box.focus();
  }

  function drawStranger() {
    thread.hidden = true;
    const channel = now.workspace.channels.find((one) => one.id === now.place);
    title.textContent = channel ? `#${channel.name}` : "Nothing here";
    purpose.textContent = channel?.purpose ?? "";
    if (!now.place) return;
    const name = me().name;
    const mark = `${now.person} ${now.place}`;
    if (stranger.dataset.mark === mark) return;
    stranger.dataset.mark = mark;
    stranger.replaceChildren(
      h("p", {}, channel ? `${name} is not in #${channel.name}, so there is nothing to see here.` : "This place does not exist in the workspace."),
      channel ? h("button", { type: "button", class: "button primary", onclick: () => join(channel.id) }, `Join as ${name}`) : h("button", { type: "button", class: "button", onclick: () => open("dm") }, `Go to ${botName()}`),
    );
  }

  return { draw, composer };
}

const people = (count) => (count === undefined ? null : count === 1 ? "1 person" : `${count} people`);
const shownOnScreen = (node) => node.getClientRects().length > 0;

function createTabs() {
  const tab = (place, label) => h("button", { type: "button", class: "tab", role: "tab", dataset: { place }, onclick: () => open(place) }, label);
  const node = h("div", { class: "tabs", role: "tablist", "aria-label": "The app" }, tab("dm", "Messages"), tab("home", "Home"));
  roving(node, ".tab");
  node.addEventListener("keydown", (event) => {
    const to = { ArrowRight: "home", ArrowLeft: "dm" }[event.key];
    if (!to || event.altKey) return;
    event.preventDefault();
    open(to);
    node.querySelector(`[data-place=${to}]`).focus();
  });
  return {
    node,
    draw(chosen, isDm) {
      node.hidden = !isDm;
      for (const one of node.children) one.setAttribute("aria-selected", String(one.dataset.place === chosen));
      settleTabStop(node, ".tab", node.querySelector(`[data-place=${chosen}]`));
    },
  };
}
