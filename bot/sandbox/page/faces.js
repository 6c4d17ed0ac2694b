// How people and the bot look beside their words: initials on a quiet tint, the same for the same person everywhere.

import { h } from "./dom.js";

const TINTS = 8;

function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

function tint(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return sum % TINTS;
}

export function face({ id, name, bot = false }) {
  return h("span", { class: bot ? "face face-bot" : `face tint-${tint(id ?? name)}`, "aria-hidden": "true" }, bot ? name.trim()[0] ?? "F" : initials(name));
}
