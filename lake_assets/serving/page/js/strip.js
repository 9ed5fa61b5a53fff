// A narrow canvas pane on the shared time axis: lines, bars or a ribbon, drawn up to now.

import { put } from "./panel.js";

/** Least and greatest known values of `[from, to)`, or null. */
export function extent(values, from, to) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = Math.max(0, from); i < Math.min(values.length, to); i += 1) {
    const value = values[i];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/**
 * Stroke rows `[from, to)` of values. A pixel column gets its least and greatest value: no extreme
 * is lost, however many rows; an unknown value breaks the line.
 */
export function trace(ink, values, axis, from, to, y) {
  ink.beginPath();
  let open = false;
  let row = Math.max(0, from);
  while (row < to) {
    const x = Math.round(axis.place(row));
    const next = Math.min(to, Math.max(row + 1, Math.ceil(axis.row(x + 0.5))));
    const first = row;
    const seen = extent(values, first, next);
    row = next;
    if (!seen) {
      open = false;
      continue;
    }
    const [low, high] = seen.map(y);
    if (open) ink.lineTo(x, low);
    else ink.moveTo(x, low);
    if (high !== low) ink.lineTo(x, high);
    const last = values[row - 1];
    if (!Number.isNaN(last)) ink.lineTo(x, y(last));
    open = true;
  }
  ink.stroke();
}

/**
 * One strip. `spec` is {name, format, zero, series: [{values, colour, kind, label}]}: kinds are
 * "line", "bar" and "ribbon" (codes into `colours` and `words`). Rows lie on the axis one a place;
 * `axis.place(row)` is the x of a row.
 */
export class Strip {
  constructor(host, spec) {
    this.spec = spec;
    this.root = document.createElement("section");
    this.root.className = "strip";
    this.root.style.setProperty("--height", `${spec.height ?? 64}px`);
    this.root.setAttribute("aria-label", spec.name);
    this.head = document.createElement("header");
    this.canvas = document.createElement("canvas");
    this.mark = document.createElement("i");
    this.mark.className = "mark";
    this.mark.hidden = true;
    this.root.append(this.head, this.canvas, this.mark);
    host.append(this.root);
    this.soft = getComputedStyle(this.root).color;
    // opaque: nothing is under it, and blending costs a seek a few ms
    this.ink = this.canvas.getContext("2d", { alpha: false });
    this.ground = getComputedStyle(document.body).backgroundColor;
    this.buildHead();
    new ResizeObserver(() => this.resize()).observe(this.canvas);
  }

  buildHead() {
    const name = document.createElement("b");
    name.textContent = this.spec.name;
    this.head.append(name);
    this.readings = this.spec.series.map((series) => {
      const reading = document.createElement("span");
      reading.style.color = series.colour ?? "inherit";
      reading.title = series.meaning ?? "";
      this.head.append(reading);
      return reading;
    });
  }

  resize() {
    const ratio = devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (this.asked) this.paint(...this.asked);
  }

  /**
   * Show rows `[from, to)` of which those before `known` are known; `axis` maps rows to x. However
   * often it is asked, a frame is drawn once.
   */
  draw(axis, from, to, known) {
    if (!this.waiting) {
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        this.paint(...this.asked);
      });
    }
    this.asked = [axis, from, to, known];
  }

  paint(axis, from, to, known) {
    if (!this.width) return;
    const { ink } = this;
    ink.fillStyle = this.ground;
    ink.fillRect(0, 0, this.width, this.height);
    const last = Math.min(to, known);
    const scale = this.scaleOf(from, last);
    ink.save();
    ink.beginPath();
    ink.rect(0, 0, axis.width, this.height);
    ink.clip();
    for (const series of this.spec.series) this[series.kind ?? "line"](series, axis, from, last, scale);
    ink.restore();
    if (scale) this.labels(axis, scale);
  }

  scaleOf(from, to) {
    let found = null;
    for (const series of this.spec.series) {
      if (series.kind === "ribbon") continue;
      const own = extent(series.values, from, to);
      if (own) found = found ? [Math.min(found[0], own[0]), Math.max(found[1], own[1])] : own;
    }
    if (!found) return null;
    let [low, high] = this.spec.zero ? [Math.min(0, found[0]), Math.max(0, found[1])] : found;
    if (low === high) [low, high] = [low - 1, high + 1];
    const room = (high - low) * 0.08;
    return { low: low - room, high: high + room };
  }

  y(value, scale) {
    return this.height * (1 - (value - scale.low) / (scale.high - scale.low));
  }

  line(series, axis, from, to, scale) {
    if (!scale) return;
    this.ink.strokeStyle = series.colour;
    this.ink.lineWidth = 1.2;
    trace(this.ink, series.values, axis, from, to, (value) => this.y(value, scale));
  }

  bar(series, axis, from, to, scale) {
    if (!scale) return;
    const { ink } = this;
    const width = Math.max(1, axis.step * 0.7);
    const base = this.y(Math.max(scale.low, Math.min(0, scale.high)), scale);
    ink.fillStyle = series.colour;
    for (let row = Math.max(0, from); row < to; row += 1) {
      const value = series.values[row];
      if (Number.isNaN(value) || value === 0) continue;
      const y = this.y(value, scale);
      ink.fillRect(axis.place(row) - width / 2, Math.min(y, base), width, Math.max(1, Math.abs(y - base)));
    }
  }

  ribbon(series, axis, from, to) {
    const { ink } = this;
    let row = Math.max(0, from);
    while (row < to) {
      const code = series.values[row];
      const start = row;
      while (row < to && series.values[row] === code) row += 1;
      const colour = series.colours[code];
      if (!colour) continue;
      const x = axis.place(start) - axis.step / 2;
      ink.fillStyle = colour;
      ink.fillRect(x, 0, Math.max(1, axis.place(row) - axis.step / 2 - x), this.height);
    }
  }

  labels(axis, scale) {
    const { ink } = this;
    const format = this.spec.format ?? ((value) => value.toFixed(2));
    ink.fillStyle = this.soft;
    ink.font = "10px var(--mono, monospace)";
    ink.textAlign = "left";
    ink.textBaseline = "top";
    ink.fillText(format(scale.high), axis.width + 6, 2);
    ink.textBaseline = "bottom";
    ink.fillText(format(scale.low), axis.width + 6, this.height - 1);
  }

  /** Say the values of a row, and mark it. */
  point(axis, row) {
    const format = this.spec.format ?? ((value) => value.toFixed(2));
    this.spec.series.forEach((series, i) => {
      const value = row === null ? NaN : series.values[row];
      const unknown = value === undefined || Number.isNaN(value);
      const said = series.kind === "ribbon" ? (series.words[value] ?? "–") : unknown ? "–" : format(value);
      put(this.readings[i], series.label ? `${series.label} ${said}` : said);
    });
    this.mark.hidden = row === null || !axis;
    if (!this.mark.hidden) this.mark.style.transform = `translateX(${axis.place(row)}px)`;
  }
}
