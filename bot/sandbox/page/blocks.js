// Block Kit as nodes: what an app sent, drawn as plainly and as faithfully as a page can.

import { chart } from "./chart.js";
import { h } from "./dom.js";
import { HOLDS_ANSWER, drawing, element } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { markdown } from "./markdown.js";
import { richText } from "./rich_text.js";

let count = 0;

/** Draws one block. `error` is what the app said about this block's answer, or null. */
export function drawBlock(block, surface, error = null) {
  const draw = BLOCKS[block.type];
  const node = draw ? draw(block, surface, error) : h("p", { class: "unknown" }, `(This sandbox does not draw the block “${block.type}”.)`);
  node.classList.add("block", `block-${block.type}`);
  if (block.block_id) node.dataset.block = block.block_id;
  return node;
}

/** Every [block_id, action_id, element, block] that can hold an answer. */
export function answerable(blocks) {
  return (blocks ?? []).flatMap((block) =>
    [block.element, block.accessory, ...(block.type === "actions" ? (block.elements ?? []) : [])]
      .filter((spec) => spec && HOLDS_ANSWER(spec.type))
      .map((spec) => [block.block_id, spec.action_id, spec, block]),
  );
}

function section(block, surface) {
  return h(
    "div", {},
    h(
      "div", { class: "section-body" },
      block.text && h("div", { class: "text" }, surface.text(block.text)),
      block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "text" }, surface.text(field)))),
    ),
    block.accessory && h("div", { class: "accessory" }, element(surface, block, block.accessory)),
  );
}

function context(block, surface) {
  return h("div", {}, (block.elements ?? []).map((part) => (part.type === "image" ? drawing(part, "context-image") : h("div", { class: "text" }, surface.text(part)))));
}

function image(block, surface) {
  return h("figure", {}, block.title && h("figcaption", {}, surface.text(block.title)), drawing(block, "picture"));
}

function input(block, surface, error) {
  const id = `field-${(count += 1)}`;
  const labelledby = `${id}-label`;
  const describedby = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  const control = element(surface, block, block.element ?? {}, { input: true, dispatch: Boolean(block.dispatch_action), labelledby, describedby, invalid: Boolean(error) });
  const field = control.matches("input, textarea") ? control : control.querySelector("input.textbox, textarea");
  if (field) field.id = id;
  if (!block.optional && field) field.setAttribute("aria-required", "true");
  return h(
    "div", { class: error ? "has-error" : "" },
    h(field ? "label" : "div", { class: "label", id: labelledby, for: field ? id : null }, withEmoji(block.label?.text), block.optional && h("span", { class: "optional" }, " (optional)")),
    control,
    error && h("p", { class: "field-error", id: `${id}-error` }, error),
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, withEmoji(block.hint.text)),
  );
}

const BLOCKS = {
  section,
  context,
  image,
  input,
  header: (block) => h("h3", {}, withEmoji(block.text?.text)),
  divider: () => h("hr"),
  actions: (block, surface) => h("div", {}, (block.elements ?? []).map((spec) => element(surface, block, spec))),
  rich_text: (block, surface) => h("div", {}, richText(block, surface.reader)),
  data_visualization: (block) => chart(block),
  markdown: (block) => h("div", { class: "text" }, markdown(block.text)),
};
