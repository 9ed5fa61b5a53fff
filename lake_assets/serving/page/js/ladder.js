// Ten levels a side of the future's book, as it stood at the last whole second.

import { make, put, say } from "./panel.js";
import { Stretches } from "./stretch.js";

const DEPTH = 10;
const TICK = 0.25;
const SPAN_S = 600;

export class Ladder {
  constructor(host, slice, arrived) {
    this.host = host;
    this.stretches = new Stretches((from, to) => slice("depth", from, to), SPAN_S, arrived);
    const table = make("table", "ladder");
    this.rows = [];
    for (const [side, levels] of [
      ["ask", [...Array(DEPTH).keys()].reverse()],
      ["bid", [...Array(DEPTH).keys()]],
    ]) {
      for (const level of levels) {
        const row = make("tr", side);
        const [price, bar, size] = [make("td", "at"), make("td", "bar"), make("td", "size")];
        const fill = make("i");
        bar.append(fill);
        row.append(price, bar, size);
        table.append(row);
        this.rows.push({ side, level, price, fill, size });
      }
    }
    host.body.append(table);
  }

  show(now, hidden) {
    this.host.root.hidden = hidden;
    if (hidden) return;
    const depth = this.stretches.around(Math.floor(now));
    const row = depth ? lastAt(depth.of("at_ns"), now) : -1;
    const read = (side, what, level) => (row < 0 ? null : depth.at(`${side}_${what}_${level}`, row));
    const sizes = this.rows.map(({ side, level }) => read(side, "size", level));
    const most = Math.max(1, ...sizes.map((size) => size ?? 0));
    this.rows.forEach(({ side, level, price, fill, size }, i) => {
      const ticks = read(side, "ticks", level);
      put(price, ticks === null ? "–" : (ticks * TICK).toFixed(2));
      put(size, say(sizes[i], 0));
      fill.style.width = `${(100 * (sizes[i] ?? 0)) / most}%`;
    });
    const age = row < 0 ? null : depth.at("age_s", row);
    put(this.host.note, depth ? (age === null ? "ES, no sound book" : "ES") : "ES, loading");
  }
}

/** The last row at or before `now`, or -1. */
function lastAt(times, now) {
  const row = Math.floor(now - times[0]);
  return times.length && row >= 0 ? Math.min(row, times.length - 1) : -1;
}
