"""Families of words that stand for each other in the phrases of a support desk, and fillers that are passed over between them."""

from __future__ import annotations

from fatigue_model.words import listed

FILLERS = frozenset(
    listed("""
    just, really, actually, even, ever, so, very, absolutely, completely, totally, literally, simply, quite, honestly, seriously, also,
    already, fucking, fuckin, bloody, damn, goddamn, freaking, effing, utterly, entirely, truly, pretty
    """)
)
FAMILIES = {
    name: listed(members)
    for name, members in {
        "N": """
        two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, fifteen, twenty, thirty, forty, fifty, several, many,
        countless
        """,
        "NTH": """
        second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth, eleventh, twelfth, hundredth, umpteenth
        """,
        "TIME": """
        minutes, hours, days, weeks, months, years, hour, day, week, month, year
        """,
        "REPLY": """
        answer, answers, reply, replies, response, responses, update, updates, callback, explanation, solution, solutions, help, news,
        eta, apology, resolution, progress, word, feedback, acknowledgement, acknowledgment, communication, information
        """,
        "REPLIED": """
        answers, answered, replies, replied, responds, responded, calls, called, writes, wrote, helps, helped, cares, cared, bothers,
        bothered, listens, listened, reacts, reacted, reads, acknowledged, explained, fixed, fixes, contacted
        """,
        "ANYBODY": """
        anybody, anyone, somebody, someone
        """,
        "NOBODY": """
        nobody, no one
        """,
        "BOSS": """
        manager, managers, supervisor, supervisors, boss, director, ceo, superior, superiors, management
        """,
        "LAW": """
        lawyer, lawyers, solicitor, solicitors, attorney, attorneys, ombudsman, regulator, regulators
        """,
        "VENDOR": """
        vendor, vendors, provider, providers, supplier, suppliers, competitor, competitors
        """,
        "CUSTOMER": """
        customer, customers, client, clients, sales, money, revenue, deal, deals, business, thousands, hundreds
        """,
        "FAULT": """
        outage, outages, disaster, mess, failure, excuse, excuses, mistake, delay, delays, breakdown, downtime, disappointment, apology
        """,
        "PERSON": """
        person, people, agent, agents, department, departments, team, teams, colleague, colleagues, rep, reps, advisor, advisors,
        representatives
        """,
        "WAIT": """
        wait, waited, waiting
        """,
        "TELL": """
        tell, telling, told, explain, explaining, explained, repeat, repeating, repeated, ask, asking, asked, chase, chasing, chased, beg,
        begging, remind, reminding
        """,
        "DROP": """
        leave, leaving, switch, switching, move, moving, go, going
        """,
        "IDIOT": """
        idiot, idiots, moron, morons, fool, fools, clown, clowns, imbecile, imbeciles, dumb, stupid, dense, thick, incompetent, cretin,
        dimwit, deaf, blind, illiterate, brainless, clueless, dim, ignorant, daft
        """,
        "THING": """
        search, site, layout, theme, editor, feature, features, update, updates, release, releases, app, tool, design, ui, version,
        dashboard, tutorial
        """,
        "INTENSE": """
        absolute, complete, utter, total, lousy, miserable, arrogant, pathetic, little, lazy, ignorant, useless, horrible, stupid, dumb,
        sad, sorry, clueless, smug, rude, incompetent, worthless
        """,
        "PRAISED": """
        legend, legends, star, stars, hero, heroes, champion, champions, gem, gems, angel, angels, rockstar, rockstars, lifesaver,
        lifesavers, treasure, wizard, wizards, genius, geniuses, delight, dream, machine, pro, pros, joy
        """,
        "SCHOOL": """
        school, primary school, elementary school, nursery, kindergarten
        """,
        "SHOWED": """
        turned, showed, came, picked, answered, answers, replied, replies, responded, responds, called, calls, knows, cares, helps,
        helped, listens, reads, bothered, bothers, told, tells, explained, fixed, looked, looks, understands, comes, shows, picks, writes,
        wrote, contacted, gets
        """,
        "SERVICE": """
        service, support, company, business, product, software, app, application, system, website, platform, bank, shop, store, airline,
        bot, process, policy, helpdesk, desk, customer service, update
        """,
        "ROTTEN": """
        garbage, trash, rubbish, crap, shit, junk, terrible, awful, horrible, useless, pathetic, dreadful, abysmal, appalling, atrocious,
        shocking, disgusting, disgraceful, diabolical, laughable, unusable
        """,
        "ATTEMPT": """
        engineer, technician, agent, attempt, visit, excuse, email, ticket, call, update, outage, invoice, complaint, letter, person,
        wrong, replacement, time, apology, reminder, week, day, month
        """,
        "MAD": """
        insane, crazy, mad, nuts, bonkers
        """,
        "WEEKDAY": """
        monday, tuesday, wednesday, thursday, friday, saturday, sunday, yesterday, christmas, january, february, march, april, june, july,
        august, september, october, november, december
        """,
    }.items()
}
