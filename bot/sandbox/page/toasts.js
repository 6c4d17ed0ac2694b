// Short notices at the edge of the page, the server's and the page's own; each stays until it is dismissed.

import { dismiss } from "./actions.js";
import { topDialog } from "./dialog.js";
import { h, icon, keyed } from "./dom.js";
import { link } from "./inline.js";
import { currentView, now } from "./workspace.js";

export function createToasts(region) {
  const list = h("div", { class: "toast-list" });
  region.append(list);

  /** What lies under a dialog cannot be reached, so the notices move into the one on top. */
  function settle() {
    const home = topDialog() ?? document.body;
    if (region.parentNode !== home) home.append(region);
  }
  new MutationObserver(() => {
    for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("leaving", () => document.body.append(region), { once: true });
    settle();
  }).observe(document.body, { childList: true });

  return {
    draw() {
      const told = (currentView()?.toasts ?? []).map((toast, at) => ({ id: `server-${at}`, text: toast.text, kind: "error" }));
      keyed(list, [...told, ...now.notices.slice(-3)], {
        key: (toast) => toast.id,
        print: (toast) => JSON.stringify(toast),
        build: (toast) =>
          h(
            "div", { class: `toast ${toast.kind ?? ""}`, role: toast.kind === "error" ? "alert" : "status" },
            h("p", {}, toast.text, toast.link && [" ", link(toast.link, toast.link)]),
            h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", onclick: () => dismiss(toast.id) }, icon("close")),
          ),
      });
      settle();
    },
  };
}
