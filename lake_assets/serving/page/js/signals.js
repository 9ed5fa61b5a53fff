// ES and SPY: candles, the levels known now, touches, and what was measured at the one chosen.

import { countUpTo } from "./blocks.js";
import { EventTable } from "./events.js";
import { Flow } from "./flow.js";
import { Ladder } from "./ladder.js";
import { box, make, plain, put, say } from "./panel.js";
import { Panes } from "./panes.js";
import { Tape } from "./tape.js";
import { TouchPanel } from "./touch.js";

const MINUTE = 60;
const SHOWN_MINUTES = 120;
const NEAR_SHARE = 0.006; // of the price: farther levels are left out
const TONES = { BREAK: "up", BOUNCE: "down", CHOP: "amber" };

export const LAYERS = [
  ["levels", "Levels"],
  ["touches", "Touches"],
  ["volume", "Volume"],
  ["score", "Score"],
  ["ladder", "Ladder"],
  ["tape", "Tape"],
  ["flow", "Option flow"],
];

/** A session of ES and SPY on the page. */
export class SignalsView {
  constructor(stage, side, data, { zone, colours, pick, slice }) {
    Object.assign(this, { data, zone, colours, pick });
    const { bars, levels, touches } = data.tables;
    this.origin = data.origin;
    const hours = data.head.regular ?? data.head.session;
    const bound = (name) => Number((BigInt(hours[name]) - BigInt(data.head.origin_ns)) / 1_000_000n) / 1000;
    [this.opens, this.closes] = [bound("opens_ns"), bound("closes_ns")];
    this.bars = bars;
    this.levels = levels;
    this.touches = touches;
    this.ends = bars.of("end_ns");
    this.firstScaled = this.whenScaled(data.tables.basis);
    this.cutCandles();
    this.index();
    this.shown = -1;
    this.buildPrice(stage);
    this.buildStrips();
    this.buildSide(side, slice);
  }

  get span() {
    return [this.opens, this.closes];
  }

  get start() {
    const first = this.touchTimes[0] ?? this.opens;
    return Math.min(this.closes, Math.max(first, this.opens + 30 * MINUTE));
  }

  /**
   * The first minute whose prices are on the fund's scale. Before any option has traded the future
   * is only divided by ten, which is some dollars off; without options the whole session is so.
   */
  whenScaled(basis) {
    for (let row = 0; row < basis.count; row += 1) {
      if (basis.at("conversion", row) !== "ratio") return basis.of("minute_ns")[row];
    }
    return -Infinity;
  }

  /** One candle a minute of the session, whole; a minute without a trade has no prices. */
  cutCandles() {
    const count = Math.ceil((this.closes - this.opens) / MINUTE);
    this.candles = Array.from({ length: count }, (_, row) => ({ time: this.timeOfRow(row) }));
    this.volume = new Float64Array(count);
    this.score = new Float64Array(count).fill(NaN);
    this.firstBar = new Int32Array(count + 1).fill(this.bars.count);
    const start = this.bars.of("start_ns");
    for (let bar = this.bars.count - 1; bar >= 0; bar -= 1) {
      const row = Math.floor((start[bar] - this.opens) / MINUTE);
      if (row >= 0 && row < count) this.firstBar[row] = bar;
    }
    for (let row = count - 1; row >= 0; row -= 1) {
      this.firstBar[row] = Math.min(this.firstBar[row], this.firstBar[row + 1]);
    }
    for (let row = 0; row < count; row += 1) {
      const whole = this.candle(row, this.firstBar[row + 1]);
      if (whole) [this.candles[row], this.volume[row]] = [whole, whole.volume];
    }
  }

  timeOfRow(row) {
    return Math.round(this.origin + this.opens + row * MINUTE);
  }

  /** The candle of a row from its bars before `stop`; null without any. */
  candle(row, stop) {
    const first = this.firstBar[row];
    if (first >= stop || this.opens + row * MINUTE < this.firstScaled) return null;
    const [open, high, low, close, volume] = ["open", "high", "low", "close", "volume"].map((name) => this.bars.of(name));
    const made = { time: this.timeOfRow(row), open: open[first], high: -Infinity, low: Infinity, close: close[stop - 1], volume: 0 };
    for (let bar = first; bar < stop; bar += 1) {
      made.high = Math.max(made.high, high[bar]);
      made.low = Math.min(made.low, low[bar]);
      made.volume += volume[bar];
    }
    return made;
  }

