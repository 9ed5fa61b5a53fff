// Times as the exchange's wall clock shows them.

const HOUR = 3600;

/** Writes moments (seconds UTC) in one zone. */
export class Zone {
  constructor(name) {
    this.name = name;
    this.format = new Intl.DateTimeFormat("en-GB", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    this.offsets = new Map();
  }

  /** Seconds to add to UTC; looked up once an hour, since formatting is slow. */
  offset(utc) {
    const hour = Math.floor(utc / HOUR);
    let found = this.offsets.get(hour);
    if (found === undefined) {
      const parts = Object.fromEntries(
        this.format.formatToParts(new Date(hour * HOUR * 1000)).map((part) => [part.type, +part.value]),
      );
      const local = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
      found = local / 1000 - hour * HOUR;
      this.offsets.set(hour, found);
    }
    return found;
  }

  /** HH:MM:SS, or HH:MM. */
  clock(utc, seconds = true) {
    const local = Math.floor(utc + this.offset(utc));
    const day = ((local % 86400) + 86400) % 86400;
    const parts = [Math.floor(day / 3600), Math.floor(day / 60) % 60, day % 60].map((part) =>
      String(part).padStart(2, "0"),
    );
    return seconds ? parts.join(":") : `${parts[0]}:${parts[1]}`;
  }

  /** "New York" of America/New_York. */
  get place() {
    return this.name.split("/").pop().replaceAll("_", " ");
  }
}
