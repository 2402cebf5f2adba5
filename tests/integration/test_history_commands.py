"""`replay-history` and `import` from the command line: files as helpdesks export them, and one clear line on each bad one."""

import contextlib
import csv
import gzip
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from api.commands.history import import_command, replay_history
from router import snapshot
from router.events import AccountPut, Event
from support.data import DATA, needs
from support.histories import EVENTS_MAP, TICKETS_MAP, csv_lines, hard_account, json_lines
from support.memory_sink import MemorySink

NOW_S = 1_800_000_000.0
Run = Callable[..., Result]


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink(NOW_S)


@pytest.fixture
def run(sink: MemorySink) -> Run:
    @contextlib.contextmanager
    def open_sink() -> Iterator[MemorySink]:
        yield sink

    app = typer.Typer()
    app.command("replay-history")(replay_history)
    app.command("import")(import_command(open_sink))
    return lambda *args: CliRunner().invoke(app, [str(each) for each in args])


@pytest.fixture
def columns(tmp_path: Path) -> Path:
    path = tmp_path / "map.toml"
    path.write_text(EVENTS_MAP)
    return path


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Six escalations of one account, gzipped, with malformed rows on lines 3 and 4."""
    lines = csv_lines(hard_account(6))
    lines[2:2] = ["too,few\n", ",acme,ann,solve,2024-01-01 09:00,,,\n"]
    path = tmp_path / "export.csv.gz"
    path.write_bytes(gzip.compress("".join(lines).encode()))
    return path


def test_a_replay_prints_the_team_and_no_person(run: Run, export: Path, columns: Path) -> None:
    result = run("replay-history", export, "--map", columns)
    assert result.exit_code == 0, result.output
    assert "12 tickets from 2024-01-01 to 2024-02-08, 2 agents, 7 accounts" in result.stdout
    assert "30 rows read, 2 malformed" in result.stdout
    assert "Assumed: each agent is at work on every day on which" in result.stdout
    said = " ".join(result.stdout.split())
    assert "until somebody has the ticket" in said
    assert "The two waits are not of the same thing: in the history somebody has a ticket from the first that the log shows" in said
    assert "Of 12 tickets that somebody had the log shows 6 given to them first, and 6 by what they did." in said
    assert "ann" not in result.stdout.split()
    assert "line 3: 2 columns; the header has 8" in result.stderr
    assert "line 4: the case id is empty" in result.stderr


def test_a_replay_as_json(run: Run, export: Path, columns: Path) -> None:
    shown = json.loads(run("replay-history", export, "--map", columns, "--json").stdout)
    assert (shown["tickets"], shown["rows"], shown["malformed"]) == (12, 30, 2)
    assert shown["before"]["longest_run"] == 6
    assert shown["waits"].startswith("the two waits are not of the same thing")
    assert "routed" not in shown
    assert "ann" not in json.dumps(shown).replace('"', " ").split()
    assert json.loads(run("replay-history", export, "--map", columns, "--json", "--limit", "3").stdout)["tickets"] == 3


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("suffix", [".json", ".toml"])
def test_a_replay_by_another_policy(run: Run, export: Path, columns: Path, tmp_path: Path, suffix: str, wrapped: bool) -> None:
    policy = tmp_path / f"policy{suffix}"
    head = "[policy]\n" if wrapped else ""
    values = {"break_min_s": 840, "break_max_s": 840}
    policy.write_text(
        head + "break_min_s = 840\nbreak_max_s = 840\n" if suffix == ".toml" else json.dumps({"policy": values} if wrapped else values)
    )
    shown = json.loads(run("replay-history", export, "--map", columns, "--policy", policy, "--json").stdout)
    assert shown["break_s"] == 6 * 840


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_who_had_what_and_who_would_have_it(run: Run, export: Path, columns: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"rows{suffix}"
    assert run("replay-history", export, "--map", columns, "--out", out).exit_code == 0
    text = out.read_text()
    rows = list(csv.DictReader(text.splitlines())) if suffix == ".csv" else [json.loads(line) for line in text.splitlines()]
    assert len(rows) == 12
    first = next(row for row in rows if row["case_id"] == "hard-0")
    assert (first["had"], first["lane"], first["opened_at"]) == ("ann", "agent", "2024-01-01T10:00:00.000Z")
    assert first["would"] in ("ann", "ben")
    assert first["decision_id"].startswith("d")


def refused(result: Result, *lines: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    for line in lines:
        assert line in result.stderr.replace("\n", " ")


@pytest.mark.parametrize("command", ["replay-history", "import"])
def test_strict_stops_at_the_first_malformed_row(run: Run, export: Path, columns: Path, sink: MemorySink, command: str) -> None:
    refused(run(command, export, "--map", columns, "--strict"), "line 3: 2 columns; the header has 8")
    assert sink.log == []


@pytest.mark.parametrize("command", ["replay-history", "import"])
def test_what_cannot_be_read_is_said_in_one_line(run: Run, export: Path, columns: Path, tmp_path: Path, command: str) -> None:
    refused(run(command, tmp_path / "none.csv", "--map", columns), "No such file or directory")
    refused(run(command, tmp_path, "--map", columns), "Is a directory")
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(export.read_bytes()[:-20])
    refused(run(command, cut, "--map", columns), "end-of-stream marker")
    spoilt = tmp_path / "spoilt.csv.gz"
    spoilt.write_bytes(export.read_bytes()[:20] + b"\xff" * 20 + export.read_bytes()[40:])
    refused(run(command, spoilt, "--map", columns), "spoilt.csv.gz: ")
    empty = tmp_path / "empty.csv"
    empty.write_text(csv_lines([])[0])
    refused(run(command, empty, "--map", columns), "no ticket could be read")
    refused(run(command, export, "--map", "no_such_map"), "maps that come with Respite: helpdesk_italian")
    refused(run(command, export, "--map", "../maps/helpdesk_italian"), "there is no file")


def test_every_violation_of_map_header_and_policy_is_listed(run: Run, export: Path, columns: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('format = "xml"\ncolour = 1\n')
    refused(run("replay-history", export, "--map", wrong), "/format: 'xml'", "/colour: 1", "/columns/case: None", "/activities: {}")
    refused(run("replay-history", export, "--map", "helpdesk_italian"), "/columns/case: 'Case ID'", "/escalated/seriousness_2")
    policy = tmp_path / "policy.json"
    policy.write_text('{"break_min_s": -1, "speed": 2}')
    refused(run("replay-history", export, "--map", columns, "--policy", policy), "/break_min_s: -1", "/speed: 2")
    policy.write_text("[")
    refused(run("replay-history", export, "--map", columns, "--policy", policy), "policy.json: not JSON: Expecting value")
    policy.write_text("[]")
    refused(run("replay-history", export, "--map", columns, "--policy", policy), "an object")
    policy.write_bytes(b"\xff")
    refused(run("replay-history", export, "--map", columns, "--policy", policy), "not UTF-8")


def test_rows_are_written_to_a_file_that_can_be(run: Run, export: Path, columns: Path, tmp_path: Path) -> None:
    refused(run("replay-history", export, "--map", columns, "--out", tmp_path / "rows.xlsx"), "must be a file that ends in .csv or .jsonl")
    refused(run("replay-history", export, "--map", columns, "--out", tmp_path / "no" / "rows.csv"), "in a folder that exists")
    plain = tmp_path / "plain.csv"
    plain.write_bytes(gzip.decompress(export.read_bytes()))
    refused(run("replay-history", plain, "--map", columns, "--out", plain), "the export itself would be overwritten")


def test_an_import_twice_changes_nothing(run: Run, export: Path, columns: Path, sink: MemorySink) -> None:
    result = run("import", export, "--map", columns)
    assert result.exit_code == 0, result.output
    assert result.stdout == "30 rows, 2 malformed, 12 tickets, 51 events offered, 51 events new, 0 refused\n"
    assert len(sink.log) == 51
    before = snapshot.dump(sink.state)
    shown = json.loads(run("import", export, "--map", columns, "--json").stdout)
    assert shown == {"rows": 30, "malformed": 2, "tickets": 12, "events_offered": 42, "events_new": 0, "refused": 0}
    assert snapshot.dump(sink.state) == before


def test_nor_does_one_months_later_when_the_state_has_forgotten_the_tickets(
    run: Run, export: Path, columns: Path, sink: MemorySink
) -> None:
    run("import", export, "--map", columns)
    sink.at_s += 40 * 86_400
    sink.take([AccountPut(sink.at_s, "angry"), AccountPut(sink.at_s, "new")])
    assert sink.state.tickets == {}
    before = snapshot.dump(sink.state)
    assert run("import", export, "--map", columns).stdout.endswith("0 tickets, 0 events offered, 0 events new, 0 refused\n")
    assert snapshot.dump(sink.state) == before


def test_the_future_is_not_imported(run: Run, export: Path, columns: Path, sink: MemorySink) -> None:
    sink.at_s = 1_704_450_000.0  # 2024-01-05
    result = run("import", export, "--map", columns)
    assert list(sink.state.tickets) == ["hard-0", "calm-ben-0"]
    assert "which lies in the future" in result.stderr


def test_a_ticket_at_odds_with_the_store_is_left_out_and_spoils_no_other(run: Run, tmp_path: Path, sink: MemorySink) -> None:
    columns, export = tmp_path / "map.toml", tmp_path / "export.jsonl"
    columns.write_text(TICKETS_MAP)
    rows = [
        {"id": n, "organization": "acme", "assignee": "ann", "created_at": f"2024-01-0{n}T09:00Z", "solved_at": f"2024-01-0{n}T10:00Z"}
        for n in (1, 2, 3)
    ]
    export.write_text("".join(json_lines(rows[1:2])))
    assert run("import", export, "--map", columns).exit_code == 0
    rows[1]["organization"] = "other"
    export.write_text("".join(json_lines(rows)))
    result = run("import", export, "--map", columns)
    assert "2 malformed" not in result.stdout
    assert (result.exit_code, result.stdout.endswith("1 refused\n")) == (1, True)
    assert "ticket '2': /id: ticket '2' exists with other content" in result.stderr
    assert [(each.id, each.account_id) for each in sink.state.tickets.values()] == [("2", "acme"), ("1", "acme"), ("3", "acme")]
    refused(run("import", export, "--map", columns, "--strict"), "ticket '2': /id: ticket '2' exists with other content")


def test_a_file_in_another_encoding_stores_nothing_until_the_map_says_so(run: Run, columns: Path, tmp_path: Path, sink: MemorySink) -> None:
    export = tmp_path / "export.csv"
    export.write_bytes("".join(csv_lines([*hard_account(2), ("x", "Müller", "ann", "solve", "2024-03-01 09:00")])).encode("latin-1"))
    refused(run("import", export, "--map", columns), "/encoding: 'utf-8-sig' is not allowed", "perhaps cp1252 or latin-1")
    assert sink.log == []
    columns.write_text('encoding = "latin-1"\n' + EVENTS_MAP)
    result = run("import", export, "--map", columns)
    assert (result.exit_code, result.stdout.endswith(" 0 refused\n")) == (0, True)
    assert "Müller" in sink.state.accounts


def test_no_header_and_another_delimiter_are_one_line(run: Run, columns: Path, tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    for content, why in (
        (b"", f"{export} is empty"),
        (b"\n1,2\n", f"{export} has no header: its first line is blank"),
        (bytes(range(256)) * 4, "/encoding: 'utf-8-sig' is not allowed"),
        ("".join(csv_lines(hard_account(1))).replace(",", ";").encode(), "/delimiter: ',' is not allowed"),
    ):
        export.write_bytes(content)
        found = run("import", export, "--map", columns)
        refused(found, why)
        assert found.stderr.count("respite: ") == 1


def test_who_stops_an_import_hears_what_is_stored_and_goes_on_from_there(run: Run, columns: Path, tmp_path: Path, sink: MemorySink) -> None:
    export = tmp_path / "export.csv"
    export.write_text("".join(csv_lines(hard_account(48, [f"helper-{number}" for number in range(8)]))))
    take = sink.take

    def stopped(events: Sequence[Event]) -> int:
        if sink.log:
            raise KeyboardInterrupt
        return take(events)

    sink.take = stopped  # type: ignore[method-assign]
    result = run("import", export, "--map", columns)
    assert result.exit_code == 130
    assert f"respite: at least {len(sink.log)} new events are stored; the same call goes on from there\n" in result.stderr
    before, sink.take = len(sink.log), take  # type: ignore[method-assign]
    result = run("import", export, "--map", columns)
    assert (result.exit_code, result.stdout.endswith(f", {len(sink.log) - before:,} events new, 0 refused\n")) == (0, True)


@needs("helpdesk_italian")
def test_the_log_of_an_italian_help_desk(run: Run, sink: MemorySink) -> None:
    log = DATA / "helpdesk_italian" / "helpdesk.csv.gz"
    started_s = time.process_time()
    shown = json.loads(run("replay-history", log, "--map", "helpdesk_italian", "--strict", "--json").stdout)
    assert time.process_time() - started_s < 60
    assert (shown["tickets"], shown["rows"], shown["malformed"]) == (4580, 21_348, 0)
    before, after = shown["before"], shown["after"]
    assert 0.98 * before["escalations"] <= after["escalations"] <= before["escalations"]
    assert after["same_agent_share"] < before["same_agent_share"]
    assert after["longest_run"] < before["longest_run"]
    assert after["points_gini"] < before["points_gini"]
    assert shown["unserved"] == 0
    assert run("import", log, "--map", "helpdesk_italian", "--strict").exit_code == 0
    revision = sink.state.revision
    assert run("import", log, "--map", "helpdesk_italian", "--strict").exit_code == 0
    assert sink.state.revision == revision
