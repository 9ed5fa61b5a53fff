// The future's prints, newest first.

import { countUpTo } from "./blocks.js";
import { make, put } from "./panel.js";
import { Stretches } from "./stretch.js";

const SHOWN = 20;
const SPAN_S = 600;
const TICK = 0.25;

export class Tape {
  constructor(host, slice, clock, arrived) {
    this.host = host;
    this.clock = clock;
    this.stretches = new Stretches((from, to) => slice("tape", from, to), SPAN_S, arrived);
    const table = make("table", "tape");
    this.rows = Array.from({ length: SHOWN }, () => {
      const row = make("tr");
      row.append(make("td", "at"), make("td", "price"), make("td", "size"));
      table.append(row);
      return row;
    });
    host.body.append(table);
  }

  show(now, hidden) {
    this.host.root.hidden = hidden;
    if (hidden) return;
    const tape = this.stretches.around(now);
    const prints = lastPrints(tape, now, SHOWN);
    if (prints.length < SHOWN) {
      prints.push(...lastPrints(this.stretches.before(now), now, SHOWN - prints.length));
    }
    this.rows.forEach((row, i) => this.write(row, prints[i]));
    put(this.host.note, tape ? "ES" : "ES, loading");
  }

  write(row, print) {
    const [time, price, size] = row.cells;
    put(time, print ? this.clock(print.at) : "");
    put(price, print ? (print.ticks * TICK).toFixed(2) : "");
    put(size, print ? String(print.size) : "");
    row.className = !print || print.side === 0 ? "" : print.side > 0 ? "bought" : "sold";
  }
}

/** The last prints at or before `now`, newest first. */
function lastPrints(tape, now, count) {
  if (!tape) return [];
  const times = tape.of("ts_event_ns");
  const known = countUpTo(times, now);
  return Array.from({ length: Math.min(count, known) }, (_, i) => {
    const row = known - 1 - i;
    return { at: times[row], ticks: tape.at("price_ticks", row), size: tape.at("size", row), side: tape.at("aggressor", row) };
  });
}
