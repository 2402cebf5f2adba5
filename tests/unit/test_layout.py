"""What of a message is read: words below a quote, in forms, chats and postscripts are; quotes, signatures and logs are not."""

from __future__ import annotations

import pytest

from fatigue_model.messages import own_words
from fatigue_model.text import score_text

THREAT = "I will come to your office and kill you."
ABUSE = "You people are useless, absolute idiots."


@pytest.mark.parametrize(
    "around",
    [
        "On Mon, Jan 8, 2024 at 9:01 AM Support wrote:\n> Thank you for contacting us.\n> We love to help.\n\n{}",
        "On Mon, Jan 8, 2024 at 9:01 AM Support\n<help@example.com> wrote:\n> Thank you.\n\n{}",
        "> What is your order number?\n{}",
        "From: Jane Doe\nEmail: jane@example.com\nMessage: {}",
        "From: Jane Doe <jane@example.com>\nSubject: account\n\n{}",
        "[2024-05-01 10:30:11] John: {}",
        "2024-05-01 10:30 {}",
        "10:30 {}",
        "error: {}",
        "$ {}",
        "| {} |",
        "{{{}}}",
        "```\n{}",
        ">:( {}",
        "at 10:30 I called. {}",
        "Please help.\n\nRegards\nJoe\n\nPS: {}",
        "Cheers,\n{}",
        "Yours sincerely\n{}",
        "<p>{}</p>",
    ],
)
def test_words_are_read_where_the_layout_is_a_quote_or_a_log(around: str) -> None:
    assert score_text(around.format(THREAT)).grave == "threat"
    assert score_text(around.format(ABUSE)).score > 0.9  # type: ignore[operator]


@pytest.mark.parametrize(
    "around", ["Please look into the order that we placed last month. " * 80 + "{}", "hello\n" * 201 + "{}", "word " * 3000 + "{}"]
)
def test_a_long_message_is_read_at_both_ends(around: str) -> None:
    assert score_text(around.format(THREAT)).grave == "threat"
    assert score_text(f"{THREAT} {around}").grave == "threat"


@pytest.mark.parametrize(
    "log",
    [
        'Traceback (most recent call last):\n  File "app.py", line 12, in <module>\n    main()\n  File "app.py", line 8, in main\n'
        '    raise ValueError("bad input")\nValueError: bad input',
        "java.lang.NullPointerException: Cannot invoke\n\tat com.acme.Main.run(Main.java:42)\n\tat com.acme.Main.main(Main.java:10)",
        "TypeError: undefined is not a function\n    at foo (/srv/app.js:1:2)\n    at bar (/srv/app.js:3:4)",
        "System.NullReferenceException: Object reference not set.\n   at Acme.Web.Home.Index() in C:\\src\\Home.cs:line 12",
        "thread 'main' panicked at 'index out of bounds', src/main.rs:4:5\nnote: run with `RUST_BACKTRACE=1`",
        "panic: runtime error: invalid memory address\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:12 +0x1d",
        '203.0.113.9 - - [01/May/2024:12:00:01 +0000] "GET /index.html HTTP/1.1" 500 1024',
        "ORA-00060: deadlock detected while waiting for resource",
        "Mon May  6 10:00:00 2024 kernel: killed process",
        "[ERROR] failed to kill process 11\n[WARN] retry",
        "C:\\Windows\\system32> net stop spooler\nThe service could not be stopped.",
        '{"level":"error","msg":"failed to kill stale connection","code":500}',
    ],
)
def test_logs_have_no_score(log: str) -> None:
    assert (score_text(log).score, score_text(log).reason, score_text(log).grave) == (None, "log_dump", None)
    assert score_text(f"Why do I get this?\n{log}").score is not None


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Thanks.\n________________________________\nFrom: Bob\nSent: 1 May\nTo: Support\n\nYou idiots", "Thanks."),
        ("Fine.\nAm Montag schrieb Support:\n> This is terrible", "Fine."),
        ("Fine.\n-----Original Message-----\nFrom: x\nYou idiots", "Fine."),
        ("Fine.\n\nKind regards\nDr. Mad Dashing\nHead of Rage Analytics", "Fine."),
        ("Fine.\n\nBest regards\nAna\nThis mail is confidential and meant only for you, my friend.", "Fine."),
        ("From: the very first day you were slow.", "From: the very first day you were slow."),
        ("F*** you and your sh*t product, a**holes", "fuck you and your shit product, assholes"),
        ("the hate_speech_labels table and maxAttempts", "the  identifier  table and  identifier"),
    ],
)
def test_own_words(text: str, own: str) -> None:
    assert own_words(text).text == own
