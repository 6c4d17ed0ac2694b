// What the page knows at this moment: the workspace, who the person is, what that person can see, and what is under way.

import { textObject } from "./mrkdwn.js";

const views = new Map();
const watchers = new Set();

export const now = {
  /** The server's answer about the workspace, or null before the first one. */
  workspace: null,
  person: null,
  place: null,
  thread: null,
  /** True when the last attempt to reach the server failed. */
  away: false,
  /** Names of what is being waited for, such as "clock" or "submit". */
  busy: new Set(),
  /** The page's own notices: [{id, text, link?, kind?}]. The server's are in the view. */
  notices: [],
};

export const currentView = () => views.get(now.person) ?? null;
export const personById = (id) => now.workspace?.people.find((person) => person.id === id) ?? null;
export const me = () => personById(now.person);
export const botName = () => now.workspace?.bot.name ?? "the bot";

/** The clock is the newest that any answer told. */
export const clock = () => currentView()?.clock ?? now.workspace?.clock ?? null;

export function keepView(person, view) {
  views.set(person, view);
}

/** A modal seen earlier may be gone: until the server has answered again, none is shown. */
export function hideModal(person) {
  const view = views.get(person);
  if (view) views.set(person, { ...view, modal: null });
}

export function forgetViews() {
  views.clear();
}

/** The conversation that is open, or null (the Home, a channel the person is not in, nothing yet). */
export function openConversation() {
  const conversations = currentView()?.conversations ?? [];
  if (now.place === "dm" || now.place === "home") return conversations.find((one) => one.kind === "dm") ?? null;
  return conversations.find((one) => one.id === now.place) ?? null;
}

/** Whoever reads: their zone and the names they would see, for everything that turns text into nodes. */
export function reader() {
  const person = me();
  return {
    id: now.person,
    tz: person?.tz ?? "UTC",
    now: clock()?.epoch ?? 0,
    personName: (id) => (id === now.workspace?.bot.user_id ? now.workspace.bot.name : (personById(id)?.name ?? null)),
    channelName: (id) => now.workspace?.channels.find((channel) => channel.id === id)?.name ?? null,
  };
}

/** What all surfaces with blocks share; the caller adds `answers` and `press`. */
export function surfaceBase() {
  const who = reader();
  return { reader: who, text: (value) => textObject(value, who), places: { people: now.workspace.people, channels: now.workspace.channels } };
}

export function watch(redraw) {
  watchers.add(redraw);
}

let drawing = false;

/** Something changed: everybody redraws once, soon. */
export function changed() {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    for (const redraw of watchers) redraw();
  });
}
