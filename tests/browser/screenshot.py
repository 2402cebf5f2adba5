"""Draws the README's picture, an agent on a break after an escalation, from the real service: `make screenshot`."""

import base64
import re
import struct
import sys
import tempfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from support.browser import Visitors, chromium  # noqa: E402 (a script finds `support` only now)
from support.desk import Desk  # noqa: E402
from support.server import LiveServer  # noqa: E402

PICTURE = HERE / "agent-page.png"
WIDTH, HEIGHT = 1200, 800
AT_MOST_BYTES = 80_000
RATE = 30
ENOUGH_WAITED = re.compile(r"^[78]:\d\d$")
PIXELS = """async (png) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const reader = new FileReader();
    const read = new Promise((resolve) => reader.onload = () => resolve(reader.result.split(",")[1]));
    reader.readAsDataURL(new Blob([canvas.getImageData(0, 0, image.width, image.height).data]));
    return read;
}"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, LiveServer(Path(folder), clock_rate=RATE) as server, sync_playwright() as playwright:
        browser = chromium(playwright)
        picture = smaller(browser, draw(Desk(server), browser))
        browser.close()
    assert len(picture) <= AT_MOST_BYTES, f"the picture has {len(picture)} bytes"
    PICTURE.write_bytes(picture)
    print(f"{PICTURE.relative_to(HERE.parents[1])}: {len(picture)} bytes")


def draw(desk: Desk, browser: Browser) -> bytes:
    """Three re-opened tickets, then an escalation whose contact ended a few minutes ago."""
    desk.agent("ana", "Ana Ferri")
    visitors = Visitors(browser)
    page = visitors.signed_in(desk, desk.keys(("agent", "ana"))[0], timezone_id=afternoon())
    for ticket in ("T-1035", "T-1037", "T-1040"):
        desk.ticket(ticket, "ana", reopened_count=3)
        desk.happened(ticket, "resolved")
    desk.escalation_ended("T-1042", "ana")
    expect(page.locator("#big")).to_have_text(ENOUGH_WAITED, timeout=60_000)
    page.reload()
    expect(page.get_by_role("button", name="Move the break")).to_be_visible()
    picture = page.screenshot()
    visitors.close()
    return picture


def afternoon() -> str:
    """The zone in which it is between two and three now, so that no picture shows a night shift."""
    east = 14 - datetime.now(UTC).hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


def smaller(browser: Browser, png: bytes) -> bytes:
    """The same pixels in a smaller PNG: on flat colours no filter and thorough packing beat the browser's choice."""
    page = browser.new_page()
    rgba = base64.b64decode(page.evaluate(PIXELS, base64.b64encode(png).decode()))
    page.close()
    rgb = bytearray(3 * WIDTH * HEIGHT)
    for colour in range(3):
        rgb[colour::3] = rgba[colour::4]
    lines = b"".join(b"\0" + rgb[start : start + 3 * WIDTH] for start in range(0, len(rgb), 3 * WIDTH))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


if __name__ == "__main__":
    main()
