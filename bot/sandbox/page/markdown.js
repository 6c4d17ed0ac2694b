// The `markdown` block: ordinary Markdown, the parts that a bot writes.

import { h } from "./dom.js";
import { link } from "./inline.js";

/** Nodes for a Markdown text: headings, paragraphs, lists, quotes, fences, rules. */
export function markdown(text) {
  const nodes = [];
  const rows = String(text ?? "").split("\n");
  let at = 0;
  const take = (test) => {
    const taken = [];
    while (at < rows.length && test(rows[at])) taken.push(rows[at++]);
    return taken;
  };
  while (at < rows.length) {
    const row = rows[at];
    const heading = /^(#{1,6})\s+(.*)$/.exec(row);
    if (row.trim() === "") at += 1;
    else if (/^\s*```/.test(row)) {
      at += 1;
      nodes.push(h("pre", {}, h("code", {}, take((line) => !/^\s*```/.test(line)).join("\n"))));
      at += 1;
    } else if (heading) {
      nodes.push(h("p", { class: `markdown-heading level-${heading[1].length}`, role: "heading", "aria-level": String(heading[1].length + 2) }, inline(heading[2])));
      at += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(row)) {
      nodes.push(h("hr"));
      at += 1;
    } else if (/^>/.test(row)) nodes.push(h("blockquote", { class: "quote" }, markdown(take((line) => /^>/.test(line)).map((line) => line.replace(/^> ?/, "")).join("\n"))));
    else if (BULLET.test(row)) nodes.push(list("ul", BULLET, take((line) => BULLET.test(line) || /^\s{2,}\S/.test(line))));
    else if (NUMBER.test(row)) nodes.push(list("ol", NUMBER, take((line) => NUMBER.test(line) || /^\s{2,}\S/.test(line))));
    else nodes.push(h("p", { class: "lines" }, inline(take((line) => line.trim() !== "" && !STARTS_SOMETHING.test(line)).join("\n") || rows[at++])));
  }
  return nodes;
}

const BULLET = /^\s{0,3}[-*+]\s+/;
const NUMBER = /^\s{0,3}\d+[.)]\s+/;
const STARTS_SOMETHING = /^(#{1,6}\s|\s*```|>|\s{0,3}[-*+]\s|\s{0,3}\d+[.)]\s)/;

function list(tag, sign, rows) {
  const items = [];
  for (const row of rows) {
    if (sign.test(row)) items.push([row.replace(sign, "")]);
    else items.at(-1).push(row.trim());
  }
  return h(tag, {}, items.map((lines) => h("li", {}, inline(lines.join("\n")))));
}

const SPAN = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|\*\*([^*]+)\*\*|~~([^~]+)~~|\*([^*\s][^*]*)\*|\b_([^_]+)_\b|<?(https?:\/\/[^\s<>)]+)>?/;

function inline(text) {
  const nodes = [];
  let rest = text;
  for (let found = SPAN.exec(rest); found; found = SPAN.exec(rest)) {
    const [whole, code, label, address, bold, struck, starred, underscored, bare] = found;
    nodes.push(rest.slice(0, found.index));
    if (code !== undefined) nodes.push(h("code", {}, code));
    else if (label !== undefined) nodes.push(link(address, label));
    else if (bold !== undefined) nodes.push(h("strong", {}, inline(bold)));
    else if (struck !== undefined) nodes.push(h("s", {}, inline(struck)));
    else if (bare !== undefined) nodes.push(link(bare, bare));
    else nodes.push(h("em", {}, inline(starred ?? underscored)));
    rest = rest.slice(found.index + whole.length);
  }
  nodes.push(rest);
  return nodes.filter((node) => node !== "");
}
