// What options traded so far, strike by strike: puts to the left, calls to the right.

import { countUpTo } from "./blocks.js";
import { make, say } from "./panel.js";

const SHOWN = 11;
const WALLS = { CALL_WALL: "call wall", PUT_WALL: "put wall", GAMMA_FLIP: "flip" };

export class Flow {
  constructor(host, flow, colours) {
    this.host = host;
    this.flow = flow;
    this.colours = colours;
    this.ends = flow.of("end_ns");
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
    this.byStrike = new Map();
  }

  /** Take in every minute that has ended by `now`. */
  gather(now) {
    const known = countUpTo(this.ends, now);
    if (known < this.taken) this.reset();
    for (let row = this.taken; row < known; row += 1) {
      const strike = this.flow.at("strike", row);
      const held = this.byStrike.get(strike) ?? { call: 0, put: 0 };
      held[this.flow.at("right", row) === "C" ? "call" : "put"] += this.flow.at("volume", row) ?? 0;
      this.byStrike.set(strike, held);
    }
    this.taken = known;
  }

  show(now, spot, levels, hidden) {
    this.host.root.hidden = hidden;
    if (hidden) return;
    this.gather(now);
    const strikes = [...this.byStrike.keys()].sort((a, b) => b - a);
    const near = strikes.findIndex((strike) => strike <= spot);
    const first = Math.max(0, Math.min(strikes.length - SHOWN, near - (SHOWN >> 1)));
    const chosen = strikes.slice(first, first + SHOWN);
    const most = Math.max(1, ...chosen.flatMap((strike) => Object.values(this.byStrike.get(strike))));
    this.rows.forEach((row, i) => {
      const strike = chosen[i];
      const [put, at, call, wall] = row.cells;
      const held = strike === undefined ? { call: 0, put: 0 } : this.byStrike.get(strike);
      put.firstChild.style.width = `${(100 * held.put) / most}%`;
      call.firstChild.style.width = `${(100 * held.call) / most}%`;
      put.title = `${say(held.put, 0)} puts`;
      call.title = `${say(held.call, 0)} calls`;
      at.textContent = strike === undefined ? "" : strike.toFixed(0);
      const here = levels.filter((level) => WALLS[level.kind] && Math.abs(level.price - strike) < 0.5);
      wall.textContent = here.map((level) => WALLS[level.kind]).join(", ");
      row.classList.toggle("spot", i + first === near);
    });
  }
}
