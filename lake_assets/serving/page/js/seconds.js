// Option state: an underlying's market second by second, and what happened in it.

import { countUpTo } from "./blocks.js";
import { EventTable } from "./events.js";
import { box, make, percent, plain, put, Reading, say } from "./panel.js";
import { Panes } from "./panes.js";
import { extent, trace } from "./strip.js";

const SHOWN_S = 1200;
const ALERT_S = 20;
const VACUUM_SCORE = 0.5; // of a burst: above it the book was emptier than traded

export const LAYERS = [
  ["bursts", "Bursts"],
  ["fear", "Fear"],
  ["chop", "Chop"],
  ["liquidity", "Liquidity"],
  ["regimes", "Regimes"],
  ["mids", "Mids"],
  ["spreads", "Spreads"],
  ["depth", "Depth"],
  ["imbalance", "Imbalance"],
  ["volatility", "Volatility"],
];

/** A day of one underlying on the page. */
export class SecondsView {
  constructor(stage, side, data, { zone, colours, pick }) {
    Object.assign(this, { data, zone, colours });
    this.seconds = data.tables.seconds;
    this.origin = data.origin;
    this.times = this.seconds.of("timestamp");
    this.knownAt = this.seconds.of("known_at");
    this.spot = this.seconds.of("spot_price");
    this.stamps = Array.from(this.times, (time) => Math.round(this.origin + time));
    this.shown = -1;
    this.buildPrice(stage);
    this.buildStrips();
    this.buildSide(side, pick);
  }

  get span() {
    return [this.knownAt[0], this.knownAt[this.knownAt.length - 1]];
  }

  /** Where to begin when the link does not say: half an hour in. */
  get start() {
    return Math.min(this.span[1], this.span[0] + 1800);
  }

  buildPrice(stage) {
    const options = {
      kind: "line",
      colours: this.colours,
      zone: this.zone,
      rows: SHOWN_S,
      format: (value) => value.toFixed(2),
    };
    const spot = (row) => (Number.isNaN(this.spot[row]) ? null : { time: this.stamps[row], price: this.spot[row] });
    this.panes = new Panes(stage, options, spot);
    this.price = this.panes.price;
    const first = this.spot.findIndex((price) => !Number.isNaN(price));
    this.price.lay(this.stamps, first, this.spot[first], (from, to) =>
      extent(this.spot, from, Math.min(to, this.shown)),
    );
    this.price.paint((ink, _, height) => this.paintBands(ink, height), true);
    this.price.paint((ink) => this.paintSpot(ink));
  }

  buildStrips() {
    const { colours, seconds } = this;
    const line = (name, label, colour) => ({
      values: seconds.of(name),
      label,
      colour,
      meaning: `${seconds.meaning(name)}, ${seconds.unit(name)}`,
    });
    const words = seconds.columns.get("regime").words;
    const ribbon = words.map((word) => colours[`regime-${word}`]);
    const strips = {
      regimes: {
        name: "Regime",
        height: 30,
        series: [{ kind: "ribbon", values: seconds.of("regime"), words: words.map(plain), colours: ribbon }],
      },
      mids: {
        name: "At the money",
        height: 96,
        series: [line("ce_mid", "call", colours.call), line("pe_mid", "put", colours.put)],
      },
      spreads: {
        name: "Spread",
        zero: true,
        series: [line("ce_spread", "call", colours.call), line("pe_spread", "put", colours.put)],
      },
      depth: {
        name: "Depth",
        zero: true,
        format: (value) => say(value, 0),
        series: [this.depthOf("ce", "call", colours.call), this.depthOf("pe", "put", colours.put)],
      },
      imbalance: {
        name: "Imbalance",
        series: [line("ce_obi_5", "call", colours.call), line("pe_obi_5", "put", colours.put)],
      },
      volatility: {
        name: "Volatility",
        zero: true,
        format: (value) => `${(value * 1e4).toFixed(2)} bp`,
        series: [line("rv_30s", "30 s", colours.price), line("rv_120s", "120 s", colours.soft)],
      },
    };
    for (const [layer, spec] of Object.entries(strips)) this.panes.add(layer, spec);
  }

  /** Five levels of both sides together. */
  depthOf(right, label, colour) {
    const [bid, ask] = [this.seconds.of(`${right}_bid_depth_5`), this.seconds.of(`${right}_ask_depth_5`)];
    return { values: bid.map((size, row) => size + ask[row]), label, colour, meaning: "size of five levels of both sides" };
  }

  buildSide(side, pick) {
    const quotes = box(side, "At the money");
    this.strike = quotes.note;
    const table = make("table", "quotes");
    const heads = ["", "call", "put"].map((text) => make("th", "", text));
    table.append(make("tr"));
    table.rows[0].append(...heads);
    this.cells = {};
    for (const [name, label, digits] of [
      ["bid", "bid", 2],
      ["ask", "ask", 2],
      ["spread", "spread", 2],
      ["bid_depth_5", "bid depth", 0],
      ["ask_depth_5", "ask depth", 0],
      ["iv", "volatility", 4],
      ["delta", "delta", 3],
    ]) {
      const row = make("tr");
      const cells = ["ce", "pe"].map((right) => {
        const cell = make("td", "", "–");
        this.cells[`${right}_${name}`] = [cell, digits];
        return cell;
      });
      row.append(make("th", "", label), ...cells);
      table.append(row);
    }
    quotes.body.append(table);
    const state = box(side, "State");
    this.readings = {
      regime: new Reading(state.body, "regime"),
      spot: new Reading(state.body, "spot"),
      expiry: new Reading(state.body, "days to expiry"),
      volume: new Reading(state.body, "traded in 30 s", this.seconds.meaning("opt_vol_30s")),
      pcr: new Reading(state.body, "put/call volume", this.seconds.meaning("pcr_volume")),
    };
    this.alert = make("div", "alert");
    this.alert.setAttribute("role", "status");
    state.body.append(this.alert);
    const events = box(side, "Events");
    events.root.classList.add("grows");
    this.count = events.note;
    this.events = this.gather();
    this.eventTimes = Float64Array.from(this.events, (event) => event.at);
    this.table = new EventTable(events.body, pick);
    this.table.load(this.events, (event) => this.write(event));
  }

