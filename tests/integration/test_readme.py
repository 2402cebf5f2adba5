"""The README's own lines, run as a new user would: they route a ticket and read the decision."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.server import LiveServer

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_lines_route_a_ticket_and_read_the_decision(tmp_path: Path) -> None:
    block = next(each for each in re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL) if "curl" in each)
    lines = [line for line in block.splitlines() if line.startswith("curl")]
    assert len(lines) == 5
    with LiveServer(tmp_path) as server:
        keys = {"URL": server.url, "ADMIN": server.key("admin"), "HELPDESK": server.key("helpdesk"), "PATH": "/usr/bin:/bin"}
        answers = [json.loads(subprocess.run(["sh", "-c", each], env=keys, capture_output=True, check=True).stdout) for each in lines]
        assert answers[2]["decision"]["agent_id"] == "zoe"
        assert answers[3]["ticket"]["state"] == "resolved"
        decision = answers[4]["items"][0]
        told = [f"    {line}\n" for line in decision["text"][:2]]
        assert told[0] == "    Ticket A-1 goes to zoe.\n"
        assert "".join(told) in README.read_text()
        assert f'"engine": "{decision["engine"]}"' in README.read_text()
        recovery = server.call(keys["HELPDESK"], "GET", "/v1/agents/zoe/recovery")
        assert (recovery["state"], recovery["because"]) == ("break", ["escalated:A-1"])
