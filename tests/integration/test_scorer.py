"""Words scored in a process beside the service: found is what is found here, also when the process dies, and nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from api import intake
from api.intake import Words
from api.schemas.sent import TicketEventIn, TicketIn
from api.scoring.scorer import ALONE_AT_ONCE, Scorer

MAILS = (
    "This is the third time that I write. You promised, and nothing happened. This is unacceptable, and I want my money back at once.",
    "Could you tell me how to give a colleague read access to one project? There is no hurry at all, next week is fine for us.",
    "I am writing because my mother died last week and the account is in her name. What do I have to send you to have it closed?",
)


def ticket(number: int, body: str) -> TicketIn:
    return TicketIn.model_validate(
        {"id": f"T{number}", "account_id": "a", "subject": "s", "created_at": "2026-03-02T11:00:00Z", "body": body}
    )


MANY = [ticket(number, MAILS[number % 3] * (1 + number % 5)) for number in range(60)]
EXPECTED = [intake.words_of(each) for each in MANY]


def used(work: Callable[[Scorer, ThreadPoolExecutor], Awaitable[list[Words]]]) -> list[Words]:
    """What `work` finds with a process that is there."""

    async def run() -> tuple[list[Words], Scorer]:
        scorer, deadline = Scorer(), asyncio.get_running_loop().time() + 60
        with ThreadPoolExecutor(2) as threads:
            while scorer.pipe is None:
                assert await scorer.words(MANY[3], alone=False, threads=threads) == EXPECTED[3]  # threads stand in until then
                assert asyncio.get_running_loop().time() < deadline
            found = await work(scorer, threads)
            scorer.close()
            return found, scorer

    found, scorer = asyncio.run(run())
    assert scorer.process is not None
    scorer.process.wait(60)
    assert scorer.process.returncode is not None
    return found


def test_the_process_finds_what_is_found_here() -> None:
    async def work(scorer: Scorer, threads: ThreadPoolExecutor) -> list[Words]:
        agents = TicketEventIn.model_validate({"type": "message", "agent_id": "ana", "body": MAILS[0] * 9})
        assert await scorer.all_words([agents], threads) == [Words()]
        threads.shutdown()  # nothing of what follows needs them
        one_by_one = await asyncio.gather(*(scorer.words(each, alone=False, threads=threads) for each in MANY))
        huge = ticket(0, MAILS[0] * 1500)
        assert await scorer.all_words([MANY[0], huge, MANY[1]], threads) == [EXPECTED[0], intake.words_of(huge), EXPECTED[1]]
        assert await scorer.all_words(MANY, threads) == one_by_one
        return one_by_one

    assert used(work) == EXPECTED


def test_words_are_scored_though_the_process_dies() -> None:
    async def work(scorer: Scorer, threads: ThreadPoolExecutor) -> list[Words]:
        assert scorer.process is not None
        asked = asyncio.ensure_future(scorer.all_words(MANY, threads))
        await asyncio.sleep(0)
        scorer.process.kill()
        found = await asked
        assert scorer.pipe is None
        assert await scorer.all_words(MANY, threads) == found
        return found

    assert used(work) == EXPECTED


def test_whoever_comes_alone_asks_no_process() -> None:
    async def alone() -> Words:
        scorer, threads = Scorer(), ThreadPoolExecutor(1)
        assert await scorer.words(MANY[1], alone=True, threads=threads) == EXPECTED[1]  # loads what is known of words
        threads.shutdown()
        assert len(MANY[0].body or "") < ALONE_AT_ONCE
        found = await scorer.words(MANY[0], alone=True, threads=threads)
        assert scorer.process is None
        return found

    assert asyncio.run(alone()) == EXPECTED[0]


def test_where_others_are_served_even_a_subject_goes_to_the_process() -> None:
    async def work(scorer: Scorer, threads: ThreadPoolExecutor) -> list[Words]:
        short = ticket(0, "")
        threads.shutdown()
        alone = asyncio.ensure_future(scorer.words(short, alone=True, threads=threads))
        beside = asyncio.ensure_future(scorer.words(short, alone=False, threads=threads))
        await asyncio.sleep(0)
        assert (alone.done(), beside.done()) == (True, False)
        return [await alone, await beside]

    assert used(work) == [intake.words_of(ticket(0, ""))] * 2
