// Panes on one time axis: the price above, strips below, one crosshair through all of them.

import { make } from "./panel.js";
import { PricePane } from "./price.js";
import { Strip } from "./strip.js";

/** `spot(row)` is {time, price} of a known row, or null where the row has no price. */
export class Panes {
  constructor(stage, price, spot) {
    const above = make("div", "price");
    this.below = make("div", "strips");
    stage.append(above, this.below);
    this.price = new PricePane(above, price);
    this.price.onMove((row) => this.moved(row));
    Object.assign(this, { spot, strips: [], known: 0, hidden: new Set() });
  }

  /** A strip below the others; `layer` is the name it is hidden by. */
  add(layer, spec) {
    const strip = new Strip(this.below, spec);
    strip.layer = layer;
    strip.canvas.addEventListener("mousemove", (moved) => this.hover(moved.offsetX));
    strip.canvas.addEventListener("mouseleave", () => this.hover(null));
    this.strips.push(strip);
  }

  /** Show the rows before `known`, without the strips of hidden layers. */
  show(known, hidden) {
    [this.known, this.hidden] = [known, hidden];
    this.price.repaint();
    this.draw();
    this.mark(null);
  }

  draw() {
    const axis = this.price.axis();
    if (!axis) return;
    const from = Math.max(0, Math.floor(axis.row(0)));
    const to = Math.ceil(axis.row(axis.width)) + 1;
    for (const strip of this.strips) {
      strip.root.hidden = this.hidden.has(strip.layer);
      if (!strip.root.hidden) strip.draw(axis, from, to, this.known);
    }
  }

  hover(x) {
    const axis = this.price.axis();
    const row = this.knownRow(x === null || !axis ? null : axis.row(x));
    const spot = row === null ? null : this.spot(row);
    this.price.pointAt(spot?.time ?? null, spot?.price);
    this.mark(row);
  }

  /** The crosshair moved (a row, or none), or the view did (undefined). */
  moved(row) {
    if (row !== undefined) this.mark(this.knownRow(row));
    else if (this.known > 0) this.draw();
  }

  knownRow(place) {
    const row = place === null ? null : Math.round(place);
    return row !== null && row >= 0 && row < this.known ? row : null;
  }

  /** Mark a row in every strip and say its values; without one the last that is known. */
  mark(row) {
    const axis = row === null ? null : this.price.axis();
    const last = this.known > 0 ? this.known - 1 : null;
    for (const strip of this.strips) strip.point(axis, row ?? last);
  }

  close() {
    this.price.close();
  }
}
