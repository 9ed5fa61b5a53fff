// Rows that are too many for a whole day: fetched a stretch at a time, a little ahead of play.

/**
 * `ask(start, end)` gives blocks of `[start, end)`, whole seconds since the origin; `arrived` is
 * called when they are there.
 */
export class Stretches {
  constructor(ask, span, arrived) {
    Object.assign(this, { ask, span, arrived });
    this.held = new Map();
  }

  /** The tables around `now`; null while they are on their way. */
  around(now) {
    const part = Math.floor(now / this.span);
    const found = this.fetch(part);
    if (now - part * this.span > this.span * 0.7) this.fetch(part + 1);
    return found.tables ?? null;
  }

  /** The tables before those; null while they are on their way. */
  before(now) {
    return this.fetch(Math.floor(now / this.span) - 1).tables ?? null;
  }

  fetch(part) {
    let held = this.held.get(part);
    if (!held) {
      held = {};
      this.held.set(part, held);
      this.ask(part * this.span, (part + 1) * this.span).then(
        (data) => {
          held.tables = data.tables;
          this.arrived();
        },
        () => {
          // asked for again the next time somebody looks there
          setTimeout(() => this.held.delete(part), 2000);
        },
      );
      if (this.held.size > 12) this.held.delete(this.held.keys().next().value);
    }
    return held;
  }
}
