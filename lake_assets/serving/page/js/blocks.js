// Tables as the service sends them: one JSON head, then columns read as they lie.

const MAGIC = "LAKEBLK1";
const VIEWS = { float64: Float64Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array };
const NANOS_PER_SECOND = 1e9;

/** Tables of one answer; moments are seconds since `origin` (a number of seconds, UTC). */
export function readBlocks(buffer) {
  const magic = new TextDecoder("ascii").decode(new Uint8Array(buffer, 0, 8));
  if (magic !== MAGIC) throw new Error(`expected blocks that begin with ${MAGIC}, found ${magic}`);
  const length = new DataView(buffer).getUint32(8, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 16, length)));
  const tables = {};
  for (const [name, told] of Object.entries(head.tables)) {
    tables[name] = new Table(told, buffer, 16 + length);
  }
  return { head, tables, origin: Number(head.origin_ns ?? 0) / NANOS_PER_SECOND };
}

/** Columns by name: numbers and moments as Float64Array, words and truths by row. */
export class Table {
  constructor(told, buffer, start) {
    this.count = told.count;
    this.columns = new Map(told.columns.map((column) => [column.name, column]));
    this.values = new Map();
    for (const column of told.columns) {
      const view = VIEWS[column.type];
      const values = new view(buffer, start + column.offset, column.length);
      this.values.set(column.name, column.kind === "moment" ? values.map(toSeconds) : values);
    }
  }

  /** The values of a column as they lie; a moment in seconds since the origin. */
  of(name) {
    const values = this.values.get(name);
    if (!values) throw new Error(`no column ${name}; there are ${[...this.values.keys()].join(", ")}`);
    return values;
  }

  /** One cell: a number, a word, true or false; null where it is unknown. */
  at(name, row) {
    const value = this.of(name)[row];
    const { kind, words } = this.columns.get(name);
    if (kind === "word") return words[value] ?? null;
    if (kind === "truth") return value === 255 ? null : value === 1;
    return Number.isNaN(value) ? null : value;
  }

  unit(name) {
    return this.columns.get(name)?.unit ?? "";
  }

  meaning(name) {
    return this.columns.get(name)?.meaning ?? "";
  }
}

function toSeconds(nanos) {
  return nanos / NANOS_PER_SECOND;
}

/** How many of the values, in order, are at most `limit`. */
export function countUpTo(values, limit) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