  /** Every event, in the order in which they become known. */
  gather() {
    const found = [];
    const add = (kind, start, end, more) => {
      const table = this.data.tables[kind];
      const known = table.of("known_at");
      for (let row = 0; row < table.count; row += 1) {
        const [from, to] = [table.of(start)[row], end ? table.of(end)[row] : NaN];
        found.push({ id: table.at("event_id", row), at: known[row], kind, from, to, ...more(table, row) });
      }
    };
    add("bursts", "start_time", "end_time", (table, row) => {
      const way = table.at("direction", row) > 0 ? "up" : "down";
      const vacuum = table.at("vacuum_score", row);
      return { name: `burst ${way}`, tone: way, vacuum, text: `${say(table.at("size_points", row), 1)} points in ${table.at("duration_s", row)} s` };
    });
    add("fear", "onset_time", "decay_time", (table, row) => ({
      name: "fear",
      tone: "fear",
      text: `put ${percent(table.at("pe_rel_delta_peak", row), 1)}`,
    }));
    add("chop", "start_time", "end_time", (table, row) => ({
      name: "chop",
      tone: "chop",
      text: `${table.at("duration_s", row)} s within ${say(table.at("range_points", row), 1)} points`,
    }));
    add("liquidity", "timestamp", "end_time", (table, row) => ({
      name: plain(table.at("event_type", row)),
      tone: table.at("event_type", row) === "vacuum" ? "vacuum" : "liquidity",
      text: `${plain(table.at("leg", row))} ${say(table.at("strike", row), 0)}, ${percent(table.at("magnitude", row))}`,
    }));
    return found.sort((a, b) => a.at - b.at || a.id.localeCompare(b.id));
  }

  write(event) {
    return {
      time: this.zone.clock(this.origin + event.at),
      kind: event.name,
      tone: event.tone,
      text: event.text,
    };
  }

  /** Show the market as it was known at `now`. */
  show(now, seeked, { hidden, selected }) {
    const known = countUpTo(this.knownAt, now);
    this.hidden = hidden;
    this.happened = countUpTo(this.eventTimes, now);
    if (known !== this.shown || seeked) {
      this.shown = known;
      this.price.lookAtLast(known);
      if (known > 0 && !Number.isNaN(this.spot[known - 1])) this.price.mark(this.spot[known - 1]);
      this.panes.show(known, hidden);
      this.say(known - 1);
      this.alarm(now);
      this.table.show(this.happened, selected);
      put(this.count, `${this.happened} so far`);
    }
  }

  say(row) {
    const at = (name) => (row < 0 ? null : this.seconds.at(name, row));
    for (const [name, [cell, digits]] of Object.entries(this.cells)) put(cell, say(at(name), digits));
    put(this.strike, row < 0 ? "" : `strike ${say(at("ce_strike"), 0)}, ${at("expiry") ?? ""}`);
    const regime = at("regime");
    this.readings.regime.show(plain(regime), regime ?? "");
    this.readings.spot.show(say(at("spot_price")));
    this.readings.expiry.show(say(at("dte_days"), 0));
    this.readings.volume.show(say(at("opt_vol_30s"), 0));
    this.readings.pcr.show(say(at("pcr_volume")));
  }

  /** A vacuum that has just become known is called out. */
  alarm(now) {
    let found = null;
    for (let i = this.happened - 1; i >= 0 && this.events[i].at > now - ALERT_S; i -= 1) {
      if (this.events[i].tone === "vacuum" || this.events[i].vacuum > VACUUM_SCORE) found = this.events[i];
    }
    this.alert.textContent = found ? `Vacuum: ${found.name}, ${found.text}` : "";
    this.alert.classList.toggle("on", Boolean(found));
  }

  paintSpot(ink) {
    const axis = this.price.axis();
    if (!axis) return;
    ink.strokeStyle = this.colours.price;
    ink.lineWidth = 1.5;
    ink.lineJoin = "round";
    const from = Math.max(0, Math.floor(axis.row(0)) - 1);
    const to = Math.min(this.shown, Math.ceil(axis.row(axis.width)) + 1);
    trace(ink, this.spot, axis, from, to, (price) => this.price.y(price));
  }

  paintBands(ink, height) {
    const axis = this.price.axis();
    if (!axis) return;
    const first = this.times[0];
    for (let i = 0; i < this.happened; i += 1) {
      const event = this.events[i];
      if (this.hidden.has(event.kind)) continue;
      const x = axis.place(event.from - first);
      const end = axis.place((Number.isNaN(event.to) ? event.at : event.to) - first);
      if (end < 0 || x > axis.width) continue;
      ink.fillStyle = this.colours[`band-${event.tone}`] ?? this.colours["band-liquidity"];
      if (event.kind === "liquidity") ink.fillRect(x, height - 10, Math.max(1.5, end - x), 8);
      else ink.fillRect(x, 0, Math.max(2, end - x), height);
    }
  }

  close() {
    this.panes.close();
  }
}
