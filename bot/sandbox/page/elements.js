// The interactive elements of Block Kit. Each knows how to show itself, what was entered, and what pressing it means.

import { giveFile } from "./api.js";
import { choice } from "./choice.js";
import { fromWallClock, toWallClock } from "./dates.js";
import { h, icon } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { safeAddress } from "./inline.js";
import { openMenu } from "./popup.js";

const SETTLE = 1200;
let count = 0;

/**
 * Builds one element. `surface` is where it stands: `{answers, reader, places, press(block, element, answer, node)}`,
 * where `press` resolves to false when the person thought better of it.
 * `role`: `{input, dispatch, labelledby, describedby, invalid}` when it is inside an input block.
 */
export function element(surface, block, spec, role = {}) {
  const build = ELEMENTS[spec.type];
  if (!build) return h("p", { class: "unknown" }, `(This sandbox does not draw the element “${spec.type}”.)`);
  const context = {
    surface, block, spec, role,
    focusName: `${block.block_id ?? ""}/${spec.action_id ?? ""}`,
    entered: surface.answers.get(block.block_id, spec.action_id),
    label: withEmoji(spec.accessibility_label ?? spec.placeholder?.text ?? "Choose"),
    acts: !role.input || role.dispatch,
    keep(answer) {
      surface.answers.set(block.block_id, spec.action_id, answer);
    },
    /** Remembers the answer, and tells the app at once unless the element waits for a modal's submit button. */
    async give(answer, node, undo) {
      const before = surface.answers.get(block.block_id, spec.action_id);
      this.keep(answer);
      if (!this.acts) return;
      if ((await surface.press(block, spec, answer, node)) === false) {
        surface.answers.set(block.block_id, spec.action_id, before);
        undo?.();
      }
    },
  };
  return build(context);
}

/** The types that hold an answer, for reading a whole form. */
export const HOLDS_ANSWER = (type) => type in ELEMENTS && !["button", "overflow", "image", "workflow_button"].includes(type);

/** Has the person, or the app's initial value, answered this element? */
export function isAnswered(spec, entered) {
  const answer = entered ?? initialAnswer(spec);
  const values = Object.values(answer);
  return values.some((value) => (Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined && String(value).trim() !== ""));
}

function initialAnswer(spec) {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => name.startsWith("initial_")));
}

function button({ surface, block, spec, focusName }) {
  const node = h(
    "button",
    {
      type: "button", class: `button ${spec.style ?? ""}`, dataset: { focus: focusName, label: withEmoji(spec.text?.text) },
      "aria-label": spec.accessibility_label ?? null, title: spec.url ? `Opens ${spec.url}` : null,
      onclick: () => surface.press(block, spec, spec.value === undefined ? {} : { value: spec.value }, node),
    },
    withEmoji(spec.text?.text), spec.url && h("span", { class: "outward", "aria-hidden": "true" }, " ↗"),
  );
  return node;
}

