// A list to choose one or several things from, as a button with a listbox: choosing by arrow keys commits only on Enter.

import { h, icon } from "./dom.js";
import { openPopup } from "./popup.js";

const FILTER_FROM = 8;
let count = 0;

/**
 * `groups`: [{label|null, options: [{key, text, description?}]}]; `chosen`: keys.
 * `many` allows several, at most `limit`. `done(keys)` is called when the list closes with another choice than before.
 */
export function choice({ label, placeholder, groups, chosen, many = false, limit = Infinity, focusName, labelledby, describedby, done }) {
  let keys = [...chosen];
  const texts = new Map(groups.flatMap((group) => group.options.map((option) => [option.key, option.text])));
  const shown = h("span", { class: "choice-text" });
  const button = h(
    "button",
    {
      type: "button", class: "choice", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false",
      "aria-label": labelledby ? null : label, "aria-describedby": describedby, dataset: { focus: focusName },
    },
    shown, icon("down"),
  );
  if (labelledby) {
    shown.id = `choice-${(count += 1)}`;
    button.setAttribute("aria-labelledby", `${labelledby} ${shown.id}`);
  }
  const show = () => {
    const names = keys.map((key) => texts.get(key) ?? key);
    shown.textContent = names.length ? names.join(", ") : placeholder;
    shown.classList.toggle("empty", names.length === 0);
    if (!labelledby) button.setAttribute("aria-label", names.length ? `${label}: ${names.join(", ")}` : label);
  };
  const open = () => {
    const before = keys.join("\n");
    openList({
      button, label, groups, many, limit, keys,
      change: (next) => {
        keys = next;
        show();
      },
      closed: () => keys.join("\n") !== before && done(keys),
    });
  };
  button.addEventListener("click", open);
  button.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      open();
    }
  });
  show();
  return {
    node: button,
    set: (next) => {
      keys = [...next];
      show();
    },
  };
}

function openList({ button, label, groups, many, limit, keys, change, closed }) {
  const total = groups.reduce((sum, group) => sum + group.options.length, 0);
  const id = `list-${(count += 1)}`;
  const list = h("div", { role: "listbox", id, class: "options", tabIndex: -1, "aria-label": label, "aria-multiselectable": many ? "true" : null });
  const filter = total > FILTER_FROM ? h("input", { type: "text", class: "filter", placeholder: "Type to filter", "aria-label": `Filter: ${label}`, "aria-controls": id, autocomplete: "off" }) : null;
  const panel = h("div", { class: "choice-panel" }, filter, list);
  let chosen = [...keys];
  let active = null;

  const activate = (node) => {
    active?.classList.remove("active");
    active = node ?? null;
    (filter ?? list).setAttribute("aria-activedescendant", active?.id ?? "");
    active?.classList.add("active");
    active?.scrollIntoView({ block: "nearest" });
  };
  const pick = (key) => {
    if (!many) {
      chosen = [key];
      change(chosen);
      close(true);
      return;
    }
    if (chosen.includes(key)) chosen = chosen.filter((other) => other !== key);
    else if (chosen.length < limit) chosen = [...chosen, key];
    change(chosen);
    draw(key);
  };
  const draw = (activeKey = chosen[0]) => {
    const wanted = filter?.value.trim().toLowerCase() ?? "";
    list.replaceChildren(
      ...groups.map((group) => {
        const options = group.options.filter((option) => option.text.toLowerCase().includes(wanted));
        if (options.length === 0) return "";
        const nodes = options.map((option, at) =>
          h(
            "div",
            {
              role: "option", class: "option", id: `${id}-${groups.indexOf(group)}-${at}`, dataset: { key: option.key },
              "aria-selected": String(chosen.includes(option.key)), onclick: () => pick(option.key),
              onpointermove: (event) => event.currentTarget !== active && activate(event.currentTarget),
            },
            h("span", { class: "tick" }, icon("check")),
            h("span", {}, option.text, option.description && h("span", { class: "option-description" }, option.description)),
          ),
        );
        return group.label ? h("div", { role: "group", "aria-label": group.label }, h("div", { class: "group-label", "aria-hidden": "true" }, group.label), nodes) : nodes;
      }).flat(),
    );
    const nodes = [...list.querySelectorAll("[role=option]")];
    if (nodes.length === 0) list.append(h("p", { class: "nothing" }, "Nothing matches."));
    activate(nodes.find((node) => node.dataset.key === activeKey) ?? nodes[0]);
  };
  panel.addEventListener("keydown", (event) => {
    const nodes = [...list.querySelectorAll("[role=option]")];
    const at = nodes.indexOf(active);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: filter ? undefined : 0, End: filter ? undefined : nodes.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      activate(nodes[Math.max(0, Math.min(nodes.length - 1, to))]);
    } else if (event.key === "Enter" || (event.key === " " && !filter)) {
      event.preventDefault();
      if (active) pick(active.dataset.key);
    }
  });
  const close = openPopup(button, panel, closed);
  filter?.addEventListener("input", () => draw());
  draw();
  (filter ?? list).focus();
}
