// A yes-or-no question on top of everything else, as Slack shows before a button that matters.

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { surfaceBase } from "./workspace.js";

/** Asks with Slack's confirm object; resolves to true for yes. The focus goes back to `node` afterwards. */
export function ask(question, node) {
  return new Promise((resolve) => {
    let answer = false;
    const { text } = surfaceBase();
    const yes = h("button", { type: "button", class: `button ${question.style === "danger" ? "danger" : "primary"}`, onclick: () => ((answer = true), dialog.close()) }, withEmoji(question.confirm?.text ?? "Yes"));
    const no = h("button", { type: "button", class: "button", onclick: () => dialog.close() }, withEmoji(question.deny?.text ?? "Cancel"));
    const dialog = openDialog({
      title: withEmoji(question.title?.text ?? "Are you sure?"), kind: "confirm", role: "alertdialog",
      body: h("div", { class: "text" }, text(question.text)), footer: [no, yes], giveBack: node,
      escaped: () => dialog.close(), closed: () => resolve(answer),
    });
    no.focus();
  });
}
