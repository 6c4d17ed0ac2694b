// The `rich_text` block: text that arrives already taken apart.

import { h } from "./dom.js";
import { broadcast, channelMention, link, mention, moment, picture } from "./inline.js";

export function richText(block, reader) {
  return (block.elements ?? []).map((part) => section(part, reader));
}

function section(part, reader) {
  const spans = (elements) => (elements ?? []).map((element) => span(element, reader));
  switch (part.type) {
    case "rich_text_list": {
      const items = (part.elements ?? []).map((item) => h("li", {}, spans(item.elements)));
      const list = h(part.style === "ordered" ? "ol" : "ul", part.style === "ordered" && part.offset ? { start: part.offset + 1 } : {}, items);
      list.classList.add(`indent-${Math.min(part.indent ?? 0, 4)}`);
      return list;
    }
    case "rich_text_preformatted":
      return h("pre", {}, h("code", {}, spans(part.elements)));
    case "rich_text_quote":
      return h("blockquote", { class: "quote" }, spans(part.elements));
    default:
      return h("p", { class: "lines" }, spans(part.elements));
  }
}

function span(element, reader) {
  return styled(content(element, reader), element.style ?? {});
}

function content(element, reader) {
  switch (element.type) {
    case "text":
      return document.createTextNode(element.text ?? "");
    case "link":
      return link(element.url ?? "", element.text || element.url || "");
    case "user":
      return mention(element.user_id, reader);
    case "channel":
      return channelMention(element.channel_id, reader);
    case "broadcast":
      return broadcast(element.range);
    case "emoji":
      return picture(element.name ?? "", element.unicode);
    case "date":
      return moment(Number(element.timestamp), element.format ?? "{date}", element.fallback, element.url, reader);
    default:
      return document.createTextNode(element.text ?? element.value ?? "");
  }
}

function styled(node, style) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };
  return Object.keys(tags).reduce((inner, name) => (style[name] ? h(tags[name], {}, inner) : inner), node);
}
