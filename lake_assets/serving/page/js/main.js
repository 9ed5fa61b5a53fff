// The page: which day is shown, the clock's buttons, keys, and the address.

import { Clock, SPEEDS } from "./clock.js";
import { readLink, writeLink } from "./link.js";
import { make } from "./panel.js";
import { SecondsView, LAYERS as SECONDS_LAYERS } from "./seconds.js";
import { askBlocks, askJson, Gone, Refusal, useToken } from "./service.js";
import { SignalsView, LAYERS as SIGNALS_LAYERS } from "./signals.js";
import { Zone } from "./zone.js";

const ES = "ES/SPY";
const LINK_EVERY_MS = 300;
const part = (id) => document.getElementById(id);

class Page {
  constructor() {
    this.clock = new Clock();
    this.clock.listen((now, seeked) => this.tick(now, seeked));
    this.view = null;
    this.state = { hidden: new Set(), selected: null };
    this.colours = readColours();
    this.buttons();
    this.keys();
  }

  async start() {
    const link = readLink();
    if (SPEEDS.includes(link.speed)) this.clock.speed = link.speed;
    this.state.hidden = link.hidden;
    this.state.selected = link.event;
    const days = await this.attempt(() => askJson("/v1/days"));
    if (!days) return;
    this.offers = new Map([[ES, days.signals.dates]]);
    for (const each of days.market_truth) this.offers.set(each.underlying, each.dates);
    this.simulated = days.provenance === "simulated";
    const held = [...this.offers.keys()].filter((of) => this.offers.get(of).length);
    part("of").replaceChildren(...[...this.offers.keys()].map((of) => new Option(of, of)));
    const of = link.of ?? held[0] ?? ES;
    if (!this.offers.has(of)) {
      this.say("Not known", `${of} is not among ${[...this.offers.keys()].join(", ")}.`);
      return;
    }
    part("of").value = of;
    this.listDates();
    await this.open(of, link.date ?? this.offers.get(of).at(-1), link.time);
  }

  listDates() {
    const dates = this.offers.get(part("of").value);
    part("date").replaceChildren(...[...dates].reverse().map((date) => new Option(date, date)));
    part("date").disabled = !dates.length;
  }

  /** Ask for a day and show it; `time` is seconds UTC. */
  async open(of, date, time = null) {
    this.clock.pause();
    this.loading?.abort();
    this.close();
    if (!date) {
      this.say("Nothing here yet", `No session of ${of} is materialized. \`lake backfill\` makes one; \`make demo\` a simulated one.`);
      return;
    }
    this.loading = new AbortController();
    this.say("Loading", `${of} ${date}`);
    const path = of === ES ? `/v1/signals/${encodeURIComponent(date)}` : `/v1/day/${encodeURIComponent(of)}/${encodeURIComponent(date)}`;
    const { signal } = this.loading;
    const data = await this.attempt(() => askBlocks(`${path}/playback`, signal));
    if (!data || signal.aborted) return;
    this.where = { of, date };
    part("of").value = of;
    if ([...part("date").options].every((option) => option.value !== date)) this.listDates();
    part("date").value = date;
    this.show(of, data, path, time);
  }

  show(of, data, path, time) {
    const [stage, side] = [part("stage"), part("side")];
    const zone = new Zone(data.head.time_zone);
    const layers = of === ES ? SIGNALS_LAYERS : SECONDS_LAYERS;
    const slice = (name, from, to) => {
      const moment = (at) => new Date(Math.round((data.origin + at) * 1000)).toISOString();
      return askBlocks(`${path}/${name}?format=blocks&start=${moment(from)}&end=${moment(to)}`);
    };
    const pick = (event) => this.choose(event);
    this.say(null);
    const view = of === ES ? SignalsView : SecondsView;
    this.view = new view(stage, side, data, { zone, colours: this.colours, slice, pick });
    this.zone = zone;
    this.origin = data.origin;
    part("zone").textContent = zone.place;
    part("mark").textContent = this.simulated ? "simulated data" : "";
    part("layers").replaceChildren(...layers.map(([id, name]) => this.layer(id, name)));
    const [opens, closes] = this.view.span;
    part("seek").min = String(opens);
    part("seek").max = String(closes);
    const begin = time === null ? this.view.start : time - data.origin;
    document.body.dataset.ready = of;
    this.clock.span(opens, closes, begin);
    requestAnimationFrame(() => performance.mark("first-view"));
  }

  layer(id, name) {
    const button = make("button", "layer", name);
    button.type = "button";
    button.setAttribute("aria-pressed", String(!this.state.hidden.has(id)));
    button.addEventListener("click", () => {
      if (!this.state.hidden.delete(id)) this.state.hidden.add(id);
      button.setAttribute("aria-pressed", String(!this.state.hidden.has(id)));
      this.tick(this.clock.now, true);
    });
    return button;
  }

  choose(event) {
    this.state.selected = event.id;
    this.clock.seek(event.at);
  }

