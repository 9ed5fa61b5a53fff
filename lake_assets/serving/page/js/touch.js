// The chosen touch: barrier, tape, fuel, score, runway, and its label once that is known.

import { Gauge, make, plain, put, Reading, say } from "./panel.js";

export class TouchPanel {
  constructor(host, touches, clock) {
    Object.assign(this, { host, touches, clock });
    const body = make("div", "touch");
    host.body.append(body);
    const group = (name) => {
      const part = make("div", "part");
      part.append(make("h3", "", name));
      body.append(part);
      return part;
    };
    const gauge = (part, name, column, low, high) => new Gauge(part, name, low, high, touches.meaning(column));
    const read = (part, name, column) => new Reading(part, name, touches.meaning(column));
    const score = group("Score");
    this.score = gauge(score, "break", "break_score_smooth", 0, 100);
    this.liquidity = gauge(score, "liquidity", "liquidity_score", 0, 100);
    this.tapeScore = gauge(score, "tape", "tape_score", 0, 100);
    this.hedge = gauge(score, "hedge", "hedge_score", 0, 100);
    this.signal = read(score, "signal", "signal");
    const barrier = group("Barrier");
    this.barrier = read(barrier, "state", "barrier_state");
    this.delta = read(barrier, "liquidity", "barrier_delta_liq");
    this.wall = read(barrier, "wall ratio", "wall_ratio");
    this.replenish = read(barrier, "replenished", "barrier_replenishment_ratio");
    const tape = group("Tape");
    this.imbalance = gauge(tape, "imbalance", "tape_imbalance", -1, 1);
    this.velocity = read(tape, "trades a second", "tape_velocity");
    this.sweep = read(tape, "sweep", "tape_sweep_direction");
    const fuel = group("Fuel");
    this.effect = read(fuel, "effect", "fuel_effect");
    this.gamma = read(fuel, "gamma", "gamma_exposure");
    this.share = gauge(fuel, "flow share", "fuel_gamma_share", 0, 1);
    const later = group("After");
    this.runway = read(later, "runway", "runway_distance");
    this.label = read(later, "outcome", "outcome");
  }

  show(row, now) {
    const { touches } = this;
    const at = (name) => (row < 0 ? null : touches.at(name, row));
    put(
      this.host.note,
      row < 0
        ? "none yet"
        : `${this.clock(at("ts_event_ns"))} ${plain(at("level_kind"))} ${say(at("level_price"))} ${at("direction") === "UP" ? "from below" : "from above"}`,
    );
    for (const [gauge, name] of [
      [this.score, "break_score_smooth"],
      [this.liquidity, "liquidity_score"],
      [this.tapeScore, "tape_score"],
      [this.hedge, "hedge_score"],
    ]) {
      gauge.show(at(name), say(at(name), 0));
    }
    this.imbalance.show(at("tape_imbalance"), say(at("tape_imbalance")), at("tape_imbalance") < 0 ? "down" : "up");
    this.share.show(at("fuel_gamma_share"), say(at("fuel_gamma_share")));
    const signal = at("signal");
    this.signal.show(
      signal === null ? "–" : `${plain(signal)}, ${plain(at("confidence"))}`,
      { BREAK: "up", REJECT: "down" }[signal] ?? "",
    );
    this.barrier.show(plain(at("barrier_state")));
    this.delta.show(say(at("barrier_delta_liq"), 0));
    this.wall.show(say(at("wall_ratio")));
    this.replenish.show(say(at("barrier_replenishment_ratio")));
    this.velocity.show(say(at("tape_velocity"), 1));
    this.sweep.show(plain(at("tape_sweep_direction")));
    const effect = at("fuel_effect");
    this.effect.show(plain(effect));
    this.gamma.show(say(at("gamma_exposure"), 0));
    this.runway.show(
      at("runway_distance") === null ? "–" : `${say(at("runway_distance"))} USD, ${plain(at("runway_quality"))}`,
    );
    this.showLabel(row, now, at);
  }

  /** The outcome is nobody's to know before its horizon has passed. */
  showLabel(row, now, at) {
    const end = row < 0 ? null : at("label_horizon_end_ns");
    if (end === null) this.label.show("–");
    else if (end > now) this.label.show(`known at ${this.clock(end)}`, "none");
    else {
      const outcome = at("outcome");
      const tone = { BREAK: "up", BOUNCE: "down", CHOP: "amber" }[outcome] ?? "none";
      this.label.show(outcome === null ? plain(at("label_reason")) : plain(outcome), tone);
    }
  }
}
