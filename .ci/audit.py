#!/usr/bin/env python
"""Two audits of `make lint`: dependencies with a known vulnerability, and secrets in tracked files. Exit 1 where one was found.

Without the vulnerability service nothing can be said of dependencies; that is printed and is no failure. Secrets need no network.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.txt"  # what ships
KNOWN = ROOT / ".ci" / "known_secrets.json"
ASKED_S = 120
OWN_KEY = re.compile(r"rsp_[a-z]+_[A-Za-z0-9_-]{32}")
# Looking at every line with every detector takes 16 s. The detectors of a format look at a file as a whole, and these two stand for the
# detectors of entropy and of words, which only then look closer.
GENERIC = {"Base64HighEntropyString", "HexHighEntropyString", "KeywordDetector"}
SUSPECT = re.compile(
    r"""["'](?=[^"']*\d)[A-Za-z0-9+/=_-]{28,}["']"""
    r"""|(?i:passw|secret|api_?key|token|credential)\w{0,20}["']?\s*[:=]\s*["'](?!\d{4}-\d\d-\d\dT)[^"'\s]{8,}["']"""  # an instant is none
)


def main() -> int:
    """Run both beside each other."""
    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(vulnerabilities, LOCK)
        found = secrets(tracked())
        wrong, said = asked.result()
    for line in (*found, *wrong):
        print(line)
    print(said)
    return 1 if found or wrong else 0


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [each for each in listed.stdout.splitlines() if (ROOT / each).is_file()]


def secrets(paths: list[str], root: Path = ROOT) -> list[str]:
    """What looks like a secret in files, as lines to print; what `known_secrets.json` has, each with its reason, is none."""
    known = json.loads(KNOWN.read_text("utf-8"))
    found = []
    with default_settings():
        formats = [make() for make in get_mapping_from_secret_type_to_class().values() if make.__name__ not in GENERIC]
        for path in paths:
            text = (root / path).read_text("utf-8", "replace")
            if "\0" in text:
                continue
            found += [f"{path}: a key of this service: {each[:12]}…" for each in OWN_KEY.findall(text)]
            if SUSPECT.search(text) or any(next(iter(each.analyze_string(text)), None) for each in formats):
                closer = scan_file(str(root / path))
                found += [f"{path}:{each.line_number}: {each.type}" for each in closer if f"{path} {each.secret_hash}" not in known]
    return found


def vulnerabilities(lock: Path) -> tuple[list[str], str]:
    """Known vulnerabilities of the packages in a lock as lines to print, and how much could be audited."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(lock), "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    try:
        run = subprocess.run([*command, "-f", "json"], capture_output=True, text=True, check=False, timeout=ASKED_S)
        packages = json.loads(run.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return [], f"{lock.name}: could not be audited: the vulnerability service did not answer within {ASKED_S} s"
    except (json.JSONDecodeError, KeyError):
        reason = (run.stderr.strip() or "no answer").splitlines()[-1]
        return [], f"{lock.name}: could not be audited: {reason[:200]}"
    return told(packages, lock.name)


def told(packages: list[dict[str, object]], name: str) -> tuple[list[str], str]:
    """What pip-audit found of each package, in words."""
    wrong = [
        f"{each['name']} {each['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no version yet'}"
        for each in packages
        for one in each.get("vulns", ())  # type: ignore[attr-defined]
    ]
    skipped = sum("skip_reason" in each for each in packages)
    without = f"; {skipped} could not be audited: the vulnerability service does not know them" if skipped else ""
    return wrong, f"{name}: {len(packages) - skipped} of {len(packages)} packages audited, {len(wrong)} known vulnerabilities{without}"


if __name__ == "__main__":
    raise SystemExit(main())
