// The app's modal on top of the page: drawn block by block, so that an update leaves alone what the person is typing in.

import { closeModal, press, submit } from "./actions.js";
import { answersFor } from "./answers.js";
import { answerable, drawBlock } from "./blocks.js";
import { openDialog } from "./dialog.js";
import { forget, h, keyed } from "./dom.js";
import { isAnswered } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { currentView, now, surfaceBase } from "./workspace.js";

const MISSING = "Please fill this in.";

export function createModal() {
  let dialog = null;
  let viewId = null;
  let own = {};
  let toldErrors = "null";
  let giveBack = null;

  function draw() {
    const modal = currentView()?.modal ?? null;
    if (!modal) {
      if (dialog) dialog.close();
      return;
    }
    if (!dialog) {
      giveBack = document.activeElement;
      dialog = openDialog({ title: "", kind: "modal", body: null, footer: null, giveBack, escaped: () => closeModal(viewId), closed: () => ((dialog = null), (viewId = null)) });
      dialog.node.addEventListener("keydown", quickSubmit);
    }
    const fresh = viewId !== modal.view_id;
    if (fresh) {
      viewId = modal.view_id;
      own = {};
      toldErrors = "null";
      forget(dialog.body);
    }
    drawView(modal);
    const errors = JSON.stringify(modal.errors ?? null);
    const newErrors = errors !== toldErrors && errors !== "null" && errors !== "{}";
    toldErrors = errors;
    if (newErrors) {
      own = {};
      focusError();
    } else if (fresh) focusFirst();
  }

  function drawView(modal) {
    const { view, depth } = modal;
    const answers = answersFor(viewId);
    const errors = { ...(modal.errors ?? {}), ...own };
    const surface = {
      ...surfaceBase(), answers,
      press: (block, spec, answer, node) => press({ view_id: viewId, values: answers.values(answerable(view.blocks)) }, block, spec, answer, node),
    };
    dialog.heading.textContent = withEmoji(view.title?.text ?? "");
    keyed(dialog.body, (view.blocks ?? []).map((block, at) => ({ block, at })), {
      key: ({ block, at }) => block.block_id ?? `at-${at}`,
      print: ({ block }) => JSON.stringify([block, errors[block.block_id] ?? null]),
      build: ({ block }) => drawBlock(block, surface, errors[block.block_id] ?? null),
    });
    const busy = now.busy.has("submit");
    const mark = JSON.stringify([view.submit, view.close, depth, busy, viewId]);
    if (dialog.footer.dataset.mark === mark) return;
    dialog.footer.dataset.mark = mark;
    const focused = dialog.footer.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    const closeText = withEmoji(view.close?.text ?? (depth > 1 ? "Back" : view.submit ? "Cancel" : "Close"));
    dialog.footer.replaceChildren(
      h("button", { type: "button", class: "button", dataset: { focus: "modal-close" }, onclick: () => closeModal(viewId) }, closeText),
      view.submit ? h("button", { type: "button", class: "button primary", dataset: { focus: "modal-submit" }, "aria-busy": busy ? "true" : null, onclick: send }, withEmoji(view.submit.text)) : "",
    );
    if (focused) dialog.footer.querySelector(`[data-focus="${focused}"]`)?.focus();
  }

  async function send() {
    const { view } = currentView().modal;
    if (now.busy.has("submit")) return;
    const answers = answersFor(viewId);
    const fields = answerable(view.blocks);
    own = {};
    for (const [blockId, actionId, spec, block] of fields) {
      if (block.type === "input" && !block.optional && !isAnswered(spec, answers.get(blockId, actionId))) own[blockId] = MISSING;
    }
    if (Object.keys(own).length > 0) {
      drawView({ ...currentView().modal, errors: null });
      focusError();
      return;
    }
    const answer = await submit(viewId, answers.values(fields));
    if (answer?.errors && dialog && currentView().modal?.view_id === viewId) {
      own = answer.errors;
      drawView(currentView().modal);
      focusError();
    }
  }

  function quickSubmit(event) {
    if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || !currentView()?.modal?.view.submit) return;
    const inLine = event.target.matches("input.textbox:not(.calendar)");
    if (!inLine && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    send();
  }

  function focusError() {
    const field = dialog?.body.querySelector(".has-error");
    field?.scrollIntoView({ block: "nearest" });
    field?.querySelector("input, textarea, button")?.focus();
  }

  function focusFirst() {
    dialog.body.scrollTop = 0;
    const first = dialog.body.querySelector("[data-first]") ?? dialog.body.querySelector("input, textarea, .choice") ?? dialog.footer.querySelector("button:last-of-type");
    first?.focus({ preventScroll: true });
  }

  return { draw };
}
