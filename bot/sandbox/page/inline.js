// Small pieces of text that mean more than their letters: links, names, dates, pictures. Shared by all kinds of text.

import { fillDate } from "./dates.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";

/** Slack escapes three characters, and only those three are read back. */
export const unescape = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);

/** The address when it is one that may be opened (http or https), else null. */
export function safeAddress(address) {
  try {
    const url = new URL(address, location.origin);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** A link in a new tab, or plain text when the address is of another kind. `label` is text or nodes. */
export function link(address, label) {
  const absolute = /^https?:\/\//i.test(address) ? safeAddress(address) : null;
  if (!absolute) return h("span", {}, label);
  return h("a", { href: absolute, target: "_blank", rel: "noopener noreferrer", title: absolute }, label);
}

/** `<@U…>`: the name, marked when it is the reader's own. */
export function mention(id, reader, fallback) {
  const name = reader.personName(id) ?? fallback ?? id;
  return h("span", { class: id === reader.id ? "mention mention-me" : "mention" }, `@${name}`);
}

export function channelMention(id, reader, fallback) {
  return h("span", { class: "mention" }, `#${reader.channelName(id) ?? fallback ?? id}`);
}

export const broadcast = (name) => h("span", { class: "mention mention-me" }, `@${name}`);

/** A date written as `pattern`, in the reader's zone; `fallback` when the moment cannot be read. */
export function moment(epoch, pattern, fallback, address, reader) {
  if (!Number.isFinite(epoch)) return document.createTextNode(fallback ?? "");
  const text = h("time", { datetime: new Date(epoch * 1000).toISOString(), title: fallback || null }, fillDate(pattern, epoch, reader));
  return address ? link(address, text) : text;
}

export function picture(name, unicode) {
  const sign = emoji(name) ?? (unicode ? String.fromCodePoint(...unicode.split("-").map((part) => parseInt(part, 16))) : null);
  return sign ? h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, sign) : document.createTextNode(`:${name}:`);
}
