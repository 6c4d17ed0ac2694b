// A data visualization block as a small drawing, with its figures as a table for screen readers.

import { h, shape } from "./dom.js";

const WIDTH = 460;
const HEIGHT = 170;
const LEFT = 40;
const BOTTOM = 26;
const TOP = 12;
const COLOURS = ["#2f6f9f", "#b5562b", "#3d7f4f", "#7a4f9a", "#9a7d1a", "#7a7a7a"];

/** Draws line, area and bar charts; a pie is listed in words. */
export function chart(block) {
  const { type, series, axis_config: axis, segments } = block.chart ?? {};
  const rows = segments ? [{ name: "", data: segments }] : (series ?? []);
  const labels = axis?.categories ?? (segments ?? []).map((point) => point.label);
  return h(
    "figure", { class: "chart" },
    h("figcaption", {}, block.title),
    segments ? null : drawing(type, rows, labels),
    segments ? null : h("p", { class: "legend" }, rows.map((row, i) => h("span", {}, h("span", { class: "swatch", style: `background:${COLOURS[i]}` }), row.name))),
    h(
      "table", { class: segments ? "" : "visually-hidden" },
      h("tr", {}, h("th", {}, axis?.x_label ?? ""), labels.map((label) => h("th", {}, label))),
      rows.map((row) => h("tr", {}, h("th", {}, row.name), row.data.map((point) => h("td", {}, String(point.value))))),
    ),
  );
}

function drawing(type, rows, labels) {
  const most = Math.max(1, ...rows.flatMap((row) => row.data.map((point) => point.value)));
  const x = (i) => LEFT + ((WIDTH - LEFT - 20) * (labels.length === 1 ? 0.5 : i / (labels.length - 1)));
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most);
  const lines = [0, most / 2, most].flatMap((value) => [
    shape("line", { x1: LEFT, x2: WIDTH - 10, y1: y(value), y2: y(value), class: "grid" }),
    shape("text", { x: LEFT - 6, y: y(value) + 4, class: "end" }, String(Math.round(value))),
  ]);
  const names = labels.map((label, i) => shape("text", { x: x(i), y: HEIGHT - 8, class: "middle" }, label));
  const marks = rows.flatMap((row, i) =>
    type === "bar"
      ? row.data.map((point, at) => shape("rect", { x: x(at) - 14 + i * 8, y: y(point.value), width: 7, height: HEIGHT - BOTTOM - y(point.value), fill: COLOURS[i] }))
      : [
          shape("polyline", { points: row.data.map((point, at) => `${x(at)},${y(point.value)}`).join(" "), fill: "none", stroke: COLOURS[i], "stroke-width": 2 }),
          ...row.data.map((point, at) => shape("circle", { cx: x(at), cy: y(point.value), r: 3, fill: COLOURS[i] })),
        ],
  );
  return shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, ...lines, ...names, ...marks);
}
