"""The command line: keys, replay, explain, policy, and one clear line on bad input."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from api.cli import app
from api.commands.serve import refuse_taken_port
from api.settings import SettingError, Settings, from_environment
from api.store.database import open_database
from api.store.repository import checksum
from api.store.sole import serving
from api.store.tables import decisions, keys
from router.record import ENGINE
from support.world import world


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cli.db'}"


def respite(url: str, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(app, arguments, env={"RESPITE_DATABASE_URL": url} | environment)


def test_keys_are_made_listed_and_revoked(url: str) -> None:
    made = json.loads(respite(url, "keys", "create", "--role", "agent", "--agent", "ana", "--json").stdout)
    assert made["key"].startswith("rsp_agent_")
    listed = json.loads(respite(url, "keys", "list", "--json").stdout)
    assert [(each["id"], each["role"], each["agent_id"]) for each in listed] == [(made["id"], "agent", "ana")]
    assert made["key"] not in str(listed)
    assert respite(url, "keys", "revoke", made["id"]).exit_code == 0
    again = respite(url, "keys", "revoke", made["id"])
    assert (again.exit_code, again.stderr) == (2, f"respite: there is no key '{made['id']}' to revoke\n")


@pytest.mark.parametrize("arguments", [("--role", "king"), ("--role", "agent"), ("--role", "manager", "--agent", "ana")])
def test_a_wrong_key_is_refused(url: str, arguments: tuple[str, ...]) -> None:
    refused = respite(url, "keys", "create", *arguments)
    assert refused.exit_code == 2
    assert refused.stderr.count("\n") == 1


def test_a_mistyped_team_is_told_and_not_made(url: str) -> None:
    assert respite(url, "keys", "create", "--role", "admin").exit_code == 0
    assert respite(url, "keys", "create", "--role", "admin", "--team", "north", "--new-team").exit_code == 0
    refused = respite(url, "keys", "create", "--role", "admin", "--team", "nroth")
    said = "respite: there is no team 'nroth'; there are: default, north; --new-team makes it\n"
    assert (refused.exit_code, refused.stderr) == (2, said)
    for new in ((), ("--new-team",)):
        assert respite(url, "keys", "create", "--role", "admin", "--team", "north", *new).exit_code == 0
    assert [each["team"] for each in json.loads(respite(url, "keys", "list", "--json").stdout)] == ["default", "north", "north", "north"]


def test_a_team_in_an_empty_store_is_asked_for_by_name_too(url: str) -> None:
    refused = respite(url, "keys", "create", "--role", "admin", "--team", "north")
    assert (refused.exit_code, refused.stderr) == (2, "respite: there is no team 'north'; there is none yet; --new-team makes it\n")
    assert respite(url, "keys", "create", "--role", "admin", "--team", "north", "--new-team").exit_code == 0


@pytest.mark.parametrize("days", ["0", "-1", "nan", "1e400", "99999999999"])
def test_days_of_a_key_have_a_bound(url: str, days: str) -> None:
    refused = respite(url, "keys", "create", "--role", "admin", f"--days={days}")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert refused.stderr.endswith("is not allowed; allowed: above 0, to 36500\n")
    assert respite(url, "keys", "create", "--role", "admin", "--days=36500").exit_code == 0
    assert len(json.loads(respite(url, "keys", "list", "--json").stdout)) == 1


@pytest.mark.parametrize("end_s", [8.64e15, math.inf])
def test_a_key_without_a_sensible_end_can_still_be_listed_and_revoked(url: str, end_s: float) -> None:
    made = json.loads(respite(url, "keys", "create", "--role", "admin", "--days", "1", "--json").stdout)
    engine = open_database(url)
    with engine.begin() as connection:
        connection.execute(sa.update(keys).values(expires_s=end_s))
    engine.dispose()
    assert json.loads(respite(url, "keys", "list", "--json").stdout)[0]["expires_at"].startswith("9999-12-31")
    assert made["id"] in respite(url, "keys", "list").stdout
    assert respite(url, "keys", "revoke", made["id"]).exit_code == 0


READING = (
    *("replay", "keys list", "keys revoke x", "keys rotate x", "retention", "retention --dry-run", "forget ana", "backup FILE --test"),
    *("explain d1-0", "policy show", "policy preview POLICY", "audit", "shadow"),
)


@pytest.mark.parametrize("there", ["nothing", "an empty file"])
@pytest.mark.parametrize("words", READING)
def test_where_there_is_no_database_only_what_begins_one_makes_it(tmp_path: Path, words: str, there: str) -> None:
    """A mistyped URL must not pass for a store without anything in it, and least of all take a good backup's place."""
    store, file, policy = tmp_path / "no" / "store.db", tmp_path / "nightly.backup", tmp_path / "policy.json"
    file.write_text("a good backup")
    policy.write_text("{}")
    if there == "an empty file":
        store.parent.mkdir()
        store.touch()
    names = {"FILE": str(file), "POLICY": str(policy)}
    told = respite(f"sqlite:///{store}", *(names.get(word, word) for word in words.split()))
    assert told.exit_code == 2, told.exception
    assert told.stderr.startswith("respite: there is no database ")
    assert "RESPITE_DATABASE_URL" in told.stderr
    assert told.stderr.count("\n") == 1
    assert store.parent.exists() == (there == "an empty file")
    assert file.read_text() == "a good backup"


