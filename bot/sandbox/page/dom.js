// The only place that makes elements: everything people wrote becomes text nodes here, never markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Builds an element. `props` may hold `class`, `dataset`, `on<event>` listeners, DOM properties
 * (`value`, `checked`, `hidden`, …) and attributes; `null`, `undefined` and `false` are left out.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && !name.includes("-") && !READ_ONLY.has(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const READ_ONLY = new Set(["list", "form", "role", "popover", "href", "type", "id"]);

/** A piece of a drawing. */
export function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** A small line drawing that stands beside words and is silent to screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const ICONS = {
  back: "M12 4.5 6.5 10l5.5 5.5",
  close: "M5 5l10 10M15 5 5 15",
  down: "M5.5 8 10 12.5 14.5 8",
  send: "M3.5 10h12M10.5 5l5 5-5 5",
  reply: "M4 5h12v8H9l-4 3v-3H4z",
  restart: "M15.5 10a5.5 5.5 0 1 1-1.8-4.1M14 2.8v3.4h-3.4",
  guide: "M10 5.5C8.5 4.3 6.5 4 3.5 4v11c3 0 5 .3 6.5 1.5 1.5-1.2 3.5-1.5 6.5-1.5V4c-3 0-5 .3-6.5 1.5zm0 0v11",
  dots: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  file: "M5.5 3h6l3.5 3.5V17h-9.5zM11.5 3v3.5H15",
  check: "M4.5 10.5 8.5 14.5 15.5 6",
  eye: "M2.5 10S5.3 5 10 5s7.5 5 7.5 5-2.8 5-7.5 5-7.5-5-7.5-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  plus: "M10 4v12M4 10h12",
  arrow: "M10 4v12M5 11l5 5 5-5",
};

const lists = new WeakMap();

/**
 * Brings the children of `container` in line with `items`, touching only what differs.
 * A child is kept as long as its `print` is the same, so that focus, carets and open menus survive.
 */
export function keyed(container, items, { key, print, build }) {
  const before = lists.get(container) ?? new Map();
  const after = new Map();
  let cursor = container.firstChild;
  for (const item of items) {
    const name = key(item);
    const mark = print(item);
    let entry = before.get(name);
    if (!entry || entry.mark !== mark) {
      const node = build(item);
      if (entry) {
        if (cursor === entry.node) cursor = node;
        replaceKeepingFocus(entry.node, node);
      }
      entry = { node, mark };
    }
    after.set(name, entry);
    if (entry.node === cursor) cursor = cursor.nextSibling;
    else container.insertBefore(entry.node, cursor);
  }
  for (const [name, entry] of before) if (!after.has(name)) entry.node.remove();
  lists.set(container, after);
}

/** Empties a container filled by `keyed`, so that the next call builds everything anew. */
export function forget(container) {
  lists.delete(container);
  container.replaceChildren();
}

/** Swaps a node; when the focus was inside, it goes to the element with the same `data-focus`. */
export function replaceKeepingFocus(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  if (!focused) return;
  const name = focused.dataset.focus;
  const twin = name && [...fresh.querySelectorAll("[data-focus]")].find((node) => node.dataset.focus === name);
  if (twin) {
    twin.focus({ preventScroll: true });
    if ("selectionStart" in focused && focused.selectionStart !== null && "setSelectionRange" in twin) {
      try {
        twin.setSelectionRange(focused.selectionStart, focused.selectionEnd);
      } catch (error) {
        if (!(error instanceof DOMException)) throw error; // number and e-mail boxes have no caret to restore
      }
    }
    return;
  }
  const home = fresh.matches("[tabindex]") ? fresh : fresh.closest("[tabindex]") ?? fresh.querySelector("[tabindex], button, a[href]");
  home?.focus({ preventScroll: true });
}

/** Arrow keys, Home and End move the focus inside a list; Tab leaves it. One item is in the tab order. */
export function roving(container, selector) {
  const items = () => [...container.querySelectorAll(selector)].filter((node) => node.getClientRects().length > 0);
  container.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = items();
    const at = all.indexOf(event.target);
    if (at < 0) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const goal = all[Math.max(0, Math.min(all.length - 1, to))];
    for (const node of all) node.tabIndex = node === goal ? 0 : -1;
    goal.focus();
  });
}

/** Keeps exactly one item of a roving list in the tab order: `chosen` when given, else the last one used, else the first. */
export function settleTabStop(container, selector, chosen = null) {
  const all = [...container.querySelectorAll(selector)];
  const stop = chosen ?? all.find((node) => node === document.activeElement) ?? all.find((node) => node.tabIndex === 0) ?? all[0];
  for (const node of all) node.tabIndex = node === stop ? 0 : -1;
}

/** Says something to screen readers only. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
