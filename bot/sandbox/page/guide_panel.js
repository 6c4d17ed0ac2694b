// Shows the guide beside the workspace: one step open at a time, ticked off by what the person really does.

import { onDeed } from "./actions.js";
import { h, icon, announce } from "./dom.js";
import { face } from "./faces.js";
import { CAST, GUIDE, PILOT_CHANNEL, STEPS } from "./guide.js";
import { go } from "./route.js";
import { now, openConversation, personById } from "./workspace.js";

const STORAGE = "foreword-sandbox-guide";
const TURNED_DOWN = /^(cancel|not now|no\b|keep|back|close)/i;

export function createGuide(root, { fill, redraw }) {
  const narrow = matchMedia("(max-width: 999px)");
  const saved = JSON.parse(localStorage.getItem(STORAGE) ?? "{}");
  const done = new Set(saved.done ?? []);
  let opened = saved.open ?? !narrow.matches;
  let looking = null;
  let reached = 0;
  let tip = "";

  const save = () => localStorage.setItem(STORAGE, JSON.stringify({ done: [...done], open: opened }));
  const current = () => STEPS.find((step) => !done.has(step.title)) ?? null;

  function cast() {
    const { people, channels } = now.workspace;
    const channel = channels.find((one) => one.id === PILOT_CHANNEL) ?? channels[0] ?? null;
    const pick = ({ id, group, nth }) => {
      const known = people.find((one) => one.id === id);
      const inGroup = people.filter((one) => one.group === group);
      const inChannel = inGroup.filter((one) => channel?.members.includes(one.id));
      return known ?? inChannel[nth] ?? inGroup[nth] ?? people[0];
    };
    return { channel, ...Object.fromEntries(Object.entries(CAST).map(([name, wish]) => [name, pick(wish)])) };
  }

  onDeed((deed) => {
    if (deed.kind === "started over") {
      done.clear();
      reached = 0;
      looking = null;
      tip = "";
    }
    const step = current();
    if (step && now.workspace) follow(step, deed);
    save();
    redraw();
  });

  function follow(step, deed) {
    const wish = step.until[reached];
    const pressed = deed.kind === "pressed" || deed.kind === "submitted";
    if (wish.kind === "confirmed" && deed.kind === "pressed" && TURNED_DOWN.test(deed.label)) {
      reached = 0;
      return;
    }
    const met =
      (wish.kind === "confirmed" && pressed) ||
      (wish.kind === deed.kind && (!wish.text || deed.text.trim() === wish.text) && (!wish.label || deed.label === wish.label) &&
        (!wish.seconds || deed.seconds >= wish.seconds) && (!wish.who || deed.person === cast()[wish.who].id));
    if (!met) return;
    reached += 1;
    if (reached === step.until.length) finish(step);
  }

  function finish(step) {
    done.add(step.title);
    reached = 0;
    looking = null;
    tip = "";
    announce(`Guide: “${step.title}” is done.`);
  }

  function take(step) {
    const people = cast();
    const place = step.place === "channel" ? people.channel.id : step.place;
    if (narrow.matches) opened = false;
    save();
    const person = people[step.who].id;
    go({ person, place });
    tip = step.type ? GUIDE.filled : "";
    redraw();
    // The new person's view arrives later than the address changes, so the box and the buttons are waited for.
    if (step.type) whenThere(person, place, () => fill(step.type));
    else if (step.press) whenThere(person, place, () => beckon(() => [...document.querySelectorAll(".conversation [data-label]")].filter((node) => node.dataset.label === step.press).at(-1)));
    else if (step.clock) beckon(() => document.querySelector(`.clock-step[data-seconds="${step.clock}"]`));
  }

  function whenThere(person, place, act, tries = 50) {
    if (now.person === person && now.place === place && openConversation()) act();
    else if (tries > 0) setTimeout(() => whenThere(person, place, act, tries - 1), 60);
  }

  function beckon(find, tries = 25) {
    const node = find();
    if (!node) {
      if (tries > 0) setTimeout(() => beckon(find, tries - 1), 120);
      return;
    }
    node.scrollIntoView({ block: "center" });
    node.classList.add("beckon");
    node.focus({ preventScroll: true });
    setTimeout(() => node.classList.remove("beckon"), 4000);
  }

  const words = (text, people) =>
    text.replace(/\{(\w+)\}/g, (whole, name) => (name === "channel" ? `#${people.channel?.name}` : people[name] ? people[name].name.split(" ")[0] : whole));

  function drawStep(step, at, people, openStep) {
    const isDone = done.has(step.title);
    const person = personById(people[step.who].id);
    const isOpen = step === openStep;
    const heading = h("button", { type: "button", class: "step-head", "aria-expanded": String(isOpen), dataset: { focus: `step-${at}` }, onclick: () => ((looking = isOpen ? null : step.title), redraw()) },
      h("span", { class: "step-number" }, isDone ? icon("check") : String(at + 1)), h("span", {}, step.title, isDone && h("span", { class: "unseen" }, " (done)")));
    return h(
      "li", { class: ["step", isDone && "is-done", isOpen && "is-open"].filter(Boolean).join(" "), "aria-current": step === current() ? "step" : null },
      heading,
      isOpen && h(
        "div", { class: "step-body" },
        h("p", { class: "step-who" }, face(person), `Be ${person.name}`),
        h("p", {}, words(step.text, people)),
        step.type && h("p", { class: "step-type" }, h("code", {}, step.type)),
        h("p", { class: "step-expect" }, words(step.expect, people)),
        h("p", { class: "step-actions" },
          h("button", { type: "button", class: "button primary", dataset: { focus: `take-${at}` }, onclick: () => take(step) }, step.type ? GUIDE.fill : GUIDE.go),
          !isDone && h("button", { type: "button", class: "button quiet", dataset: { focus: `mark-${at}` }, onclick: () => (finish(step), save(), redraw()) }, GUIDE.mark)),
        step === current() && tip && h("p", { class: "step-tip", role: "status" }, tip),
      ),
    );
  }

  let drawn = "";

  function draw() {
    root.hidden = !opened;
    document.body.toggleAttribute("data-guide", opened);
    if (!opened || !now.workspace) return;
    const openStep = STEPS.find((step) => step.title === looking) ?? current();
    const mark = JSON.stringify([[...done], looking, tip, now.workspace.people]);
    if (mark === drawn) return;
    drawn = mark;
    const people = cast();
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    const scroll = root.scrollTop;
    root.replaceChildren(
      h("header", { class: "guide-head" }, h("h2", { tabIndex: -1 }, GUIDE.title), h("button", { type: "button", class: "icon-button", "aria-label": "Close the guide", dataset: { focus: "guide-close" }, onclick: () => toggle() }, icon("close"))),
      h("p", { class: "guide-lead" }, GUIDE.lead),
      h("div", { class: "guide-bar", "aria-hidden": "true" }, STEPS.map((step) => h("span", { class: done.has(step.title) ? "full" : "" }))),
      h("ol", { class: "steps" }, STEPS.map((step, at) => drawStep(step, at, people, openStep))),
      current() ? "" : h("p", { class: "guide-finished" }, GUIDE.finished),
    );
    root.scrollTop = scroll;
    if (focused) root.querySelector(`[data-focus="${focused}"]`)?.focus({ preventScroll: true });
    root.querySelector(".step.is-open")?.scrollIntoView({ block: "nearest" });
  }

  function toggle() {
    opened = !opened;
    save();
    drawn = "";
    redraw();
    // Drawing happens a moment later; only then is there something to give the focus to.
    setTimeout(() => (opened ? root.querySelector("h2") : document.querySelector(".guide-toggle"))?.focus({ preventScroll: true }), 0);
  }

  return {
    draw, toggle,
    isOpen: () => opened,
    progress: () => (now.workspace ? `${STEPS.filter((step) => done.has(step.title)).length}/${STEPS.length}` : ""),
  };
}
