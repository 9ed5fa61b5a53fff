"""A person plays a session, seeks in it and reads it; what is not yet known is not shown."""

import os
import re
import sys

import polars as pl
import pytest

from lake_assets.catalog import SIGNALS
from lake_assets_tests.serving.servers import DAY, NIFTY, QUIET, UNMADE, serving

ES = f"#of=ES/SPY&date={DAY}"
SECONDS = f"#of={NIFTY}&date={DAY}"
NANOS = 1_000_000_000
FIRST_VIEW_S, SEEK_MS, FRAMES = 1.5, 60, 30
SLACK = 2 if os.environ.get("CI") else 1  # of a machine whose load is nobody's to know

SEEKS = """async (count) => {
  const seek = document.getElementById("seek");
  const [low, high] = [Number(seek.min), Number(seek.max)];
  const took = [];
  for (let i = 0; i < count; i += 1) {
    const start = performance.now();
    seek.value = String(low + (high - low) * ((i * 0.37) % 1));
    seek.dispatchEvent(new Event("input"));
    // after the frame that shows it
    await new Promise((done) => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = done;
      channel.port2.postMessage(0);
    }));
    took.push(performance.now() - start);
  }
  return took.sort((a, b) => a - b);
}"""


def clock(page):
    """Seconds of the day the page's clock shows."""
    hours, minutes, seconds = map(int, page.inner_text("#time").split(":"))
    return hours * 3600 + minutes * 60 + seconds


def outcome(page):
    """What is said of the chosen touch's outcome."""
    return page.inner_text(".part:last-child .reading:last-child b")


def at(view, seconds, **more):
    """A view's address at a moment, seconds UTC."""
    words = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{view}&t={seconds}{words}"


def touches(built_once):
    return built_once.lake.read(SIGNALS, DAY)


@pytest.mark.parametrize("view", [ES, SECONDS], ids=["touches", "seconds"])
def test_a_session_is_shown_without_a_fault(watched, view):
    page = watched.open(view)
    page.wait_for_timeout(1_500)
    watched.picture(f"page-{'touches' if view == ES else 'seconds'}")
    assert watched.faults == []
    assert page.locator("#stage canvas").count() > 3
    assert page.inner_text("#mark") == "simulated data"


@pytest.mark.parametrize("view", [ES, SECONDS], ids=["touches", "seconds"])
def test_it_plays_and_pauses(watched, view):
    page = watched.open(view)
    before = clock(page)
    page.click("[data-speed='60']")
    page.click("#play")
    page.wait_for_timeout(1_500)
    page.click("#play")
    after = clock(page)
    assert after - before > 20
    page.wait_for_timeout(300)
    assert clock(page) == after
    assert watched.faults == []


def test_steps_and_keys_move_by_a_second_and_a_minute(watched):
    page = watched.open(ES)
    start = clock(page)
    page.click("#on")
    assert clock(page) == start + 1
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert clock(page) == start - 1
    page.keyboard.press("Shift+ArrowRight")
    assert clock(page) == start + 59


def test_the_address_restores_the_view(watched):
    page = watched.open(SECONDS)
    page.click("text=Spreads")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_timeout(600)  # the address follows a little behind
    shown, address = clock(page), page.url
    watched.open(address.removeprefix(watched.address).lstrip("/"))
    assert clock(page) == shown
    assert page.get_attribute("text=Spreads", "aria-pressed") == "false"


def test_an_outcome_is_hidden_until_its_horizon_has_passed(watched, built_once):
    touch = (
        touches(built_once)
        .filter(pl.col("outcome").is_not_null())
        .sort("ts_event_ns")
        .row(100, named=True)
    )
    horizon = touch["label_horizon_end_ns"] // NANOS
    before = watched.open(at(ES, horizon - 2, event=touch["event_id"]))
    assert re.fullmatch(r"known at \d\d:\d\d:\d\d", outcome(before))
    after = watched.open(at(ES, horizon + 2, event=touch["event_id"]))
    assert outcome(after) == touch["outcome"].lower()