def test_replay_and_explain_read_the_live_store(url: str) -> None:
    with world(url) as made:
        made.agent("ana")
        decision = made.ticket("T1")["decision"]
    replayed = respite(url, "replay")
    assert (replayed.exit_code, replayed.stdout) == (0, "1 decisions derived again, 0 differ\n")
    assert respite(url, "explain", decision["id"]).stdout.startswith("Ticket T1 goes to ana.\n")
    assert respite(url, "explain", decision["id"], "--agent", "ana").stdout.endswith("\nana has ticket T1.\n")
    assert respite(url, "explain", decision["id"], "--agent", "nobody").exit_code == 2
    assert respite(url, "explain", "d9-9").exit_code == 2
    of_ticket = respite(url, "explain", "T1")
    assert (of_ticket.exit_code, of_ticket.stderr) == (2, f"respite: 'T1' is a ticket; explain one of its decisions: {decision['id']}\n")
    assert respite(url, "replay", "--team", "nobody").exit_code == 2


def test_replay_says_so_when_a_stored_decision_was_changed(url: str) -> None:
    with world(url) as made:
        made.agent("ana")
        made.agent("ben")
        made.ticket("T1")
        with made.services.engine.begin() as connection:
            connection.exec_driver_sql(
                'UPDATE events SET body = replace(body, \'"agent_id":"ana"\', \'"agent_id":"ben"\') WHERE kind = \'decided\''
            )
    replayed = respite(url, "replay", "--json")
    assert replayed.exit_code == 1
    (difference,) = json.loads(replayed.stdout)["differences"]
    assert (difference["stored"]["agent_id"], difference["derived"]["agent_id"]) == ("ben", "ana")
    in_words = respite(url, "replay")
    assert in_words.exit_code == 1
    assert in_words.stdout.splitlines()[:2] == ["1 decisions derived again, 1 differ", "  d6-0, ticket T1: agent_id"]


def test_where_another_engine_sent_tickets_elsewhere_it_is_told_and_is_no_fault(url: str) -> None:
    with world(url) as made:
        for agent_id in ("ana", "ben"):
            made.agent(agent_id)
        for ticket_id in ("T1", "T2", "T3"):
            made.ticket(ticket_id)
        with made.services.engine.begin() as connection:
            for row in connection.execute(sa.select(decisions.c.id, decisions.c.body)).all():
                body = row.body.replace(ENGINE, "respite-0").replace('"detail":"', '"detail":"then ')
                connection.execute(sa.update(decisions).where(decisions.c.id == row.id).values(body=body))
                change = f"UPDATE events SET body = replace(body, '[{checksum(row.body)},', '[{checksum(body)},') WHERE kind = 'decided'"
                assert connection.exec_driver_sql(change).rowcount == 3
            connection.exec_driver_sql('UPDATE events SET body = replace(body, \'"agent_id":"ana"\', \'"agent_id":"ben"\') WHERE seq = 6')
    replayed = respite(url, "replay")
    told = f"3 decisions derived again, 0 differ\nof 3 by engine respite-0, 2 would go elsewhere by {ENGINE}\n"
    assert (replayed.exit_code, replayed.stdout) == (0, told)
    found = json.loads(respite(url, "replay", "--json").stdout)
    assert (found["differences"], found["other_engines"]) == ([], {"respite-0": {"decisions": 3, "elsewhere": 2}})


def test_replay_of_a_log_that_lacks_an_event_is_no_success(url: str) -> None:
    with world(url) as made:
        made.agent("ana")
        made.ticket("T1")
        with made.services.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM events WHERE seq = 1")
    assert respite(url, "replay").exit_code not in (0, 2)