  /** The next or the previous event, from where the clock stands. */
  neighbour(step) {
    const { now } = this.clock;
    const events = this.view?.events ?? [];
    const found = step > 0 ? events.find((event) => event.at > now) : events.findLast((event) => event.at < now - 0.5);
    if (found) this.choose(found);
  }

  tick(now, seeked) {
    if (!this.view) return;
    this.view.show(now, seeked, this.state);
    part("time").textContent = this.zone.clock(this.origin + now);
    part("seek").value = String(now);
    part("seek").setAttribute("aria-valuetext", part("time").textContent);
    document.body.dataset.fps = String(this.clock.frames.perSecond);
    if (seeked) this.showButtons();
    this.link();
  }

  /** The address follows, a little behind: browsers refuse to change it at every frame. */
  link() {
    this.linking ??= setTimeout(() => {
      this.linking = null;
      if (!this.view) return;
      const { hidden, selected } = this.state;
      const { now, speed } = this.clock;
      writeLink({ ...this.where, time: this.origin + now, speed, hidden, event: selected });
    }, LINK_EVERY_MS);
  }

  showButtons() {
    part("play").textContent = this.clock.playing ? "Pause" : "Play";
    for (const button of document.querySelectorAll("[data-speed]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === this.clock.speed));
    }
  }

  buttons() {
    part("play").addEventListener("click", () => this.clock.toggle());
    part("back").addEventListener("click", () => this.nudge(-1));
    part("on").addEventListener("click", () => this.nudge(1));
    part("seek").addEventListener("input", () => this.clock.seek(Number(part("seek").value)));
    part("speeds").replaceChildren(
      ...SPEEDS.map((speed) => {
        const button = make("button", "", `${speed}×`);
        button.type = "button";
        button.dataset.speed = String(speed);
        button.addEventListener("click", () => this.clock.setSpeed(speed));
        return button;
      }),
    );
    part("of").addEventListener("change", () => {
      this.listDates();
      this.state.selected = null;
      this.open(part("of").value, this.offers.get(part("of").value).at(-1));
    });
    part("date").addEventListener("change", () => {
      this.state.selected = null;
      this.open(part("of").value, part("date").value);
    });
    addEventListener("hashchange", () => this.follow());
  }

  /** A pasted or edited address. */
  follow() {
    const link = readLink();
    const { of = null, date = null } = this.where ?? {};
    this.state.selected = link.event;
    if (link.of !== of || link.date !== date) this.start();
    else if (link.time !== null) this.clock.seek(link.time - this.origin);
  }

  nudge(seconds) {
    this.clock.pause();
    this.clock.seek(Math.floor(this.clock.now) + seconds);
  }

  keys() {
    const acts = {
      " ": () => this.clock.toggle(),
      ArrowLeft: (key) => this.nudge(key.shiftKey ? -60 : -1),
      ArrowRight: (key) => this.nudge(key.shiftKey ? 60 : 1),
      n: () => this.neighbour(1),
      p: () => this.neighbour(-1),
      ...Object.fromEntries(SPEEDS.map((speed, i) => [String(i + 1), () => this.clock.setSpeed(speed)])),
    };
    addEventListener("keydown", (key) => {
      if (key.target.matches("select, input:not([type=range])") || key.ctrlKey || key.metaKey || key.altKey) return;
      if (key.key === " " && key.target.matches("button")) return;
      const act = acts[key.key];
      if (!act || !this.view) return;
      key.preventDefault();
      act(key);
    });
  }

  async attempt(ask) {
    try {
      return await ask();
    } catch (error) {
      if (error.name === "AbortError") return null;
      if (error.status === 401) this.askToken();
      else if (error instanceof Refusal) this.say(error.status === 404 ? "Not materialized" : "Not answered", error.message);
      else if (error instanceof Gone) this.say("Nobody there", error.message);
      else throw error;
      return null;
    }
  }

  /** The service is open to other machines, and answers only those who know its token. */
  askToken() {
    this.say("No entry without the token", "It is what LAKE_API_TOKEN was set to where the service runs.");
    const field = make("input");
    field.type = "password";
    field.setAttribute("aria-label", "Token");
    field.addEventListener("change", () => {
      useToken(field.value);
      this.start();
    });
    part("message").append(field);
    field.focus();
  }

  /** A message in place of the view; none takes it away. */
  say(head, text = "") {
    part("message").hidden = head === null;
    part("work").hidden = head !== null;
    part("message").replaceChildren(make("h2", "", head ?? ""), make("p", "", text));
    document.body.dataset.said = head ?? "";
  }

  close() {
    this.view?.close();
    this.view = null;
    delete document.body.dataset.ready;
    part("stage").replaceChildren();
    part("side").replaceChildren();
    part("layers").replaceChildren();
  }
}

/** Colours live in the style sheet; canvases read them there. */
function readColours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    Array.from(document.styleSheets[0].cssRules[0].style)
      .filter((name) => name.startsWith("--ink-"))
      .map((name) => [name.slice("--ink-".length), style.getPropertyValue(name).trim()]),
  );
}

const page = new Page();
page.start();
