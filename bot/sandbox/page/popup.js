// A small surface that hangs on a button: menus, lists to choose from. Escape and a click elsewhere close it.

import { h } from "./dom.js";

let current = null;

/**
 * Opens `content` under `anchor`. `onclose` is called once, whatever closed it.
 * Returns a function that closes it; `true` gives the focus back to the anchor.
 */
export function openPopup(anchor, content, onclose = () => {}) {
  current?.(false);
  content.classList.add("popup");
  content.setAttribute("popover", "manual");
  anchor.after(content);
  content.showPopover();
  place(anchor, content);

  const close = (giveBack) => {
    if (current !== close) return;
    current = null;
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", gone);
    document.removeEventListener("scroll", scrolled, true);
    const shown = content.isConnected; // else a redraw took it away, and with it whatever was half chosen
    content.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (shown) onclose();
    if (giveBack && anchor.isConnected) anchor.focus();
  };
  const gone = () => close(false);
  const scrolled = (event) => {
    if (!content.contains(event.target)) place(anchor, content);
  };
  const outside = (event) => {
    if (!content.contains(event.target) && !anchor.contains(event.target)) close(false);
  };
  content.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(true);
    } else if (event.key === "Tab") close(true);
  });
  current = close;
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("scroll", scrolled, true);
  window.addEventListener("resize", gone);
  anchor.setAttribute("aria-expanded", "true");
  return close;
}

function place(anchor, content) {
  const box = anchor.getBoundingClientRect();
  const gap = 4;
  const edge = 8;
  content.style.minWidth = `${Math.min(box.width, innerWidth - 2 * edge)}px`;
  const below = innerHeight - box.bottom - gap - edge;
  const above = box.top - gap - edge;
  const up = below < Math.min(content.scrollHeight, 220) && above > below;
  content.style.maxHeight = `${Math.min(360, Math.max(120, up ? above : below))}px`;
  content.style.left = `${Math.max(edge, Math.min(box.left, innerWidth - content.offsetWidth - edge))}px`;
  content.style.top = up ? `${box.top - gap - content.offsetHeight}px` : `${box.bottom + gap}px`;
}

/** A menu of commands under a button: arrow keys move, Enter does. `items`: [{label, description?, danger?, do}]. */
export function openMenu(anchor, label, items) {
  const entries = items.map((item) =>
    h(
      "button",
      { type: "button", class: item.danger ? "menu-item danger-text" : "menu-item", role: "menuitem", tabIndex: -1, onclick: () => (close(true), item.do()) },
      h("span", {}, item.label),
      item.description && h("span", { class: "option-description" }, item.description),
    ),
  );
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label }, entries);
  menu.addEventListener("keydown", (event) => {
    const at = entries.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + entries.length, Home: 0, End: entries.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    entries[to % entries.length].focus();
  });
  const close = openPopup(anchor, menu);
  entries[0]?.focus();
}