@pytest.mark.parametrize(
    ("change", "named", "differ"),
    [
        ('UPDATE decisions SET body = replace(body, \'"agent_id":"ana"\', \'"agent_id":"ben"\') WHERE id = \'d6-0\'', ["d6-0"], []),
        ("DELETE FROM decisions WHERE id = 'd6-0'", ["d6-0"], []),
        ("INSERT INTO decisions SELECT team, 'd7-1', 7, 1, ticket_id, agent_id, body FROM decisions WHERE id = 'd6-0'", ["d7-1"], []),
        ("UPDATE decisions SET body = replace(body, 'decided_s', 'decided')", ["d6-0", "d8-0"], [6, 8]),
    ],
)
def test_replay_says_so_when_the_table_is_at_odds_with_the_log(url: str, change: str, named: list[str], differ: list[int]) -> None:
    """What a row alone has differs from what is derived, too; of what the log has as well, the log's is looked at."""
    with world(url) as made:
        made.agent("ana")
        made.agent("ben")
        for each in ("T1", "T2"):
            made.ticket(each)
        assert [each["id"] for each in made.ok("helpdesk", "GET", "/v1/decisions")["items"]] == ["d6-0", "d8-0"]
        with made.services.engine.begin() as connection:
            assert connection.exec_driver_sql(change).rowcount > 0
    replayed = respite(url, "replay", "--json")
    assert replayed.exit_code == 1
    told = json.loads(replayed.stdout)
    assert ([each["revision"] for each in told["differences"]], told["stored_otherwise"]) == (differ, named)


@pytest.mark.parametrize(
    "damaged",
    [
        "{",
        "[]",
        '{"not_others": {"of_all": "deflate:AAAAAAAA", "but": -1}}',
        '{"not_others": {"of_all": "deflate:A", "but": -1}}',
        '{"not_others": {"of_all": "[]", "but": 0}}',
        '{"not_others": {}}',
    ],
)
def test_a_decision_that_can_not_be_read_any_more_is_named_in_a_line(url: str, damaged: str) -> None:
    with world(url) as made:
        made.agent("ana")
        decision_id = made.ticket("T1")["decision"]["id"]
        with made.services.engine.begin() as connection:
            connection.execute(sa.update(decisions).where(decisions.c.team == "default").values(body=damaged))
    replayed = respite(url, "replay")
    assert (replayed.exit_code, replayed.stderr) == (1, ""), replayed.exception
    assert replayed.stdout.endswith(f"stored otherwise than in the log: {decision_id}\n")
    compared = respite(url, "shadow")
    assert (compared.exit_code, compared.stderr.count("\n"), repr(decision_id) in compared.stderr) == (2, 1, True), compared.exception
    explained = respite(url, "explain", decision_id)
    assert explained.exit_code == 2, explained.exception
    assert explained.stderr.startswith(f"respite: decision '{decision_id}': what is stored is no decision any more: ")
    assert explained.stderr.count("\n") == 1


def test_policy_is_checked_with_every_violation(url: str, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"break_min_s": -1, "nonsense": True}))
    refused = respite(url, "policy", "check", str(file))
    assert refused.exit_code == 2
    assert [line.split(": ")[:3] for line in refused.stderr.splitlines()] == [
        ["respite", str(file), name] for name in ("/break_min_s", "/nonsense")
    ]
    file.write_text(json.dumps({"break_min_s": 300}))
    assert "warning: break_min_s is under 600 s" in respite(url, "policy", "check", str(file)).stdout
    assert respite(url, "policy", "check", str(tmp_path / "none.json")).exit_code == 2


def test_what_the_service_answers_is_a_policy_file(url: str, tmp_path: Path) -> None:
    """As PUT /v1/policy takes it back, with its version, digest and warnings."""
    file = tmp_path / "policy.json"
    with world(url) as made:
        answered = made.ok("manager", "PUT", "/v1/policy", {"break_min_s": 300})
        assert made("manager", "PUT", "/v1/policy", answered).status_code == 200
        for content in (answered, {"policy": answered}):
            file.write_text(json.dumps(content))
            assert answered["digest"] in respite(url, "policy", "check", str(file)).stdout
            assert respite(url, "policy", "preview", str(file)).exit_code == 0


