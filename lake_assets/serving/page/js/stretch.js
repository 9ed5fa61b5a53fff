// Rows that are too many for a whole day: fetched a stretch at a time, a little ahead of play.

const STILL_MS = 120; // a clock that is dragged through the day asks for nothing on the way
const AGAIN_MS = 2000;
const HELD = 12;

/**
 * `ask(start, end)` gives blocks of `[start, end)`, whole seconds since the origin; `arrived` is
 * called when they are there.
 */
export class Stretches {
  constructor(ask, span, arrived) {
    Object.assign(this, { ask, span, arrived });
    this.held = new Map();
  }

  /** The rows around `now`; null while they are on their way. */
  around(now) {
    const part = Math.floor(now / this.span);
    if (now - part * this.span > this.span * 0.7) this.want(part + 1);
    return this.rows(part);
  }

  /** The rows before those; null while they are on their way. */
  before(now) {
    return this.rows(Math.floor(now / this.span) - 1);
  }

  rows(part) {
    const found = this.held.get(part);
    if (found === undefined) this.want(part);
    return found ?? null;
  }

  want(part) {
    if (this.held.has(part)) return;
    this.wanted = [...(this.wanted ?? []), part].slice(-3);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      for (const each of this.wanted) this.fetch(each);
      this.wanted = null;
    }, STILL_MS);
  }

  fetch(part) {
    if (this.held.has(part)) return;
    this.held.set(part, null);
    this.ask(part * this.span, (part + 1) * this.span).then(
      (data) => {
        this.held.set(part, data.tables.rows);
        this.arrived();
      },
      () => {
        // asked for again the next time somebody looks there
        setTimeout(() => this.held.delete(part), AGAIN_MS);
      },
    );
    if (this.held.size > HELD) this.held.delete(this.held.keys().next().value);
  }
}
