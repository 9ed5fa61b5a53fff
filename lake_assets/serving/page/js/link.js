// The address restores the exact view: what is shown, when, how fast, which layers.

/** The view the address names; absent parts are null. */
export function readLink() {
  const words = new URLSearchParams(location.hash.slice(1));
  const time = Number(words.get("t"));
  return {
    of: words.get("of"),
    date: words.get("date"),
    time: words.has("t") && Number.isFinite(time) ? time : null,
    speed: Number(words.get("speed")) || null,
    hidden: new Set((words.get("hide") ?? "").split(",").filter(Boolean)),
    event: words.get("event"),
  };
}

/** Put the view into the address, without a step in the browser's history. */
export function writeLink(view) {
  const words = new URLSearchParams({ of: view.of, date: view.date, t: String(Math.round(view.time)) });
  words.set("speed", String(view.speed));
  if (view.hidden.size) words.set("hide", [...view.hidden].sort().join(","));
  if (view.event) words.set("event", view.event);
  history.replaceState(null, "", `#${words}`);
}
