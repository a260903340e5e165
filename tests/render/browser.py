"""A headless Chromium that opens a page and answers questions, over a pipe of its own."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PROGRAM = next(filter(None, map(shutil.which, NAMES)), None)
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")


class Browser:
    """One tab; `told` holds what went wrong in it, `asked` every address that it asked for."""

    def __init__(self, folder: Path):
        """Start the program with a profile in an empty folder."""
        (to_read, self.write), (self.read, to_write) = os.pipe(), os.pipe()
        shell = f'exec "$@" 3<&{to_read} 4>&{to_write}'
        options = [*OPTIONS, "--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank"]
        self.process = subprocess.Popen(
            ["bash", "-c", shell, "bash", PROGRAM, *options],
            pass_fds=(to_read, to_write),
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read), os.close(to_write)
        self.rest, self.number, self.session = b"", 0, None
        self.told, self.asked, self.loaded = [], [], False
        (tab, *_) = [
            one for one in self.call("Target.getTargets")["targetInfos"] if one["type"] == "page"
        ]
        given = self.call("Target.attachToTarget", targetId=tab["targetId"], flatten=True)
        self.session = given["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters) -> dict:
        """Send a command; return its answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        message |= {"sessionId": self.session} if self.session else {}
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self.number:
                assert "error" not in heard, heard["error"]
                return heard["result"]

    def open(self, page: Path, width: int, theme: str) -> None:
        """Open a page in a window of some width, on a device that prefers a theme."""
        mobile = width < 600
        size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": mobile}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        feature = {"name": "prefers-color-scheme", "value": theme}
        self.call("Emulation.setEmulatedMedia", features=[feature])
        self.told, self.asked, self.loaded = [], [], False
        self.call("Page.navigate", url=page.as_uri())
        while not self.loaded:
            self._hear()
        self.ask("new Promise((done) => setTimeout(done, 200))")

    def ask(self, expression: str):
        """Return the value of an expression, awaited where it is a promise."""
        options = {"returnByValue": True, "awaitPromise": True, "userGesture": True}
        answer = self.call("Runtime.evaluate", expression=expression, **options)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def point_at(self, selector: str) -> None:
        """Move the pointer onto the first element that a selector finds."""
        x, y = self.ask(
            f"(() => {{ const one = document.querySelector({selector!r});"
            "one.scrollIntoView({block: 'center', behavior: 'instant'});"
            "const box = one.getClientRects()[0]; return [box.x + 3, box.y + box.height / 2]; })()"
        )
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        self.ask("new Promise((done) => setTimeout(done, 400))")

    def picture(self, path: Path) -> None:
        """Write what the window shows as a PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def close(self) -> None:
        """End the program."""
        self.session = None
        self.call("Browser.close")
        self.process.wait(10)
        os.close(self.write), os.close(self.read)

    def _hear(self) -> dict:
        while b"\0" not in self.rest:
            more = os.read(self.read, 1 << 16)
            assert more, "the browser has ended"
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        heard = json.loads(message)
        method, what = heard.get("method"), heard.get("params", {})
        if method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Network.requestWillBeSent":
            self.asked.append(what["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.told.append(json.dumps(what["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.told.append(what["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and what["type"] in ("error", "warning"):
            self.told.append(json.dumps(what["args"]))
        return heard