  /** Rows of levels by minute; touches in order; the score of the last touch of a minute. */
  index() {
    const minutes = this.levels.of("minute_ns");
    this.minutes = [];
    for (let row = 0; row < this.levels.count; row += 1) {
      if (row === 0 || minutes[row] !== minutes[row - 1]) this.minutes.push({ at: minutes[row], from: row });
    }
    this.minuteTimes = Float64Array.from(this.minutes, (minute) => minute.at);
    this.touchTimes = this.touches.of("ts_event_ns");
    const score = this.touches.of("break_score_smooth");
    for (let touch = 0; touch < this.touches.count; touch += 1) {
      const row = Math.floor((this.touchTimes[touch] - this.opens) / MINUTE);
      if (row >= 0 && row < this.score.length) this.score[row] = score[touch];
    }
  }

  buildPrice(stage) {
    const options = {
      kind: "candles",
      colours: this.colours,
      zone: this.zone,
      rows: SHOWN_MINUTES,
      format: (value) => value.toFixed(2),
    };
    const spot = (row) => {
      const { time, close } = this.candles[row];
      return close === undefined ? null : { time, price: close };
    };
    this.panes = new Panes(stage, options, spot);
    this.price = this.panes.price;
    this.price.paint((ink, width) => this.paintLevels(ink, width), true);
    this.price.paint((ink) => this.paintTouches(ink));
    this.price.host.addEventListener("click", (click) => this.chooseNear(click));
  }

  buildStrips() {
    const { colours } = this;
    const whole = (value) => say(value, 0);
    this.panes.add("volume", {
      name: "Volume",
      zero: true,
      format: whole,
      series: [{ kind: "bar", values: this.volume, colour: colours.soft, meaning: "contracts of the minute" }],
    });
    this.panes.add("score", {
      name: "Break score",
      zero: true,
      format: whole,
      series: [{ values: this.score, colour: colours.price, meaning: this.touches.meaning("break_score_smooth") }],
    });
  }

  buildSide(side, slice) {
    const again = () => this.showBook();
    const clock = (at) => this.zone.clock(this.origin + at);
    this.touch = new TouchPanel(box(side, "Touch"), this.touches, clock);
    const pair = make("div", "pair");
    side.append(pair);
    this.ladder = new Ladder(box(pair, "Book", "ES"), slice, again);
    this.tape = new Tape(box(pair, "Tape", "ES"), slice, clock, again);
    this.flow = new Flow(box(side, "Option flow", "contracts by strike"), this.data.tables.flow, this.colours);
    const touches = box(side, "Touches");
    touches.root.classList.add("grows");
    this.count = touches.note;
    this.events = Array.from({ length: this.touches.count }, (_, row) => ({
      id: this.touches.at("event_id", row),
      at: this.touchTimes[row],
      row,
    }));
    this.table = new EventTable(touches.body, this.pick);
    this.table.load(this.events, (event) => this.write(event));
  }

  write({ row, at }) {
    const { touches } = this;
    return {
      time: this.zone.clock(this.origin + at),
      kind: plain(touches.at("signal", row)),
      tone: this.tone(row),
      text: `${plain(touches.at("level_kind", row))} ${say(touches.at("level_price", row))} ${touches.at("direction", row) === "UP" ? "↑" : "↓"}`,
    };
  }

  /** Grey until the label's horizon has passed; a label that never came stays grey. */
  tone(row) {
    const known = this.touches.of("label_horizon_end_ns")[row] <= this.now;
    return known ? (TONES[this.touches.at("outcome", row)] ?? "none") : "none";
  }

  show(now, seeked, { hidden, selected }) {
    this.now = now;
    this.hidden = hidden;
    this.selected = selected;
    const bars = countUpTo(this.ends, now);
    const second = Math.floor(now);
    if (!seeked && bars === this.shownBars && second === this.second) return;
    [this.shownBars, this.second] = [bars, second];
    this.showCandles(now, bars, seeked);
    this.happened = countUpTo(this.touchTimes, now);
    const chosen = this.events.find((event) => event.id === selected && event.at <= now);
    this.chosen = chosen ? chosen.row : this.happened - 1;
    this.panes.show(this.row, hidden);
    this.touch.show(this.chosen, now);
    this.showBook();
    this.flow.show(now, this.lastPrice(), this.levelsNow(), hidden.has("flow"));
    // outcomes turn known between touches too: a second is the finest they are told by
    this.table.known = -1;
    this.table.show(this.happened, this.events[this.chosen]?.id);
    put(this.count, `${this.happened} so far`);
  }

  showBook() {
    this.ladder.show(this.now, this.hidden.has("ladder"));
    this.tape.show(this.now, this.hidden.has("tape"));
  }

