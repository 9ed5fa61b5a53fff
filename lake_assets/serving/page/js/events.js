// What has happened so far, newest first; a click goes there.

import { make } from "./panel.js";

const SHOWN = 60;

/** `events` are {id, at, kind, tone, text} in order of `at`, the second at which each is known. */
export class EventTable {
  constructor(host, pick) {
    this.pick = pick;
    this.events = [];
    this.known = -1;
    this.list = make("ol", "events");
    this.list.setAttribute("aria-label", "Events so far");
    host.append(this.list);
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
    const rows = this.events.slice(Math.max(0, known - SHOWN), known).reverse();
    this.list.replaceChildren(...rows.map((event) => this.row(event, event.id === selected)));
    if (!rows.length) this.list.append(make("li", "empty", "Nothing has happened yet."));
  }

  row(event, selected) {
    const item = make("li", selected ? "selected" : "");
    item.dataset.id = event.id;
    item.tabIndex = 0;
    const told = this.write(event);
    const kind = make("em", "", told.kind);
    kind.dataset.tone = told.tone;
    item.append(make("time", "", told.time), kind, make("span", "", told.text));
    return item;
  }
}
