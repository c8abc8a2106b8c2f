"""A real Chromium for the tests in this folder: the machine's own, never one that Playwright downloads.

Where there is none the tests are skipped and say so; with REQUIRE_BROWSER=1 they fail instead.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, expect

from people.models import User

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 375, "height": 812}

# A test that waits for something sees it at once where all is well; a busy machine may take longer than five seconds.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser: CHROMIUM names it, or it is on the PATH."""
    named = os.environ.get("CHROMIUM")
    found = named if named and Path(named).exists() else next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    reason = "no Chromium on this machine (install it, or name it in CHROMIUM)"
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(f"REQUIRE_BROWSER is set, but there is {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, object]:
    """What pytest-playwright starts the browser with; as root Chromium has no sandbox."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    return {"executable_path": chromium, "args": quiet}


@pytest.fixture(scope="session")
def tab(browser: Browser, live_server) -> Iterator[Page]:
    """The one tab of a worker: in another one styles, scripts and fonts are read anew, which takes over a second."""
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
    yield context.new_page()
    context.close()


# By pages: somebody was faster, or the connection is gone.
RECKONED_WITH = ("409 (Conflict)", "ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")


@pytest.fixture
def open_browser(tab: Page, live_server) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody, at some size, light or dark: ``open_browser(agent, size=PHONE, dark=True)``.

    Whoever opens another one signs the one before out. A test ends with an error if the browser's console showed one,
    a breach of the content security policy included.
    """
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(known in message.text for known in RECKONED_WITH):
            complaints.append(message.text)

    def complain(error: Error) -> None:
        complaints.append(str(error))

    def open_browser(user: User | None = None, *, size: dict[str, int] = WIDE, dark: bool = False) -> Page:
        forget(tab, live_server.url)
        if user:
            tab.context.add_cookies([session_cookie(user, live_server.url)])
        tab.set_viewport_size(size)
        tab.emulate_media(media="screen", color_scheme="dark" if dark else "light", reduced_motion="reduce")
        return tab

    tab.on("console", hear)
    tab.on("pageerror", complain)
    yield open_browser
    tab.remove_listener("console", hear)
    tab.remove_listener("pageerror", complain)
    forget(tab, live_server.url)
    assert complaints == []


@pytest.fixture
def answer(tab: Page) -> Iterator[Callable[..., list[str]]]:
    """Answer what the tab asks, in this order, and list it: ``asked = answer("dismiss", "accept")``.

    The tab is that of all tests of a worker: what one of them went on answering would answer for the next as well.
    """
    asked: list[str] = []
    answers: list[str] = []

    def reply(dialog: Dialog) -> None:
        asked.append(dialog.message)
        getattr(dialog, answers.pop(0))()

    def answer(*these: str) -> list[str]:
        answers.extend(these)
        return asked

    tab.on("dialog", reply)
    yield answer
    tab.remove_listener("dialog", reply)


def forget(tab: Page, url: str) -> None:
    """Leave the page, so that it asks for nothing more, and keep nothing of it but the cache of files."""
    tab.context.set_offline(False)
    tab.goto("about:blank")
    tab.context.clear_cookies()
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "local_storage,indexeddb"})
    devtools.detach()


def session_cookie(user: User, url: str) -> dict[str, str]:
    """What a browser holds after this person has signed in."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


# What axe finds may change with the width and the colours by these rules alone: the elements stay what they are.
OF_WIDTH_AND_COLOUR = ["color-contrast", "scrollable-region-focusable", "link-in-text-block"]


# The theme asks for the colours of the machine once, when a page is opened. Wait until no colour is on its way.
DARK = """() => {
    document.documentElement.classList.add("dark");
    const moving = document.getAnimations().filter(one => one instanceof CSSTransition);
    return Promise.all(moving.map(one => one.finished)).then(() => null);
}"""


SIDEBAR = "#nav-sidebar"
FRAME = f"""() => document.querySelector("{SIDEBAR}") && JSON.stringify(
    [document.documentElement.clientWidth, document.documentElement.className])"""


@pytest.fixture(scope="session")
def violations() -> Callable[..., list[str]]:
    """What axe-core finds inaccessible on a page: one line each, with the rule and the element.

    The sidebar is half of each page and the same on all: it is looked at once at each width and in either colours.
    """
    seen: set[tuple[str | None, bool]] = set()

    def violations(page: Page, only: list[str] | None = None) -> list[str]:
        page.evaluate(f"() => {{ if (!window.axe) {{ {AXE_SCRIPT} }} }}")
        chosen = {"resultTypes": ["violations"]} | ({"runOnly": only} if only else {})
        frame = page.evaluate(FRAME), bool(only)
        where = {"exclude": [[SIDEBAR]]} if frame[0] and frame in seen else {"include": [["html"]]}
        asked = "([where, chosen]) => axe.run(where, chosen).then(results => results.violations)"
        found = page.evaluate(asked, [where, chosen])
        seen.add(frame)
        return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]

    return violations


@pytest.fixture(scope="session")
def scrolls_sideways() -> Callable[[Page], bool]:
    """Whether a page is wider than its window."""

    def scrolls_sideways(page: Page) -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    return scrolls_sideways


@pytest.fixture(scope="session")
def flaws(violations, scrolls_sideways) -> Callable[[Page, str], list[str]]:
    """What is wrong with a page of the back office, on a wide light screen and on a dark phone."""

    def flaws(page: Page, address: str) -> list[str]:
        page.set_viewport_size(WIDE)
        page.goto(address)
        page.wait_for_function("!document.querySelector('.htmx-request')")
        wide = violations(page) + ["it is wider than its window"] * scrolls_sideways(page)
        page.set_viewport_size(PHONE)
        page.evaluate(DARK)
        phone = violations(page, OF_WIDTH_AND_COLOUR) + ["it is wider than its window"] * scrolls_sideways(page)
        return [f"{address}, wide: {flaw}" for flaw in wide] + [f"{address}, dark phone: {flaw}" for flaw in phone]

    return flaws
