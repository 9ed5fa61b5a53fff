// The price pane: Lightweight Charts for axes, candles and crosshair; our own ink over it.

const { createChart, CandlestickSeries, LineSeries, CrosshairMode } = window.LightweightCharts;

const ROOM = 0.12; // right of now, for labels

/** Draws over a series; `paint(ink, width, height)` works in CSS pixels. */
class Ink {
  constructor(paint, below) {
    this.paint = paint;
    this.view = {
      zOrder: () => (below ? "bottom" : "top"),
      renderer: () => ({ draw: (target) => this.draw(target) }),
    };
  }

  attached({ requestUpdate }) {
    this.refresh = requestUpdate;
  }

  detached() {
    this.refresh = null;
  }

  updateAllViews() {}

  paneViews() {
    return [this.view];
  }

  draw(target) {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      context.save();
      this.paint(context, mediaSize.width, mediaSize.height);
      context.restore();
    });
  }
}

/** A chart whose bars lie a row a place: row 0 is the first bar, whether or not it has a price. */
export class PricePane {
  constructor(host, { kind, colours, zone, rows, format }) {
    this.host = host;
    this.rows = rows;
    this.colour = colours.price;
    this.chart = createChart(host, {
      autoSize: true,
      layout: {
        background: { color: "transparent" },
        textColor: colours.soft,
        fontSize: 11,
        attributionLogo: true,
      },
      grid: { vertLines: { color: colours.grid }, horzLines: { color: colours.grid } },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderVisible: false, minimumWidth: 64 },
      timeScale: {
        borderVisible: false,
        minBarSpacing: 0.02,
        timeVisible: true,
        // between whole minutes a mark says nothing a reader needs
        tickMarkFormatter: (time) => (time % 60 ? "" : zone.clock(time, false)),
      },
      localization: { timeFormatter: (time) => zone.clock(time), priceFormatter: format },
    });
    this.series =
      kind === "candles"
        ? this.chart.addSeries(CandlestickSeries, {
            upColor: colours.up,
            downColor: colours.down,
            borderVisible: false,
            wickUpColor: colours.up,
            wickDownColor: colours.down,
            priceLineStyle: 2,
          })
        : this.chart.addSeries(LineSeries, {
            color: "transparent",
            priceLineVisible: false,
            lastValueVisible: false,
            crosshairMarkerVisible: false,
            autoscaleInfoProvider: () => this.scale(),
          });
    this.inks = [];
  }

  /** Paint under (`below`) or over the bars, whenever they are drawn. */
  paint(paint, below = false) {
    const ink = new Ink(paint, below);
    this.series.attachPrimitive(ink);
    this.inks.push(ink);
  }

  repaint() {
    for (const ink of this.inks) ink.refresh?.();
  }

  /**
   * Lay out rows at these times once and for all, and leave their drawing to `paint`: handing a
   * day of seconds to the chart anew takes too long for a seek. `extremes(from, to)` gives least
   * and greatest price of the rows in sight. The chart wants a price to have a scale at all, and
   * one at the end to be moved that far: the first one, of `row`, stands there too, unseen. Without
   * any price, `row` is -1.
   */
  lay(times, row, price, extremes) {
    this.extremes = extremes;
    if (row < 0) {
      this.series.setData(times.map((time) => ({ time })));
      return;
    }
    const held = new Set([row, times.length - 1]);
    this.series.setData(times.map((time, i) => (held.has(i) ? { time, value: price } : { time })));
    this.line = this.series.createPriceLine({ price, lineStyle: 2, lineWidth: 1, color: this.colour });
  }

  scale() {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    const found = range && this.extremes?.(Math.floor(range.from), Math.ceil(range.to) + 1);
    return found ? { priceRange: { minValue: found[0], maxValue: found[1] } } : null;
  }

  /** The price now, at the axis. */
  mark(price) {
    this.line.applyOptions({ price });
  }

  show(bars) {
    this.series.setData(bars);
  }

  add(bar) {
    this.series.update(bar);
  }

  /** Show as many of the last rows as the viewer chose to see, and some room for what comes. */
  lookAtLast(known) {
    const shown = Math.max(this.rows / 3, Math.min(this.rows, known + 1));
    this.chart.timeScale().setVisibleLogicalRange({ from: known - shown, to: known + shown * ROOM });
  }

  /** The viewer zoomed: keep it when playing on and seeking. */
  chose() {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    if (range) this.rows = Math.max(10, Math.round((range.to - range.from) / (1 + ROOM)));
  }

  /** Where rows lie: width of the bars' area, and x of a row. */
  axis() {
    const scale = this.chart.timeScale();
    const zero = scale.logicalToCoordinate(0);
    if (zero === null) return null;
    const step = scale.options().barSpacing;
    return { width: scale.width(), step, place: (row) => zero + row * step, row: (x) => (x - zero) / step };
  }

  y(price) {
    return this.series.priceToCoordinate(price);
  }

  onMove(hear) {
    this.chart.subscribeCrosshairMove((moved) => hear(moved.point ? (moved.logical ?? null) : null));
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(() => hear(undefined));
    for (const zoomed of ["wheel", "pointerup"]) {
      this.host.addEventListener(zoomed, () => requestAnimationFrame(() => this.chose()), { passive: true });
    }
  }

  pointAt(time, price) {
    if (time === null) this.chart.clearCrosshairPosition();
    else this.chart.setCrosshairPosition(price, time, this.series);
  }

  close() {
    this.chart.remove();
  }
}
