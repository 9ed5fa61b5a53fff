"""A browser on the machine, and the page of a served lake in it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from lake_assets_tests.folders import filled_once
from lake_assets_tests.serving.servers import fill, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SIZE = {"width": 1600, "height": 950}


def pytest_collection_modifyitems(items):
    """Every test of this folder is one of the browser's."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(address) -> Iterator[Browser]:
    """Debian's Chromium without a window.

    It comes after the lake: Playwright runs an event loop in this thread, Dagster would not.
    """
    del address
    if CHROMIUM is None:
        pytest.skip("CHROMIUM ABSENT: `make test-browser` installs it")
    with sync_playwright() as playwright:
        # root has no other way; the page is ours
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        with playwright.chromium.launch(executable_path=CHROMIUM, args=arguments) as found:
            yield found


@pytest.fixture(scope="session")
def address(tmp_path_factory, built_once) -> Iterator[str]:
    """Where the page of a lake with touches and option seconds is served."""
    root = filled_once(tmp_path_factory, "served", lambda folder: fill(folder, built_once.root))
    with serving(root) as client:
        yield str(client.base_url)


class Watched:
    """A page, and what went wrong on it or was asked of others."""

    def __init__(self, page: Page, address: str, pictures: Path) -> None:
        self.page, self.address, self.pictures = page, address, pictures
        self.faults: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error":
            self.faults.append(text)

    def open(self, view: str = "") -> Page:
        """Go to a view and wait until it is there, or why it is not."""
        # another fragment alone would not load the page anew
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}/{view}")
        self.page.wait_for_selector("body[data-ready], body[data-said^=N]")
        return self.page

    def picture(self, name: str) -> None:
        """Keep what a person would see."""
        self.page.screenshot(path=self.pictures / f"{name}.png")

    @property
    def strangers(self) -> list[str]:
        """Requests to other hosts."""
        own = (self.address, "about:", "data:")
        return [url for url in self.asked if not url.startswith(own)]


@pytest.fixture
def watched(browser, address, tmp_path) -> Iterator[Watched]:
    """A new page; LAKE_PICTURES names a folder that keeps its screenshots."""
    pictures = Path(os.environ.get("LAKE_PICTURES", tmp_path))
    pictures.mkdir(parents=True, exist_ok=True)
    page = browser.new_page(viewport=SIZE)
    found = Watched(page, address, pictures)
    yield found
    page.close()
    assert found.strangers == []
