// Slack's own light markup ("mrkdwn") as nodes. Whatever is not markup stays the text that it is.

import { h } from "./dom.js";
import { SHORTCODE } from "./emoji.js";
import { broadcast, channelMention, link, mention, moment, picture, unescape } from "./inline.js";

/** Nodes for a whole mrkdwn text: paragraphs of lines, quotes and fenced code. */
export function mrkdwn(text, reader) {
  const nodes = [];
  const pieces = String(text ?? "").split(/```/);
  const closed = pieces.length % 2 === 1;
  pieces.forEach((piece, at) => {
    const fenced = at % 2 === 1 && (closed || at < pieces.length - 1);
    if (fenced) nodes.push(h("pre", {}, h("code", {}, plainOf(piece.replace(/^\n|\n$/g, "")))));
    else nodes.push(...lines(at % 2 === 1 ? `\`\`\`${piece}` : piece, reader, { first: at === 0, last: at === pieces.length - 1 }));
  });
  return nodes;
}

/** Code shows tokens as what they stand for, without links. */
function plainOf(text) {
  return unescape(text.replace(/<([^<>|]+)\|([^<>]*)>/g, "$2").replace(/<(https?:[^<>|]+)>/g, "$1"));
}

const QUOTE = /^(?:&gt;|>)(?!(?:&gt;|>)) ?/;
const BULLET = /^[•◦▪] /;
const CLASSES = { p: "lines", blockquote: "quote", bullet: "lines bullet" };
const QUOTE_REST = /^(?:&gt;|>){3} ?/;

function lines(text, reader, { first, last }) {
  const all = text.split("\n");
  if (!first && all[0] === "") all.shift();
  if (!last && all.at(-1) === "") all.pop();
  const nodes = [];
  let open = null;
  const gather = (tag, line) => {
    if (open?.tag !== tag) nodes.push((open = { tag, lines: [] }));
    open.lines.push(line);
  };
  for (let at = 0; at < all.length; at += 1) {
    if (QUOTE_REST.test(all[at])) {
      gather("blockquote", all[at].replace(QUOTE_REST, ""));
      for (const rest of all.slice(at + 1)) gather("blockquote", rest);
      break;
    }
    if (BULLET.test(all[at])) nodes.push((open = { tag: "bullet", lines: [all[at]] }));
    else if (QUOTE.test(all[at])) gather("blockquote", all[at].replace(QUOTE, ""));
    else gather("p", all[at]);
  }
  return nodes
    .filter((part) => part.lines.length > 1 || part.lines[0] !== "" || part.tag === "blockquote")
    .map((part) => h(part.tag === "blockquote" ? "blockquote" : "p", { class: CLASSES[part.tag] }, inline(part.lines.join("\n"), reader)));
}

const STYLES = { "*": "strong", _: "em", "~": "s" };
const TOKEN = /`([^`\n]+)`|<([^<>\n]+)>|https?:\/\/[^\s<>]+|:[a-z0-9_+-]{1,40}:|[*_~]/;

/** Nodes for one run of text: styles, links, mentions, dates, pictures. */
export function inline(text, reader) {
  const nodes = [];
  let rest = text;
  let before = "";
  const plain = (piece) => {
    if (piece) nodes.push(unescape(piece));
    before = piece ? piece.at(-1) : before;
  };
  while (rest) {
    const found = TOKEN.exec(rest);
    if (!found) {
      plain(rest);
      break;
    }
    plain(rest.slice(0, found.index));
    const token = found[0];
    rest = rest.slice(found.index + token.length);
    if (found[1] !== undefined) {
      nodes.push(h("code", {}, plainOf(found[1])));
      before = "`";
    } else if (found[2] !== undefined) {
      nodes.push(angle(found[2], reader));
      before = ">";
    } else if (token.startsWith(":")) {
      if (/^:[\d:]+:$/.test(token)) plain(token);
      else nodes.push(picture(token.slice(1, -1)));
      before = ":";
    } else if (token in STYLES) {
      const end = styleEnd(token, before, rest);
      if (end < 0) plain(token);
      else {
        nodes.push(h(STYLES[token], {}, inline(rest.slice(0, end), reader)));
        rest = rest.slice(end + 1);
        before = token;
      }
    } else {
      const address = token.replace(/[.,;:!?)\]'"*_~]+$/, "");
      nodes.push(link(unescape(address), unescape(address)));
      rest = token.slice(address.length) + rest;
      before = "/";
    }
  }
  return nodes;
}

const WORD = /[\p{L}\p{N}]/u;

/** Where a style that begins here ends, or -1 when this sign is only a sign: it must hug its words and stand outside others. */
function styleEnd(sign, before, rest) {
  if (WORD.test(before) || before === sign || !rest || /\s/.test(rest[0]) || rest[0] === sign) return -1;
  const line = rest.split("\n", 1)[0];
  for (let at = 1; at < line.length; at += 1) {
    if (line[at] === "`") {
      const close = line.indexOf("`", at + 1);
      if (close > 0) at = close;
    } else if (line[at] === "<") {
      const close = line.indexOf(">", at);
      if (close > 0) at = close;
    } else if (line[at] === sign && !/\s/.test(line[at - 1]) && !WORD.test(line[at + 1] ?? " ") && line[at + 1] !== sign) return at;
  }
  return -1;
}

/** What stands between angle brackets: a person, a channel, a date, a link; anything else was only text. */
function angle(inside, reader) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : inside.slice(bar + 1);
  if (/^@[UWB]\w+$/.test(target)) return mention(target.slice(1), reader, label);
  if (/^#[CG]\w+$/.test(target)) return channelMention(target.slice(1), reader, label);
  if (target.startsWith("!date^")) {
    const [, epoch, pattern = "{date}", address] = target.split("^");
    return moment(Number.parseInt(epoch, 10), unescape(pattern), label === null ? null : unescape(label), address && unescape(address), reader);
  }
  if (/^!(here|channel|everyone)$/.test(target)) return broadcast(target.slice(1));
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, unescape(label ?? "@group"));
  if (/^https?:\/\//i.test(target)) return link(unescape(target), label === null ? unescape(target) : withPictures(label));
  if (/^mailto:/i.test(target)) return h("span", {}, unescape(label ?? target.slice(7)));
  return document.createTextNode(unescape(`<${inside}>`));
}

/** Text with its shortcodes as pictures; `read` undoes Slack's escapes, where the text has them. */
function withPictures(text, read = unescape) {
  const nodes = [];
  let rest = text;
  for (let found = SHORTCODE.exec(rest); found; found = SHORTCODE.exec(rest)) {
    nodes.push(read(rest.slice(0, found.index)), picture(found[1]));
    rest = rest.slice(found.index + found[0].length);
  }
  nodes.push(read(rest));
  return nodes.filter((node) => node !== "");
}

/** A Slack text object as nodes: mrkdwn, or plain text with its pictures. */
export function textObject(value, reader) {
  if (value === null || value === undefined) return [];
  if (typeof value === "string") return [value];
  if (value.type === "mrkdwn") return mrkdwn(value.text, reader);
  const text = String(value.text ?? "");
  return [h("p", { class: "lines" }, value.emoji === false ? text : withPictures(text, String))];
}