function overflow({ surface, block, spec, focusName }) {
  const node = h("button", { type: "button", class: "button overflow", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": spec.accessibility_label ?? "More", dataset: { focus: focusName } }, icon("dots"));
  node.addEventListener("click", () =>
    openMenu(
      node, "More",
      (spec.options ?? []).map((option) => ({
        label: withEmoji(option.text?.text), description: option.description && withEmoji(option.description.text),
        do: () => surface.press(block, { ...spec, url: option.url }, { selected_option: option }, node),
      })),
    ),
  );
  return node;
}

const optionGroups = (spec) =>
  (spec.option_groups ?? [{ label: null, options: spec.options ?? [] }]).map((group) => ({
    label: group.label ? withEmoji(group.label.text) : null,
    options: (group.options ?? []).map((option) => ({ key: option.value, text: withEmoji(option.text?.text), description: option.description && withEmoji(option.description.text), option })),
  }));

/** A select: `groups` to choose from, and how keys become Slack's answer and back. */
function select({ groups, initial, one, several }) {
  return (context) => {
    const { spec, entered, role, focusName } = context;
    const offered = groups(context);
    const options = offered.flatMap((group) => group.options);
    const field = several ?? one;
    const toValue = (key) => (field.startsWith("selected_option") ? options.find((option) => option.key === key)?.option : key);
    const toKey = (value) => (value && typeof value === "object" ? value.value : value);
    const start = entered ? entered[field] : initial(spec);
    let keys = [start ?? []].flat().map(toKey);
    const list = choice({
      label: context.label, placeholder: withEmoji(spec.placeholder?.text ?? "Choose…"), groups: offered, chosen: keys, many: Boolean(several),
      limit: spec.max_selected_items ?? Infinity, focusName, labelledby: role.labelledby, describedby: role.describedby,
      done: (next) => {
        const before = keys;
        keys = next;
        const answer = { [field]: several ? next.map(toValue) : toValue(next[0]) };
        context.give(answer, list.node, () => list.set((keys = before)));
      },
    });
    if (role.invalid) list.node.setAttribute("aria-invalid", "true");
    return list.node;
  };
}

const people = ({ surface }) => [{ label: null, options: surface.places.people.map((person) => ({ key: person.id, text: person.name, description: person.title })) }];
const channels = ({ surface }) => [{ label: null, options: surface.places.channels.map((channel) => ({ key: channel.id, text: `#${channel.name}` })) }];

/** Radio buttons and checkboxes: a group with one shared name. */
function ticks(kind) {
  return (context) => {
    const { spec, entered, role, surface } = context;
    const field = kind === "radio" ? "selected_option" : "selected_options";
    const start = entered ? entered[field] : kind === "radio" ? spec.initial_option : spec.initial_options;
    const chosen = new Set([start ?? []].flat().map((option) => option.value));
    const name = `ticks-${(count += 1)}`;
    const boxes = (spec.options ?? []).map((option, at) => {
      const box = h("input", { type: kind, name, value: option.value, checked: chosen.has(option.value), dataset: { focus: `${context.focusName}/${at}` }, "aria-describedby": role.describedby, "aria-invalid": role.invalid ? "true" : null });
      box.addEventListener("change", () => {
        const ticked = (spec.options ?? []).filter((_, index) => boxes[index].querySelector("input").checked);
        const undo = () => boxes.forEach((row) => { const input = row.querySelector("input"); input.checked = chosen.has(input.value); });
        context.give({ [field]: kind === "radio" ? ticked[0] : ticked }, box, undo);
      });
      return h("label", { class: "tickbox" }, box, h("span", {}, surface.text(option.text), option.description && h("span", { class: "option-description" }, surface.text(option.description))));
    });
    return h("div", { class: "ticks", role: kind === "radio" ? "radiogroup" : "group", "aria-labelledby": role.labelledby, "aria-label": role.labelledby ? null : context.label }, boxes);
  };
}

/** One typed value: text in one line or several, a number, an address. */
function typed(type) {
  return (context) => {
    const { spec, entered, role, focusName } = context;
    const many = type === "text" && spec.multiline;
    const box = h(many ? "textarea" : "input", {
      type: many ? null : type, class: "textbox", rows: many ? 4 : null, placeholder: withEmoji(spec.placeholder?.text ?? "") || null,
      maxLength: spec.max_length, minLength: spec.min_length, min: spec.min_value, max: spec.max_value,
      step: type === "number" ? (spec.is_decimal_allowed ? "any" : "1") : null, autocomplete: "off",
      "aria-labelledby": role.labelledby, "aria-label": role.labelledby ? null : context.label, "aria-describedby": role.describedby,
      "aria-invalid": role.invalid ? "true" : null, dataset: { focus: focusName, ...(spec.focus_on_load ? { first: "yes" } : {}) },
    });
    box.value = entered ? (entered.value ?? "") : (spec.initial_value ?? "");
    const counter = spec.max_length ? h("span", { class: "counter", "aria-hidden": "true" }) : null;
    const tell = () => counter && (counter.textContent = `${box.value.length} of ${spec.max_length}`);
    tell();
    const triggers = spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    const dispatches = role.dispatch || !role.input;
    let timer = null;
    box.addEventListener("input", () => {
      context.keep({ value: box.value });
      tell();
      if (dispatches && triggers.includes("on_character_entered")) {
        clearTimeout(timer);
        timer = setTimeout(() => context.give({ value: box.value }, box), 400);
      }
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || (many && event.shiftKey) || !dispatches || !triggers.includes("on_enter_pressed")) return;
      event.preventDefault();
      context.give({ value: box.value }, box);
    });
    return counter ? h("div", { class: "counted" }, box, counter) : box;
  };
}

/** A date or a time: the app hears of it when the person has finished, not at every key. */
function calendar(type, field, initial, { read = (value) => value, write = (value) => value } = {}) {
  return (context) => {
    const { spec, entered, role, focusName, surface } = context;
    const start = entered ? entered[field] : spec[initial];
    const box = h("input", {
      type, class: "textbox calendar", "aria-labelledby": role.labelledby, "aria-label": role.labelledby ? null : context.label,
      "aria-describedby": role.describedby, "aria-invalid": role.invalid ? "true" : null, dataset: { focus: focusName },
    });
    box.value = start === null || start === undefined ? "" : write(start, surface.reader.tz);
    let told = box.value;
    let timer = null;
    const tell = () => {
      clearTimeout(timer);
      if (box.value === told) return;
      const before = told;
      told = box.value;
      context.give({ [field]: box.value ? read(box.value, surface.reader.tz) : null }, box, () => (box.value = told = before));
    };
    box.addEventListener("change", () => {
      context.keep({ [field]: box.value ? read(box.value, surface.reader.tz) : null });
      clearTimeout(timer);
      if (context.acts) timer = setTimeout(tell, SETTLE);
      else told = box.value;
    });
    box.addEventListener("blur", () => context.acts && tell());
    box.addEventListener("keydown", (event) => event.key === "Enter" && context.acts && tell());
    return box;
  };
}

function image({ spec }) {
  return drawing(spec, "thumb");
}

/** An image from this origin; one from elsewhere is named, not fetched. */
export function drawing(spec, kind) {
  const address = safeAddress(spec.image_url ?? "");
  const alt = spec.alt_text ?? "";
  if (address && new URL(address).origin === location.origin) return h("img", { src: address, alt, class: kind, loading: "lazy" });
  if (kind === "context-image") return h("span", {}, alt);
  return h("span", { class: `${kind} absent-image`, role: "img", "aria-label": alt, title: alt }, alt || "image");
}

function files(context) {
  const { surface, spec, role } = context;
  const node = h("input", {
    type: "file", multiple: (spec.max_files ?? 10) > 1, "aria-labelledby": role.labelledby,
    accept: (spec.filetypes ?? []).map((ending) => `.${ending}`).join(",") || null,
  });
  node.addEventListener("change", async () => {
    context.keep({ files: await Promise.all([...node.files].map((file) => giveFile(surface.reader.id ?? surface.reader, file))) });
  });
  return node;
}

const ELEMENTS = {
  file_input: files,
  button,
  workflow_button: button,
  overflow,
  image,
  static_select: select({ groups: ({ spec }) => optionGroups(spec), initial: (spec) => spec.initial_option, one: "selected_option" }),
  multi_static_select: select({ groups: ({ spec }) => optionGroups(spec), initial: (spec) => spec.initial_options, several: "selected_options" }),
  users_select: select({ groups: people, initial: (spec) => spec.initial_user, one: "selected_user" }),
  multi_users_select: select({ groups: people, initial: (spec) => spec.initial_users, several: "selected_users" }),
  channels_select: select({ groups: channels, initial: (spec) => spec.initial_channel, one: "selected_channel" }),
  multi_channels_select: select({ groups: channels, initial: (spec) => spec.initial_channels, several: "selected_channels" }),
  conversations_select: select({ groups: channels, initial: (spec) => spec.initial_conversation, one: "selected_conversation" }),
  multi_conversations_select: select({ groups: channels, initial: (spec) => spec.initial_conversations, several: "selected_conversations" }),
  radio_buttons: ticks("radio"),
  checkboxes: ticks("checkbox"),
  plain_text_input: typed("text"),
  number_input: typed("number"),
  url_text_input: typed("url"),
  email_text_input: typed("email"),
  datepicker: calendar("date", "selected_date", "initial_date"),
  timepicker: calendar("time", "selected_time", "initial_time"),
  datetimepicker: calendar("datetime-local", "selected_date_time", "initial_date_time", { read: fromWallClock, write: toWallClock }),
};
