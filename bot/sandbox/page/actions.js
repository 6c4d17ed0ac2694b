// What a person does on the page, one function each: ask the server, then show what that person can see now.

import * as api from "./api.js";
import { forgetAnswers } from "./answers.js";
import { ask } from "./confirm.js";
import { announce } from "./dom.js";
import { fullMoment, zoneName } from "./dates.js";
import { follow } from "./live.js";
import { forgetSeen } from "./reads.js";
import { go, readRoute } from "./route.js";
import { changed, clock, forgetViews, hideModal, keepView, me, now, personById } from "./workspace.js";

const deeds = new EventTarget();

/** Calls `hear({kind, …})` after each thing a person did; the guide ticks its steps off by it. */
export const onDeed = (hear) => deeds.addEventListener("deed", (event) => hear(event.detail));
const did = (detail) => deeds.dispatchEvent(new CustomEvent("deed", { detail }));

let noticeCount = 0;

export function notice(text, extra = {}) {
  if (now.notices.some((one) => one.text === text)) return;
  now.notices = [...now.notices, { id: `own-${(noticeCount += 1)}`, text, ...extra }];
  changed();
}

export async function dismiss(id) {
  if (id.startsWith("own-")) now.notices = now.notices.filter((one) => one.id !== id);
  else await attempt("dismiss", () => api.dismiss(now.person));
  changed();
}

/** Runs one request; a refusal becomes a notice. Resolves to the answer, or null when it failed. */
async function attempt(name, request) {
  now.busy.add(name);
  now.notices = []; // they were about what was done before
  changed();
  try {
    const answer = await request();
    await refresh();
    return answer;
  } catch (error) {
    if (error instanceof api.Away) now.away = true;
    else if (!(error instanceof api.Refused)) throw error;
    notice(error.message, { kind: "error" });
    await refresh();
    return null;
  } finally {
    now.busy.delete(name);
    changed();
  }
}

let running = null;
let again = false;

/** Fetches what the person can see. Calls that arrive meanwhile share one more fetch. */
export function refresh() {
  again = true;
  running ??= (async () => {
    while (again) {
      again = false;
      await fetchView();
    }
  })().finally(() => (running = null));
  return running;
}

async function fetchView() {
  try {
    if (!now.workspace || now.away) now.workspace = await api.workspace();
    settlePerson();
    const person = now.person;
    const view = await api.view(person);
    keepView(person, view);
    now.away = false;
  } catch (error) {
    if (error instanceof api.Away) now.away = true;
    else if (error instanceof api.Refused) notice(error.message, { kind: "error" });
    else throw error;
  }
  changed();
}

/** An unknown person in the address gives way to the first one of the workspace. */
function settlePerson() {
  if (personById(now.person)) return;
  const first = now.workspace.people[0];
  go({ ...readRoute(), person: first.id }, { replace: true });
  arrive();
}

let unfollow = null;

/** Reads the address and shows that person and place. */
export function arrive() {
  const route = readRoute();
  const other = route.person !== now.person;
  const place = route.place !== now.place;
  Object.assign(now, route);
  if (now.workspace && !personById(now.person)) return void settlePerson();
  if (other && now.person) {
    hideModal(now.person);
    now.notices = [];
    unfollow?.();
    unfollow = follow(now.person, refresh);
    if (me()) announce(`You are now ${me().name}.`);
  }
  if (route.place === "home" && (other || place) && now.person) attempt("home", () => api.openHome(now.person));
  changed();
}

export function be(person) {
  go({ person, place: now.place });
  did({ kind: "became", person });
}

export const open = (place) => go({ person: now.person, place });
export const openThread = (ts) => go({ person: now.person, place: now.place, thread: ts });
export const showPlaces = () => go({ person: now.person });

/** Sends what was typed, once `before` is settled; resolves to true when the server took it. */
export async function send(conversation, text, thread, before) {
  const as = now.person;
  const isCommand = text.startsWith("/") && !text.startsWith("//");
  if (isCommand && thread) {
    notice("Slash commands do not work in threads, here as in Slack. Type it in the channel.");
    return false;
  }
  await before;
  const answer = await attempt("send", () => (isCommand ? api.command(as, conversation.id, text) : api.message(as, conversation.id, text, thread)));
  // The app may have failed to answer: the server shows why, and the words are given back.
  const taken = Boolean(answer) && !answer.failure;
  if (taken) did({ kind: "sent", person: as, text });
  return taken;
}

/** Presses an element. Resolves to false when the person said no to its confirm dialog. */
export async function press(where, block, spec, answer, node) {
  if (spec.confirm && !(await ask(spec.confirm, node))) return false;
  node?.setAttribute("aria-busy", "true");
  const told = await attempt("press", () => api.click({ as: now.person, ...where, block_id: block.block_id, action_id: spec.action_id, ...answer }));
  node?.removeAttribute("aria-busy");
  if (!told) return true;
  if (!told.failure) did({ kind: "pressed", person: now.person, label: spec.text?.text ?? "" });
  const address = told.url ?? spec.url;
  if (address) notice("In Slack, this opens a page in the browser:", { link: address });
  return true;
}

export async function submit(viewId, values) {
  const answer = await attempt("submit", () => api.submit(now.person, viewId, values));
  if (answer && !answer.failure && !answer.errors) did({ kind: "submitted", person: now.person });
  return answer;
}

export const closeModal = (viewId) => attempt("close", () => api.close(now.person, viewId));
export const join = (channel) => attempt("join", () => comeOrGo(api.join(now.person, channel)));
export const leave = (channel) => attempt("leave", () => comeOrGo(api.leave(now.person, channel)));

/** Who is in which channel is part of the workspace, which is otherwise fetched only once. */
async function comeOrGo(request) {
  const answer = await request;
  now.workspace = await api.workspace();
  return answer;
}

export async function advance(seconds) {
  const answer = await attempt("clock", () => api.advance(seconds));
  if (!answer) return;
  const tz = me().tz;
  announce(`It is now ${fullMoment(clock().epoch, tz)} in ${zoneName(tz)}.`);
  did({ kind: "advanced", seconds });
}

export async function startOver(node) {
  const sure = await ask(
    {
      title: { text: "Start over?" },
      text: { type: "plain_text", text: "Everything that happened in this sandbox is thrown away: messages, launches, receipts. The clock goes back to the first day." },
      confirm: { text: "Start over" }, deny: { text: "Keep playing" }, style: "danger",
    },
    node,
  );
  if (!sure) return;
  const answer = await attempt("reset", async () => {
    const done = await api.startOver();
    forgetSeen();
    forgetAnswers();
    forgetViews();
    now.notices = [];
    now.workspace = await api.workspace();
    return done;
  });
  if (!answer) return;
  did({ kind: "started over" });
  if (now.place === "home") await attempt("home", () => api.openHome(now.person));
  announce("The sandbox has started over.");
}

