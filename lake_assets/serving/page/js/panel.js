// The small parts at the side: a named box, a reading, a gauge.

export function make(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** A box with a heading; what is put in goes to `body`. */
export function box(host, name, note = "") {
  const root = make("section", "box");
  const head = make("header");
  head.append(make("h2", "", name), make("span", "note", note));
  const body = make("div", "body");
  root.append(head, body);
  host.append(root);
  return { root, body, note: head.lastChild };
}

/** Set a text; one that is there already costs no layout. */
export function put(node, text) {
  if (node.said === text) return;
  node.said = text;
  node.textContent = text;
}

const writers = new Map();

/** Making a formatter takes a hundred times as long as using one. */
function writer(digits) {
  if (!writers.has(digits)) {
    const exactly = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    writers.set(digits, new Intl.NumberFormat("en-US", exactly));
  }
  return writers.get(digits);
}

/** Text of a number; a dash where it is unknown. */
export function say(value, digits = 2, unit = "") {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const text = writer(digits).format(value);
  return unit ? `${text} ${unit}` : text;
}

/** A share in percent; a dash where it is unknown. */
export function percent(share, digits = 0) {
  return share === null ? "–" : say(100 * share, digits, "%");
}

/** Capital words as people read them. */
export function plain(word) {
  return word === null ? "–" : word.toLowerCase().replaceAll("_", " ");
}

/** A line of name and value. */
export class Reading {
  constructor(host, name, meaning = "") {
    this.root = make("div", "reading");
    this.value = make("b", "", "–");
    this.root.append(make("span", "", name), this.value);
    this.root.title = meaning;
    host.append(this.root);
  }

  show(text, tone = "") {
    put(this.value, text);
    this.value.dataset.tone = tone;
  }
}

/** A bar between two bounds; of a range around zero it grows from the middle. */
export class Gauge {
  constructor(host, name, low, high, meaning = "") {
    [this.low, this.high] = [low, high];
    this.root = make("div", "gauge");
    this.root.title = meaning;
    this.value = make("b", "", "–");
    this.track = make("div", "track");
    this.fill = make("i");
    this.track.append(this.fill);
    this.root.append(make("span", "", name), this.track, this.value);
    host.append(this.root);
  }

  show(value, text, tone = "") {
    put(this.value, text);
    this.fill.dataset.tone = tone;
    if (value === null) {
      this.fill.style.width = "0";
      return;
    }
    const share = (at) => Math.min(1, Math.max(0, (at - this.low) / (this.high - this.low)));
    const [from, to] = [share(Math.max(this.low, Math.min(0, this.high))), share(value)];
    this.fill.style.left = `${Math.min(from, to) * 100}%`;
    this.fill.style.width = `${Math.abs(to - from) * 100}%`;
  }
}
