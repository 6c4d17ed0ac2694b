// The strip above everything: what this is, what time it is for the person, moving the clock, starting over, the guide.

import { advance, startOver } from "./actions.js";
import { fullMoment, shortDate, timeOf, zoneName } from "./dates.js";
import { h, icon } from "./dom.js";
import { clock, me, now } from "./workspace.js";

const STEPS = [["+1 hour", "1 hour", 3600], ["+1 day", "1 day", 86400], ["+1 week", "1 week", 604800]];

export function createTopbar(root, guide) {
  const date = h("span", { class: "clock-day" });
  const year = h("span", { class: "clock-year" });
  const time = h("span", { class: "clock-time" });
  const place = h("span", { class: "clock-zone" });
  const face = h("time", { class: "clock-face" }, time, h("span", { class: "clock-date" }, date, year), place);
  const steps = STEPS.map(([label, words, seconds]) => h("button", { type: "button", class: "button quiet clock-step", dataset: { seconds: String(seconds), focus: `clock-${seconds}` }, "aria-label": `Move the clock forward ${words}`, onclick: () => !now.busy.has("clock") && advance(seconds) }, label));
  const reset = h("button", { type: "button", class: "button quiet", dataset: { focus: "start-over" }, onclick: () => startOver(reset) }, icon("restart"), h("span", { class: "wide-label" }, "Start over"));
  reset.setAttribute("aria-label", "Start over");
  const count = h("span", { class: "guide-count" });
  const book = h("button", { type: "button", class: "button quiet guide-toggle", "aria-controls": "guide", dataset: { focus: "guide-toggle" }, onclick: () => guide.toggle() }, icon("guide"), h("span", {}, "Guide"), count);
  root.append(
    h("p", { class: "wordmark" }, "Foreword", h("span", { class: "wordmark-what" }, "sandbox")),
    h("div", { class: "clock", role: "group", "aria-label": "The sandbox’s clock" }, face, h("div", { class: "clock-steps" }, steps)),
    h("div", { class: "topbar-end" }, reset, book),
  );

  return {
    draw() {
      const moment = clock();
      const person = me();
      root.classList.toggle("waiting", now.busy.has("clock"));
      for (const step of steps) step.setAttribute("aria-disabled", String(!moment || now.busy.has("clock")));
      book.setAttribute("aria-expanded", String(guide.isOpen()));
      count.textContent = guide.progress();
      if (!moment || !person) return;
      const written = shortDate(moment.epoch, person.tz);
      date.textContent = written.slice(0, -5);
      year.textContent = written.slice(-5);
      time.textContent = timeOf(moment.epoch, person.tz);
      place.textContent = `in ${zoneName(person.tz)}`;
      face.setAttribute("datetime", new Date(moment.epoch * 1000).toISOString());
      face.title = `${fullMoment(moment.epoch, person.tz)}, ${person.tz}`;
    },
  };
}
