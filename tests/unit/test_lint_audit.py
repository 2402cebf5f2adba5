"""The audits of `make lint`: they find what is planted, pass over what is explained, and say so where nobody can be asked."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "audit.py"
PLANTED = {
    "AWS Access Key": 'key = "AKIA' + 'IOSFODNN7EXAMPLD"',
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "Basic Auth Credentials": "https://someone:pass" + "word9@example.com",
    "Secret Keyword": 'api_key = "' + "wJ4lrXUtnF3MI2K7" + '"',
    "Base64 High Entropy String": 'x = "' + "c3RyaW5nIHRv" + "IHNob3cgNDI5MzA4MTdhYmM=" + '"',
    "a key of this service": "rsp_manager_" + "Zx9" * 10 + "ab",
}


@pytest.fixture(scope="module")
def audit() -> Any:
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("what", sorted(PLANTED))
def test_a_planted_secret_is_found(audit: Any, tmp_path: Path, what: str) -> None:
    (tmp_path / "settings.py").write_text(f"# words\n{PLANTED[what]}\n", "utf-8")
    found = audit.secrets(["settings.py"], tmp_path)
    assert any(what in each and each.startswith("settings.py") for each in found), found


def test_until_when_a_secret_is_good_is_no_secret(audit: Any, tmp_path: Path) -> None:
    (tmp_path / "shown.json").write_text(
        '{"two_secrets' + '_until": "2026-11-26T16:42:45.117Z", "digest": "' + "e5e9fa1b" * 2 + '"}', "utf-8"
    )
    assert audit.secrets(["shown.json"], tmp_path) == []


def test_what_is_explained_is_passed_over_where_it_stands_and_nowhere_else(audit: Any, tmp_path: Path) -> None:
    explained = "tests/integration/test_command_line.py"
    assert audit.secrets([explained]) == []
    (tmp_path / "elsewhere.py").write_text((SCRIPT.parents[1] / explained).read_text("utf-8"), "utf-8")
    assert {each.partition(": ")[2] for each in audit.secrets(["elsewhere.py"], tmp_path)} == {"Basic Auth Credentials"}


def test_a_known_vulnerability_fails_and_an_unknown_package_does_not(audit: Any) -> None:
    clean = {"name": "good", "version": "1.0", "vulns": []}
    bad = {
        "name": "bad",
        "version": "2.0",
        "vulns": [{"id": "CVE-2026-1", "fix_versions": ["2.1"]}, {"id": "CVE-2026-2", "fix_versions": []}],
    }
    unknown = {"name": "odd", "skip_reason": "not found"}
    wrong, said = audit.told([clean, bad, unknown], "lock.txt")
    assert wrong == ["bad 2.0: CVE-2026-1, mended in 2.1", "bad 2.0: CVE-2026-2, mended in no version yet"]
    assert said.startswith("lock.txt: 2 of 3 packages audited, 2 known vulnerabilities; 1 could not be audited")
    assert audit.told([clean], "lock.txt") == ([], "lock.txt: 1 of 1 packages audited, 0 known vulnerabilities")


def test_offline_it_says_so_and_fails_nobody(audit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    lock = tmp_path / "lock.txt"
    lock.write_text(f"nothing-of-that-name==1.0 --hash=sha256:{'0' * 64}\n", "utf-8")
    wrong, said = audit.vulnerabilities(lock)
    assert wrong == []
    assert said.startswith("lock.txt: could not be audited") or "0 of 1 packages audited" in said
