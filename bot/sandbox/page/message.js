// One message as the person sees it: who, when, what, and what can be pressed.

import { openThread, press } from "./actions.js";
import { answersFor } from "./answers.js";
import { drawBlock } from "./blocks.js";
import { fullMoment, timeOf } from "./dates.js";
import { h, icon } from "./dom.js";
import { face } from "./faces.js";
import { mrkdwn } from "./mrkdwn.js";
import { safeAddress } from "./inline.js";
import { now, surfaceBase } from "./workspace.js";

/** `follows`: right after another message of the same author, so that the name need not be repeated. */
export function drawMessage(message, conversation, { follows = false, inThread = false } = {}) {
  if (message.subtype === "channel_join" || message.subtype === "channel_leave") return drawComing(message);
  const surface = {
    ...surfaceBase(),
    answers: answersFor(`${now.person} ${conversation.id} ${message.ts}`),
    press: (block, spec, answer, node) => press({ channel: conversation.id, ts: message.ts }, block, spec, answer, node),
  };
  const epoch = Number.parseFloat(message.ts);
  const tz = surface.reader.tz;
  const name = message.name || surface.reader.personName(message.user) || "Somebody";
  const time = h("time", { class: "when", datetime: new Date(epoch * 1000).toISOString(), title: fullMoment(epoch, tz) }, timeOf(epoch, tz));
  return h(
    "article",
    { class: ["message", follows && "follows", message.ephemeral && "ephemeral", message.bot && "from-bot"].filter(Boolean).join(" "), tabIndex: -1, dataset: { ts: message.ts, focus: `message-${message.ts}` }, "aria-label": `${name}, ${timeOf(epoch, tz)}` },
    h("div", { class: "gutter" }, follows ? time : face({ id: message.user, name, bot: message.bot })),
    h(
      "div", { class: "message-main" },
      !follows && h("p", { class: "byline" }, h("span", { class: "author" }, name), message.bot && h("span", { class: "badge" }, "App"), time),
      message.ephemeral && h("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
      body(message, surface),
      files(message.files),
      !inThread && message.reply_count > 0 && h("button", { type: "button", class: "replies", dataset: { focus: `replies-${message.ts}` }, onclick: () => openThread(message.ts) }, message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`),
    ),
    !inThread && !message.ephemeral && h("button", { type: "button", class: "icon-button reply", "aria-label": `Reply to ${name} in a thread`, title: "Reply in a thread", dataset: { focus: `reply-${message.ts}` }, onclick: () => openThread(message.ts) }, icon("reply")),
  );
}

/** Somebody came or went: a quiet line. */
function drawComing(message) {
  const who = surfaceBase().reader;
  const [, said] = /^(?:<@\w+>\s*)?(.*)$/s.exec(message.text ?? "");
  return h("article", { class: "message coming", tabIndex: -1, dataset: { ts: message.ts, focus: `message-${message.ts}` } }, h("p", {}, `${message.name} ${said} at ${timeOf(Number.parseFloat(message.ts), who.tz)}.`));
}

function body(message, surface) {
  const edited = message.edited && h("span", { class: "edited" }, "(edited)");
  if (message.blocks?.length) return h("div", { class: "blocks" }, message.blocks.map((block) => drawBlock(block, surface)), edited);
  return h("div", { class: "text" }, mrkdwn(message.text, surface.reader), edited);
}

function files(list) {
  if (!list?.length) return null;
  return h("ul", { class: "files" }, list.map((file) => {
    const address = safeAddress(file.url ?? "");
    const inside = [icon("file"), h("span", { class: "file-name" }, file.name), h("span", { class: "file-size" }, size(file.size))];
    return h("li", {}, address ? h("a", { class: "file", href: address, target: "_blank", rel: "noopener noreferrer", download: file.name }, inside) : h("span", { class: "file" }, inside));
  }));
}

function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
