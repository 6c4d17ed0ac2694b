// Where a person types: Enter sends, Shift+Enter makes a new line, "/" offers the commands, and a draft is never lost.

import { h, icon } from "./dom.js";
import { now } from "./workspace.js";

const drafts = new Map();
export const forgetDrafts = () => drafts.clear();

export function createComposer({ id, send }) {
  let place = null;
  let offered = [];
  let active = 0;
  const listId = `${id}-commands`;
  const box = h("textarea", { id, class: "composer-text", rows: 1, "aria-autocomplete": "list", "aria-controls": listId, "aria-expanded": "false", autocomplete: "off", spellcheck: true });
  const list = h("div", { class: "commands", id: listId, role: "listbox", "aria-label": "Commands", hidden: true });
  const hint = h("p", { class: "composer-hint", id: `${id}-hint` });
  const button = h("button", { type: "submit", class: "button primary send", "aria-label": "Send" }, icon("send"));
  const form = h("form", { class: "composer", onsubmit: (event) => (event.preventDefault(), submit()) }, list, h("div", { class: "composer-row" }, box, button), hint);
  box.setAttribute("aria-describedby", hint.id);

  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 180)}px`;
  };

  let waiting = 0;
  let before = Promise.resolve();

  /** Sends what is typed. One can type on at once: what follows is sent in its turn. */
  async function submit() {
    const text = box.value.trim();
    if (!text) return;
    const from = place;
    const sending = send(text, before);
    setText("");
    waiting += 1;
    form.setAttribute("aria-busy", "true");
    before = sending;
    const taken = await sending;
    waiting -= 1;
    if (waiting === 0) form.removeAttribute("aria-busy");
    if (taken) return;
    if (place === from && !box.value) setText(text);
    else if (!drafts.get(from)) drafts.set(from, text);
  }

  function setText(text) {
    box.value = text;
    drafts.set(place, text);
    grow();
    suggest();
  }

  function suggest() {
    const commands = now.workspace?.commands ?? [];
    const typed = box.value;
    offered = /^\/\S*$/.test(typed) ? commands.filter((one) => one.command.startsWith(typed.toLowerCase())) : [];
    active = 0;
    drawList();
    const whole = commands.find((one) => typed === one.command || typed.startsWith(`${one.command} `));
    hint.textContent = whole?.hint ? `${whole.command} ${whole.hint}` : "Enter sends, Shift+Enter starts a new line, / lists the commands";
    hint.classList.toggle("command-hint", Boolean(whole?.hint));
  }

  function drawList() {
    list.hidden = offered.length === 0;
    box.setAttribute("aria-expanded", String(offered.length > 0));
    list.replaceChildren(
      ...offered.map((one, at) =>
        h(
          "div",
          { class: at === active ? "command active" : "command", role: "option", id: `${listId}-${at}`, "aria-selected": String(at === active), onpointerdown: (event) => (event.preventDefault(), choose(at)) },
          h("span", { class: "command-name" }, one.command), one.hint && h("span", { class: "command-args" }, one.hint), h("span", { class: "command-what" }, one.description),
        ),
      ),
    );
    if (offered.length) box.setAttribute("aria-activedescendant", `${listId}-${active}`);
    else box.removeAttribute("aria-activedescendant");
    list.children[active]?.scrollIntoView({ block: "nearest" });
  }

  function choose(at) {
    setText(`${offered[at].command} `);
    box.focus();
  }

  box.addEventListener("input", () => {
    drafts.set(place, box.value);
    grow();
    suggest();
  });
  box.addEventListener("blur", () => (list.hidden = true));
  box.addEventListener("focus", suggest);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const listing = offered.length > 0 && !list.hidden;
    if (listing && !event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      active = (active + (event.key === "ArrowDown" ? 1 : -1) + offered.length) % offered.length;
      drawList();
    } else if (listing && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey && offered[active].command !== box.value) {
      event.preventDefault();
      choose(active);
    } else if (listing && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      offered = [];
      drawList();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });

  return {
    node: form,
    box,
    /** Shows the draft of this place; `label` names it for everybody. */
    moveTo(name, label) {
      box.placeholder = label;
      box.setAttribute("aria-label", label);
      if (place === name) return;
      place = name;
      box.value = drafts.get(name) ?? "";
      grow();
      suggest();
      if (document.activeElement !== box) list.hidden = true;
    },
    /** Puts a text in, ready to be sent by the person. */
    fill(text) {
      setText(text);
      box.focus();
      box.setSelectionRange(text.length, text.length);
    },
  };
}