@pytest.mark.parametrize("content", [b"{", b'{"break_min_s": "\xff"}', b"[" * 100_000, b'{"weights":' * 50_000, b"[]", b""])
def test_a_policy_file_that_is_none_is_said_in_one_line(url: str, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "policy.json"
    file.write_bytes(content)
    for command in (("check",), ("preview",)):
        refused = respite(url, "policy", *command, str(file))
        assert refused.exit_code == 2, refused.exception
        assert refused.stderr.startswith(f"respite: {file}: ")
        assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RESPITE_PORT", "eighty"),
        ("RESPITE_PORT", "0"),
        ("RESPITE_CLOCK_RATE", "nan"),
        ("RESPITE_MAX_BODY_BYTES", "12"),
        ("RESPITE_BATCH_MAX", "1.5"),
        ("RESPITE_HEARTBEAT_S", "-1"),
        ("RESPITE_HOST", ""),
        ("RESPITE_DATABASE_URL", "mysql://localhost/x"),
        ("RESPITE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing"),
        ("RESPITE_DATABASE_URL", "postgresql://nobody:secret@localhost:abc/nothing"),
        ("RESPITE_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/nothing?foo=secret"),
        ("RESPITE_DATABASE_URL", "sqlite:////proc/x/y.db"),
        ("RESPITE_DATABASE_URL", f"sqlite:///{__file__}/y.db"),
        ("RESPITE_DATABASE_URL", f"sqlite:///{__file__}"),
        ("RESPITE_DATABASE_URL", "sqlite:///x.db?foo=secret"),
        ("RESPITE_DATABASE_URL", "sqlite:///file:x.db?mode=ro&uri=true"),
        ("RESPITE_DATABASE_URL", "sqlite:///file::memory:"),
        ("RESPITE_HOST", "no.such.host.invalid"),
        ("RESPITE_TRUSTED_PROXIES", "foo"),
        ("RESPITE_METRICS_FROM", "everybody"),
        ("RESPITE_TRUSTED_PROXIES", "None"),
        ("RESPITE_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("RESPITE_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("RESPITE_TRUSTED_PROXIES", "127.0.0.1,*"),
        ("RESPITE_PROT", "8000"),
        ("RESPITE_DATABASE", "x.db"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line_that_names_it(url: str, name: str, value: str) -> None:
    refused = respite(url, "serve", **{name: value})
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"respite: {name}")
    assert refused.stderr.count("\n") == 1
    assert "secret" not in refused.stderr


@pytest.mark.parametrize("trusted", ["none", "*", "127.0.0.1", "::1, 10.0.0.0/8"])
def test_proxies_that_can_be_trusted(trusted: str) -> None:
    assert from_environment({"RESPITE_TRUSTED_PROXIES": trusted}).trusted_proxies == trusted


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("RESPITE_MAX_BODY_BYTES", "1e6", "a whole number from 1024 to 104857600 bytes"),
        ("RESPITE_JOB_WORK_MAX", "-1", "a number from 1 to 1000000000000000"),
        ("RESPITE_HEARTBEAT_S", "x", "a number from 0.1 to 3600 s"),
        ("RESPITE_LOG_FORMAT", "", "text, json"),
        ("RESPITE_HOST", "", "name or address"),
    ],
)
def test_what_is_allowed_is_said_as_it_can_be_typed(name: str, value: str, allowed: str) -> None:
    with pytest.raises(SettingError) as refused:
        from_environment({name: value})
    assert str(refused.value).startswith(name)
    assert str(refused.value).endswith(f"; allowed: {allowed}")


def test_a_demo_that_can_not_be_kept_here_says_so_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").write_text("in the way")
    refused = CliRunner().invoke(app, ["demo"])
    assert refused.exit_code == 2, refused.exception
    assert refused.stderr == "respite: the demo keeps var/demo.db in this folder, and can't: var: File exists; start it in another folder\n"


def test_a_second_demo_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    with serving("sqlite:///var/demo.db"):
        refused = CliRunner().invoke(app, ["demo", "--port", "8950"])
    assert refused.exit_code == 2, refused.exception
    assert refused.stderr == "respite: another demo is at work in this folder: end it, or start this one in another folder\n"


def test_a_port_that_is_taken_is_said_in_one_line(url: str) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = respite(url, "serve", "--port", str(port))
    assert refused.exit_code == 2
    assert f"127.0.0.1:{port} can't be listened on" in refused.stderr


def test_an_address_of_ipv6_can_be_listened_on() -> None:
    refuse_taken_port(Settings(host="::1", port=8123))


def test_what_others_put_into_the_environment_is_no_setting_of_ours() -> None:
    assert from_environment({"RESPITE_SERVICE_HOST": "10.0.0.1", "RESPITE_PORT_8000_TCP": "tcp://10.0.0.1:8000"}) == Settings()