  showCandles(now, bars, seeked) {
    const row = Math.min(this.candles.length - 1, Math.floor((now - this.opens) / MINUTE));
    const forming = this.candle(row, Math.min(bars, this.firstBar[row + 1])) ?? { time: this.timeOfRow(row) };
    if (seeked || row < this.row || row > this.row + 1) {
      this.price.show([...this.candles.slice(0, row), forming]);
      this.price.lookAtLast(row);
    } else {
      if (row > this.row) this.price.add(this.candles[this.row]);
      this.price.add(forming);
    }
    this.row = row;
  }

  levelsNow() {
    const at = countUpTo(this.minuteTimes, this.now) - 1;
    if (at < 0) return [];
    const stop = this.minutes[at + 1]?.from ?? this.levels.count;
    const found = [];
    for (let row = this.minutes[at].from; row < stop; row += 1) {
      found.push({
        kind: this.levels.at("kind", row),
        price: this.levels.at("level_price", row),
        knownAt: this.levels.at("known_at_ns", row),
      });
    }
    return found;
  }

  paintLevels(ink, width) {
    const axis = this.price.axis();
    if (!axis || this.hidden?.has("levels") || this.row === undefined) return;
    const close = this.lastPrice();
    const near = this.levelsNow().filter((level) => Math.abs(level.price - close) <= NEAR_SHARE * close);
    ink.font = "10px system-ui, sans-serif";
    ink.textBaseline = "bottom";
    ink.textAlign = "right";
    let above = Infinity;
    for (const level of near.sort((a, b) => a.price - b.price)) {
      const y = this.price.y(level.price);
      if (y === null || level.knownAt > this.now) continue;
      const fine = level.kind === "ROUND" || level.kind === "STRIKE";
      const from = Math.max(0, axis.place((level.knownAt - this.opens) / MINUTE));
      ink.strokeStyle = fine ? this.colours.grid : this.colours.level;
      ink.lineWidth = 1;
      ink.setLineDash(fine ? [2, 4] : []);
      ink.beginPath();
      ink.moveTo(Math.min(from, width), Math.round(y) + 0.5);
      ink.lineTo(width, Math.round(y) + 0.5);
      ink.stroke();
      if (fine || above - y < 11) continue;
      above = y;
      ink.fillStyle = this.colours.soft;
      // a level that moves every minute is always of this one
      const old = level.knownAt > this.opens && level.knownAt < this.now - MINUTE;
      const since = old ? ` · ${this.zone.clock(this.origin + level.knownAt, false)}` : "";
      ink.fillText(`${plain(level.kind)} ${level.price.toFixed(2)}${since}`, width - 4, y - 1);
    }
    ink.setLineDash([]);
  }

  lastPrice() {
    return this.shownBars ? this.bars.of("close")[this.shownBars - 1] : NaN;
  }

  paintTouches(ink) {
    const axis = this.price.axis();
    if (!axis || this.hidden?.has("touches") || this.happened === undefined) return;
    const price = this.touches.of("level_price");
    for (let row = 0; row < this.happened; row += 1) {
      const x = axis.place((this.touchTimes[row] - this.opens) / MINUTE);
      if (x < -6 || x > axis.width + 6) continue;
      const y = this.price.y(price[row]);
      if (y === null) continue;
      const signal = this.touches.at("signal", row);
      const size = row === this.chosen ? 5 : signal === "NEUTRAL" ? 2.5 : 3.5;
      ink.beginPath();
      ink.arc(x, y, size, 0, 2 * Math.PI);
      ink.fillStyle = this.colours[`tone-${this.tone(row)}`];
      ink.fill();
      if (signal !== "NEUTRAL" || row === this.chosen) {
        ink.lineWidth = row === this.chosen ? 2 : 1.2;
        ink.strokeStyle = row === this.chosen ? this.colours.price : this.colours[signal === "BREAK" ? "up" : "down"];
        ink.stroke();
      }
    }
  }

  /** A click near a touch chooses it. */
  chooseNear(click) {
    const axis = this.price.axis();
    if (!axis) return;
    const { left, top } = this.price.host.getBoundingClientRect();
    let [best, least] = [null, 10];
    for (let row = 0; row < this.happened; row += 1) {
      const x = axis.place((this.touchTimes[row] - this.opens) / MINUTE);
      const away = Math.hypot(x - (click.clientX - left), this.price.y(this.touches.of("level_price")[row]) - (click.clientY - top));
      if (away < least) [best, least] = [row, away];
    }
    if (best !== null) this.pick(this.events[best]);
  }

  close() {
    this.panes.close();
  }
}
