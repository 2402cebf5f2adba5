"""Customers' mails of 80 to 100 words, as they come to a support desk: what a benchmark of the whole way must score."""

from __future__ import annotations

MAILS = (
    """Hello, I wrote to you on Monday about the export that fails every night and I still have no answer. Our finance team
needs the monthly report by Friday, and we had to copy every line by hand again, which took two people the whole afternoon. I
understand that you are busy, but this is the third time in six weeks, and nobody has told us what the cause is. Could you
please let me know today whether somebody is working on it and when we can expect a fix? Thank you, Maria""",
    """Hi team, we have been using the new dashboard for about a month now and most of it works well. One thing that we cannot
find is how to give a colleague read access to a single project without making her an administrator of the whole workspace. The
help page mentions a role called viewer, but it does not show up in our list of roles. Is that part of another plan, or do we
have to switch something on first? No hurry, next week is fine for us. Best regards, Tom from the planning office""",
    """This is getting ridiculous. I was charged twice for the same invoice in March, you promised me a refund within ten days,
and now it is the end of April and there is still nothing on my account. Every time I call I have to tell the whole story again
to somebody else, and every time I hear that it is with another department. I do not want another apology, I want my money
back. If this is not settled by Wednesday we will cancel the contract and talk to our bank about the charge.""",
    """Good morning, since the update on Tuesday our warehouse scanners log out after a few minutes, and the staff have to type
their passwords again in the middle of a delivery. We tried another network, we removed the app and put it back, and we
restarted all of the devices, but it did not help. The office computers are not affected. I have attached the log of one scanner
and a short film of what happens. Could one of your engineers have a look before the night shift starts at ten? Kind regards,
Jonas""",
    """Hello, my name is Priya and I took over the account from a colleague who left in January. I am trying to change the billing
address and the name on the invoices, but the form asks me for a code that was sent to her old mailbox, which does not exist
any more. I can send you a letter from our company register and a copy of my identity card if you need them. What would be the
quickest way to get this done? The next invoice is due on the fifteenth. Many thanks for your help""",
)


def mail(number: int) -> str:
    """The mail of the ticket of that number: they take turns."""
    return MAILS[number % len(MAILS)]