def test_a_touch_that_has_not_happened_is_nowhere(watched, built_once):
    first = touches(built_once)["ts_event_ns"].min() // NANOS
    page = watched.open(at(ES, first - 1))
    assert page.inner_text(".events") == "Nothing has happened yet."
    page.keyboard.press("n")
    assert page.locator(".events li").count() >= 1


def test_a_burst_is_listed_when_it_is_known_and_not_before(watched):
    page = watched.open(SECONDS)
    page.fill("#seek", page.get_attribute("#seek", "max"))
    page.locator(".events li em[data-tone='up'], .events li em[data-tone='down']").first.click()
    chosen = page.locator(".events .selected")
    assert chosen.locator("time").inner_text() == page.inner_text("#time")
    identity = chosen.get_attribute("data-id")
    page.click("#back")
    assert page.locator(f".events [data-id='{identity}']").count() == 0


def test_a_day_without_events_is_a_day(watched):
    page = watched.open(f"#of={NIFTY}&date={QUIET}")
    page.fill("#seek", page.get_attribute("#seek", "max"))
    assert page.inner_text(".events") == "Nothing has happened yet."
    assert watched.faults == []


def test_a_session_that_is_not_materialized_says_how_to_make_it(watched):
    page = watched.open(f"#of=ES/SPY&date={UNMADE}")
    assert "Not materialized" in page.inner_text("#message")
    assert "materialize" in page.inner_text("#message p")


def test_a_market_nobody_knows_is_named(watched):
    page = watched.open(f"#of=TULIPS&date={DAY}")
    assert "TULIPS is not among ES/SPY, NIFTY" in page.inner_text("#message")


def test_a_service_with_a_token_asks_for_it(browser, built_once):
    token = "".join(f"{number:02x}" for number in range(32))
    with serving(built_once.root, token=token) as client:
        page = browser.new_page()
        page.goto(f"{client.base_url}/{ES}")
        page.wait_for_selector("#message input")
        page.fill("#message input", token)
        page.keyboard.press("Enter")
        page.wait_for_selector("body[data-ready]")
        page.close()


def test_a_service_that_is_gone_is_told_of(browser, built_once):
    with serving(built_once.root) as client:
        page = browser.new_page()
        page.goto(f"{client.base_url}/{ES}")
        page.wait_for_selector("body[data-ready]")
    page.select_option("#date", DAY)
    page.dispatch_event("#date", "change")
    page.wait_for_selector("body[data-said='Nobody there']")
    assert "lake serve" in page.inner_text("#message")
    page.close()


def measured(watched, view):
    """Seconds to the first view, ms of a seek that is quicker than one in twenty, frames/s."""
    page = watched.open(view)
    first = page.evaluate("performance.getEntriesByName('first-view')[0].startTime / 1000")
    took = page.evaluate(SEEKS, 60)
    page.click("[data-speed='60']")
    page.click("#play")
    page.wait_for_timeout(3_000)
    frames = int(page.get_attribute("body", "data-fps"))
    page.click("#play")
    return first, took[int(len(took) * 0.95)], frames


@pytest.mark.parametrize("view", [ES, SECONDS], ids=["touches", "seconds"])
def test_it_is_quick(watched, view, capsys):
    """Of three rounds the best counts: a machine that is busy elsewhere slows single ones."""
    watched.open(view)  # the service has read the session once
    rounds = [measured(watched, view) for _ in range(3)]
    with capsys.disabled():
        for first, p95, frames in rounds:
            sys.stdout.write(
                f"\nfirst view {first:.2f} s, seek p95 {p95:.0f} ms, {frames} frames/s at 60x"
            )
        sys.stdout.write("\n")
    first, p95, frames = (list(column) for column in zip(*rounds, strict=True))
    assert min(first) <= FIRST_VIEW_S * SLACK
    assert min(p95) <= SEEK_MS * SLACK
    assert max(frames) >= FRAMES / SLACK
