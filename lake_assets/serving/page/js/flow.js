// What options traded so far, strike by strike: puts to the left, calls to the right.

import { countUpTo } from "./blocks.js";
import { make, put, say } from "./panel.js";

const SHOWN = 11;
const WALLS = { CALL_WALL: "call wall", PUT_WALL: "put wall", GAMMA_FLIP: "flip" };

export class Flow {
  constructor(host, flow, colours) {
    this.host = host;
    this.flow = flow;
    this.colours = colours;
    this.ends = flow.of("end_ns");
    this.strikes = [...new Set(flow.of("strike"))].sort((a, b) => b - a);
    const place = new Map(this.strikes.map((strike, i) => [strike, i]));
    this.places = Uint16Array.from(flow.of("strike"), (strike) => place.get(strike));
    this.reset();
    const table = make("table", "flow");
    this.rows = Array.from({ length: SHOWN }, () => {
      const row = make("tr");
      const [left, strike, right, note] = ["put", "strike", "call", "wall"].map((name) => make("td", name));
      left.append(make("i"));
      right.append(make("i"));
      row.append(left, strike, right, note);
      table.append(row);
      return row;
    });
    host.body.append(table);
  }

  reset() {
    this.taken = 0;
    this.calls = new Float64Array(this.strikes.length);
    this.puts = new Float64Array(this.strikes.length);
  }

  /** Take in every minute that has ended by `now`. */
  gather(now) {
    const known = countUpTo(this.ends, now);
    if (known < this.taken) this.reset();
    const [rights, volume] = [this.flow.of("right"), this.flow.of("volume")];
    const call = this.flow.columns.get("right").words.indexOf("C");
    for (let row = this.taken; row < known; row += 1) {
      const side = rights[row] === call ? this.calls : this.puts;
      side[this.places[row]] += volume[row];
    }
    this.taken = known;
  }

  show(now, spot, levels, hidden) {
    this.host.root.hidden = hidden;
    if (hidden) return;
    this.gather(now);
    const near = this.strikes.findIndex((strike) => strike <= spot);
    const first = Math.max(0, Math.min(this.strikes.length - SHOWN, near - (SHOWN >> 1)));
    const shown = (side) => side.subarray(first, first + SHOWN);
    const most = Math.max(1, ...shown(this.calls), ...shown(this.puts));
    this.rows.forEach((row, i) => {
      const strike = this.strikes[first + i];
      const [puts, calls] = [this.puts[first + i] ?? 0, this.calls[first + i] ?? 0];
      const [left, at, right, wall] = row.cells;
      left.firstChild.style.width = `${(100 * puts) / most}%`;
      right.firstChild.style.width = `${(100 * calls) / most}%`;
      row.title = `${say(puts, 0)} puts, ${say(calls, 0)} calls`;
      put(at, strike === undefined ? "" : strike.toFixed(0));
      const here = levels.filter((level) => WALLS[level.kind] && Math.abs(level.price - strike) < 0.5);
      put(wall, here.map((level) => WALLS[level.kind]).join(", "));
      row.classList.toggle("spot", i + first === near);
    });
  }
}
