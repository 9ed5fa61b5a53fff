// What has happened so far, newest first; a click goes there.

import { make, put } from "./panel.js";

const SHOWN = 40;

/** `events` are {id, at, kind, tone, text} in order of `at`, the second at which each is known. */
export class EventTable {
  constructor(host, pick) {
    this.pick = pick;
    this.events = [];
    this.known = -1;
    this.list = make("ol", "events");
    this.list.setAttribute("aria-label", "Events so far");
    host.append(this.list);
    this.empty = make("li", "empty", "Nothing has happened yet.");
    this.rows = Array.from({ length: SHOWN }, () => {
      const row = make("li");
      row.tabIndex = 0;
      row.append(make("time"), make("em"), make("span"));
      return row;
    });
    this.list.append(this.empty, ...this.rows);
    this.list.addEventListener("click", (click) => this.chosen(click.target.closest("li")));
    this.list.addEventListener("keydown", (key) => {
      if (key.key === "Enter") this.chosen(key.target.closest("li"));
    });
  }

  chosen(item) {
    if (item?.dataset.id) this.pick(this.events.find((event) => event.id === item.dataset.id));
  }

  load(events, write) {
    this.events = events;
    this.write = write;
    this.known = -1;
  }

  /** Show the first `known` of them; `selected` is marked. */
  show(known, selected) {
    if (known === this.known && selected === this.selected) return;
    [this.known, this.selected] = [known, selected];
    this.empty.hidden = known > 0;
    this.rows.forEach((row, i) => this.fill(row, this.events[known - 1 - i]));
  }

  fill(row, event) {
    row.hidden = !event;
    if (!event) return;
    row.dataset.id = event.id;
    row.classList.toggle("selected", event.id === this.selected);
    const told = this.write(event);
    const [time, kind, text] = row.children;
    put(time, told.time);
    put(kind, told.kind);
    kind.dataset.tone = told.tone;
    put(text, told.text);
  }
}
