// The frame of every dialog: labelled, focus kept inside, Escape heard, the focus given back afterwards.

import { h, icon } from "./dom.js";

let count = 0;
const FOCUSABLE = "a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), [tabindex='0']";

/**
 * Opens a dialog. `escaped()` is called for Escape and the close button, and decides; `closed()` after it is gone.
 * Returns `{node, heading, body, footer, close()}`.
 */
export function openDialog({ title, kind = "modal", role = "dialog", body, footer, giveBack = document.activeElement, closeLabel = "Close", escaped, closed = () => {} }) {
  const id = `dialog-${(count += 1)}`;
  const heading = h("h2", { id, class: "dialog-title" }, title);
  const shut = h("button", { type: "button", class: "icon-button", "aria-label": closeLabel, onclick: () => escaped() }, icon("close"));
  const content = h("div", { class: "dialog-body" }, body);
  const foot = h("div", { class: "dialog-footer" }, footer);
  const node = h("dialog", { class: `dialog ${kind}`, role, "aria-modal": "true", "aria-labelledby": id }, h("div", { class: "dialog-frame" }, h("div", { class: "dialog-head" }, heading, shut), content, foot));
  const backTo = giveBack?.dataset?.focus;

  node.addEventListener("cancel", (event) => {
    if (event.target !== node) return;
    event.preventDefault();
    escaped();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      escaped();
    } else if (event.key === "Tab") keepInside(node, event);
  });
  document.body.append(node);
  node.showModal();
  return {
    node, heading, body: content, footer: foot,
    close() {
      if (!node.isConnected) return;
      node.dispatchEvent(new CustomEvent("leaving"));
      node.close();
      node.remove();
      const twin = backTo && [...document.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === backTo);
      const goal = giveBack?.isConnected ? giveBack : twin;
      (goal && goal !== document.body ? goal : document.getElementById("composer"))?.focus({ preventScroll: true });
      closed();
    },
  };
}

function keepInside(node, event) {
  const all = [...node.querySelectorAll(FOCUSABLE)].filter((one) => one.getClientRects().length > 0 && one.tabIndex >= 0);
  if (all.length === 0) return;
  const [first, last] = [all[0], all.at(-1)];
  const inside = all.includes(document.activeElement);
  if (event.shiftKey && (document.activeElement === first || !inside)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}

/** The dialog on top, where notices must go to stay reachable, or null. */
export const topDialog = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? null;
