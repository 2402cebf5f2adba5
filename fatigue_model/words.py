"""Words that the text score knows: what is technical and means no harm, what customers of a support desk say when they have had enough.

Set by hand from the way support messages are written, not from any corpus; all are matched as whole words in lower case.
"""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    """The phrases of a text that separates them by commas."""
    return tuple(" ".join(each.split()) for each in text.split(","))


# In support these words are about machines, whatever they are worth elsewhere: they are taken out before anything is scored.
TECHNICAL = frozenset(
    _listed("""
    abort, aborted, aborting, aborts, address, alarm, alert, alerts, annihilate, antivirus, argument, arguments, assault, attack,
    attacked, attacker, attacks, backdoor, bad, blackhole, blacklist, block, blocked, blocker, blocking, blocks, blow, bomb, boot,
    botched, break, breakage, breaking, breaks, broke, broken, brute, bug, bugs, burn, burst, cancelled, casualty, certificate,
    child, children, choke, cluster, collapse, collision, compromise, compromised, conflict, conflicts, connection, container,
    corrupt, corrupted, corruption, crash, crashed, crashes, crashing, crisis, critical, cron, cut, daemon, daemons, damage,
    damaged, danger, database, dead, deadlock, deadlocked, deadlocks, death, decline, declined, defect, defects, degraded, demon,
    denial, denied, deny, deprecated, destroy, destroyed, destroying, destructive, die, died, dies, difficulties, difficulty, dirty,
    disable, disabled, discard, disconnect, disconnected, disrupted, driver, drop, dropped, drops, dump, dumped, dumps, dying,
    emergency, endless, error, errors, escape, evict, evicted, evil, exceeded, exception, exceptions, execute, executed, executing,
    execution, exhausted, exit, expired, explode, exploit, exploits, explosion, expose, exposed, fail, failed, failing, failover,
    fails, failure, failures, fatal, fault, faults, faulty, fire, fired, flag, forbidden, force, forced, fork, forked, freeze,
    freezes, freezing, frozen, fuzz, garbage, ghost, hack, halt, halted, handshake, hang, hanging, hangs, hard, harm, harmful,
    header, heartbleed, hijack, hit, hostile, hung, illegal, impossible, incident, incidents, incorrect, index, infected, injection,
    insecure, interrupt, interrupted, invalid, isolated, issue, issues, jail, kernel, kill, killed, killer, killing, kills, lag,
    leak, leaked, leaking, leaks, limit, lock, locked, log, login, logs, loop, lose, loss, lost, malformed, malicious, malware,
    mangled, master, masters, memory, miss, missed, missing, mutex, negative, node, nodes, non-zero, nuke, offline, orphan,
    orphaned, orphans, outage, outages, overflow, overload, overloaded, panic, panicked, parser, password, passwords, payload,
    penalty, pending, penetration, pod, poison, poisoned, pool, problem, problems, process, processes, prohibited, punish, purge,
    quarantine, query, queue, race, ransomware, reap, reaper, refuse, refused, refuses, refusing, reject, rejected, rejecting,
    rejection, rejects, replica, request, requests, risk, risks, sacrifice, sandbox, screen, server, servers, session, severe,
    severity, shatter, shoot, shot, shutdown, signal, slave, slaves, smashing, snafu, spam, spoof, stack, stale, starvation, starve,
    starved, starving, stop, stopped, strike, stripped, stuck, suicide, suspect, suspend, suspended, suspicious, switch, sync,
    table, taint, tainted, tear, terminal, terminate, terminated, terminating, termination, thread, threads, threat, threatened,
    threats, throttle, throttled, throw, thrown, throws, trace, traffic, trap, trash, trouble, troubles, unable, unauthorized,
    unavailable, unexpected, unhandled, unhealthy, unknown, unreachable, unresponsive, unsafe, unstable, unsupported, untrusted,
    victim, violated, violates, violation, violations, virus, viruses, void, vulnerabilities, vulnerability, vulnerable, warn,
    warned, warning, warnings, worm, worms, wrong, zero, zombie, zombies
    """)
)

# A customer who has had enough, in rising order: log-odds that each phrase adds.
PHRASES = (
    (
        0.6,
        _listed("""
        again, all day, all week, any idea what, as i said, at this point, cancel, competitor, competitors, complaint, days ago, did
        you, do you think, enough, entire day, every time, expect, explain, explain why, has never, immediately, lack of, manager,
        months ago, my boss, no one, nobody, patience, poor, review, same issue, same problem, second time, seriously, several
        times, since monday, since yesterday, still, the same problem, tired, told me, told us, too long, treat, waited, whole day,
        you said
        """),
    ),
    (
        1.2,
        _listed("""
        actually help, actually read, alternative provider, another provider, any clue, anyone at your company, apology, as i
        already said, automated message, automated reply, automated response, behind schedule, biggest client, biggest customer,
        broken again, call back, can't believe, can't go on, can't work, cancel everything, cancel my, cancel our, canned, cannot
        believe, cannot go on, cannot work, careless, complain, demand, deserve, did not help, didn't help, dismissive, do your job,
        does not help, doesn't help, down again, end our contract, end the contract, entire morning, entire week, expected better,
        expected more, explain that, explain to me, explain yourself, failed to, find another, fix it, fix this, for an hour, for
        days, for hours, for months, for weeks, for years, happened again, has to stop, have to stop, hear nothing, heard nothing,
        hours on hold, how hard, i expect, i need an answer, in a row, in court, is anybody, is anyone, just wait, keeps happening,
        last chance, left hanging, let down, locked out, long enough, look elsewhere, loses us, losing, losing money, lost our, make
        sense, makes no sense, mess, missed our, no clue, no explanation, no help, no longer believe, no use, no working, not
        getting anywhere, not happy, not helpful, not impressed, not satisfied, not working again, of no help, ombudsman, on hold,
        over and over, overcharged, passed around, passed from, paying for, paying you, promised, promises, refund, same bug, same
        story, simply not, sloppy, so many times, social media, still broken, still not, still nothing, take it further, takes
        forever, taking forever, taking so long, template answer, templates, terminate the contract, times now, twice, two hours,
        two times, unable to work, unhappy, unhelpful, unreliable, very poor, waiting for days, waiting for weeks, want it fixed,
        was promised, were promised, what exactly, what is the point, what you are doing, what you're doing, what's the point, why
        am i, why do i, why is it, why should i, why should we, without a reply, worse, yet again, you keep, you never, you promised
        """),
    ),
    (
        2.2,
        _listed("""
        3rd time, 4th time, 5th time, a single one, act together, address a single, again and again, and again, another apology, any
        answer, anyone there, are you even, are you kidding, are you serious, ask for the third, bad review, bad service, been
        treated, been waiting, believe a word, better business bureau, blaming, breach, breach of contract, brick wall, brush off,
        brushed off, cancel the contract, canceling, cancelling, care about your customers, chargeback, cheated, close my account,
        close our account, closing my account, condescending, consumer protection, copied and pasted, copy and paste, copy paste,
        cost us, cost us our, costing us, cut me off, days without, deeply disappointed, did you even, disappointed, disappointing,
        dispute the charge, do something, do you even, do you people, does not care, doesn't care about, don't care, don't have a
        clue, embarrassed, embarrassing, embarrassment, enough is enough, escalate this, even read, every chance, every single time,
        excuses, extremely disappointed, extremely frustrating, false promises, fed up, fifth day, fifth time, file a complaint,
        five times, fix it now, fix this now, fix your, for the last time, formal complaint, four times, fourth day, fourth time,
        fourth week, from one department, frustrated, frustrating, frustration, full refund, had enough, had every chance, had it
        up, hang up on, hardly type, have had it, have no clue, how can you, how could you, how is it possible, how is this
        acceptable, how is this possible, how many more, how many times, hundred times, hundredth time, hung up, i am done, i
        demand, i regret, i'm done, i'm leaving, ignored, ignores, ignoring, in circles, inexcusable, insane, intolerable, is this a
        joke, is this how, it's been weeks, keep asking, keep ignoring, keep sending, keep telling, keeps asking, last straw,
        lawsuit, lawyer, lawyers, leave a review, leaving a review, leaving for, leaving you, legal action, legal department, legal
        team, let us down, lied, lies, lodge a complaint, lose us, losing customers, losing patience, losing us, lost all patience,
        lost all trust, lost faith, lost our patience, lost patience, lost trust, made it worse, make a complaint, makes it worse,
        miserable, mistake of, money back, move elsewhere, moving to a competitor, moving to your competitor, my lawyer, negligence,
        negligent, never again, never answered, never called, never fixed, never heard back, never received a reply, never replied,
        never worked, never works, nightmare, no answer, no apology, no communication, no excuse, no idea what you are doing, no
        idea what you're doing, no intention, no one answers, no one cares, no one has, no one is able, no one replied, no reply, no
        respect, no response, no sense at all, no support, no update, no updates, nobody answers, nobody calls, nobody cares, nobody
        has, nobody replied, nobody replies, none of you, nonsense, not a single, not acceptable, not be renewing, not good enough,
        not pay, not paying, not renew, not renewing, not what i paid, not what we paid, nothing but, nothing has changed, nothing
        has happened, nothing works, one star, our attorney, our attorneys, out of patience, patience has run out, patience is,
        patronising, patronizing, poor service, put me through to, regulator, report you, reporting you, responsible for this, ruin,
        ruined, run out of patience, runaround, screaming, see you in court, senior management, sick and tired, sick of, since when,
        single one of my, six times, sixth time, small claims, so called expert, so called support, so frustrating, someone
        competent, sort it out, speak to a, speak to a manager, speak to someone, speak to your, speak with a, speak with a manager,
        speak with your, still can't, still cannot, still doesn't, still don't, still down, still have not, still haven't, still
        isn't, still no, still on hold, still the same, still unresolved, still waiting, stole, stop asking, stop ignoring, stop
        lying, stop paying, stop sending, stop telling, stop wasting, sue you, sue your, supervisor, switching to, take our
        business, take responsibility, taken responsibility, takes responsibility, taking my business, taking our business, talk to
        a, talk to a manager, talk to someone, ten times, tenth time, terminate our contract, that's enough, the runaround, think
        this is, third day, third month, third time, third week, thousand times, three times, tired of, treat customers, treat your
        customers, treated like, trusted you, trustpilot, two weeks without, unacceptable, unanswered, unbelievable, unprofessional,
        unreal, untrue, upset, very disappointed, very frustrating, waste of, wasted, wasting, we are done, we are leaving, we
        demand, we're done, we're leaving, weeks ago, weeks without, what a joke, what am i paying, what are we paying, what do i
        pay, what do we pay, what the hell, when will you, who do you think, who is responsible, why can't anybody, why can't
        anyone, why can't you, why is no one, why is nobody, will not accept, won't accept, won't be renewing, you are joking, you
        lot, you must be joking, you owe, you should be, you're joking, your boss, your ceo, your director, your excuses, your
        manager, your so called, your superior, your supervisor, zero help, zero replies, zero response
        """),
    ),
    (
        3.2,
        _listed("""
        a brain, a disgrace, a joke, a scam, absolute joke, absolute nonsense, absolutely useless, absurd, abysmal, amateur,
        amateurs, angry, appalled, appalling, are a joke, are garbage, arrogant, ashamed, atrocious, awful, beyond a joke,
        brainless, buffoon, buffoons, bunch of, cheat, cheats, circus, clown, clown show, clowns, clueless, complete joke, con, con
        artists, conned, contempt, criminals, crooks, dare you, deplorable, despicable, diabolical, dimwit, disgrace, disgraceful,
        disgusted, disgusting, don't you dare, doorknobs, dreadful, dumb, enraged, excuse for, farce, fool, fools, fraud,
        fraudsters, fuming, furious, get fired, get lost, good for nothing, half a brain, halfwit, halfwits, hate, hate dealing,
        hate this, hopeless, horrendous, horrible, horrible experience, how dare, idiot, idiotic, idiots, imbecile, imbeciles,
        incompetence, incompetent, incompetents, infuriating, insane company, insult, insulting, insults, is a joke, is garbage,
        joke of a, laughable, laughing stock, lazy, liar, liars, livid, load of nonsense, loathe, lying, make me sick, makes me
        sick, monkeys, moron, moronic, morons, muppet, muppets, nasty, outraged, outrageous, parasite, pathetic, ridiculous, rip
        off, ripoff, robbed, robbery, rot in hell, rubbish, rude, scammers, scandal, screw up, screw you, screwed, screwed up,
        shambles, shame, shame on, shameful, shocking, shut up, sickening, so angry, so furious, so useless, steal from, stealing,
        stealing from, stupid, swindle, swindlers, terrible, terrible experience, thanks for nothing, the worst, theft, thieves,
        this useless, useless, vile, waste of space, what is wrong with you, what's wrong with you, worst, worthless, you people
        """),
    ),
    (
        4.0,
        _listed("""
        arse, arsehole, arseholes, ass, asshole, assholes, bastard, bastards, bitch, bloody, bloody hell, bollocks, brain dead,
        bullshit, crap, crappy, cretin, cunt, cunts, damn, damned, dickhead, dipshit, dumbass, dumbasses, effing, f off, f this,
        fck, ffs, fk, fuck, fuck off, fuck this, fuck you, fucked, fucker, fuckers, fuckin, fucking, fuckwit, garbage company, go to
        hell, goddamn, hate you, hell with you, jackass, jerk, jerks, kiss my, kiss my ass, loser, losers, lying bastards,
        motherfucker, motherfuckers, nitwit, piece of shit, pigs, piss off, pissed, prick, pricks, retard, retarded, retards, scum,
        scumbag, scumbags, shit, shithole, shitty, shove it, son of a, sucks, thanks for nothing loser, trash company, twat, up
        yours, vermin, wanker, wankers, whore, wtf, wth
        """),
    ),
)
PHRASES_MOST = 6.0  # however many phrases there are, they add no more than this

# Thanks and patience take some of it back; a sentence about machines, without any of the phrases, is about machines.
SOFTENERS = _listed("""
    thank you, no rush, no hurry, no worries, appreciate, grateful, works now, works great, working now, great job, great work, love
    it, love the, well done, happy with, all good, awesome, excellent, wonderful, kind regards, many thanks, thanks for, thanks
    again, thanks in advance, please
""")
SOFTENER, SOFTENERS_MOST = -0.6, -1.2
ABOUT_MACHINES = -2.0  # the log-odds of a text that is wholly about machines

# Function words by which English is told from its neighbours: common in one of eight other languages and no word of English, or English.
FOREIGN = frozenset(
    _listed("""
    aan, aber, ahora, ainda, ale, algo, alleen, alors, als, anche, ancora, ao, aos, aqui, aquí, au, auch, auf, aus, aussi, aux,
    avec, avez, bardzo, bij, bitte, boa, bom, bonjour, buongiorno, być, car, ce, cela, ces, cette, che, chez, chi, ciao, co, com,
    comme, como, con, cosa, cuando, cuenta, cui, czy, cómo, da, dal, dalla, dan, danke, dans, das, dass, dat, de, degli, dei, del,
    della, delle, dem, den, depois, depuis, der, des, desde, después, deze, di, dich, dies, dit, dla, dlaczego, donc, donde, dopo,
    dos, dove, du, dziękuję, een, ein, eine, einen, einer, ela, ele, ella, elle, ellos, em, en, encore, entonces, então, er, era,
    eres, es, est, esta, este, esto, estou, estoy, está, et, eu, faire, fait, fare, foi, für, geen, gegen, gli, graag, gracias,
    grazie, guten, ha, habe, haben, hace, hay, heb, hebben, heeft, het, hij, ho, hoe, hola, ich, ihr, ihre, ik, il, ils, io, isso,
    ist, j'ai, jak, jako, jamais, je, jest, jestem, jeszcze, jetzt, jij, ju, jullie, już, já, kan, kann, kein, keine, który, kunnen,
    können, las, le, leider, les, leur, lo, los, ma, maar, mais, mas, meer, mein, meine, merci, mes, mesmo, meu, mi, mia, mich, mij,
    mijn, minha, mio, mir, mit, mnie, moet, moi, moje, molto, mon, może, muito, muy, más, même, mój, möchte, n'est, na, naar, nach,
    nada, nam, nas, nasz, ne, nel, nella, nem, ni, nich, nicht, nie, niet, noch, nog, noi, nos, nosotros, nossa, nosso, nostra,
    nostro, notre, nous, nu, nuestra, nuestro, num, numa, nur, não, obrigada, obrigado, od, oder, ogni, om, onde, ons, onze, ook,
    oraz, os, ou, où, par, para, pas, pela, pelo, perché, pero, peut, più, plus, po, pod, pode, poi, por, porque, pour, pourquoi,
    proszę, przez, przy, puede, puedo, può, qu'il, qualcuno, quand, quando, que, quella, quello, quem, quero, questa, questo, qui,
    quiero, s'il, sa, sans, schon, se, sehr, sem, sempre, ser, ses, seu, si, sich, sie, sin, sind, się, sobre, sono, sont, stato,
    sto, su, sua, sul, sur, sus, são, só, są, ta, tak, también, também, te, tego, tem, ten, tengo, tenho, tiene, todo, toujours,
    tous, tout, très, tu, tutti, tutto, tylko, tym, uit, um, uma, un, una, und, une, uno, unos, uns, unser, usted, van, veel, vi,
    você, voi, vom, von, voor, vorrei, vos, votre, vous, w, waarom, wanneer, warum, wat, weer, wegen, wel, wenn, werden, wie,
    wieder, wir, wird, worden, wszystko, wurde, y, z, za, zal, ze, zijn, zu, zum, zur, ça, è, été, êtes, être, über, że, żeby
    """)
)
ENGLISH = frozenset(
    _listed("""
    a, about, after, again, all, already, also, am, an, and, any, are, as, ask, at, back, be, because, been, before, being, but, by,
    call, can, can't, cannot, come, could, day, days, did, didn't, do, does, doesn't, doing, don't, down, each, email, even, ever,
    every, fix, for, from, get, getting, give, go, going, good, got, had, has, have, haven't, having, he, hello, help, her, here,
    hi, him, his, how, i, i'd, i'll, i'm, i've, if, in, into, is, isn't, it, it's, its, just, know, last, let, like, long, look,
    made, make, many, me, more, most, much, must, my, need, never, new, no, not, nothing, now, of, off, on, once, one, only, or,
    other, our, out, over, people, please, question, right, same, say, see, send, she, should, since, so, some, someone, soon,
    still, such, sure, take, tell, than, thank, thanks, that, that's, the, their, them, then, there, there's, these, they, they're,
    thing, this, those, time, to, today, told, too, try, two, up, us, use, very, want, was, way, we, we're, we've, week, weeks,
    well, were, what, what's, when, where, which, while, who, why, will, with, won't, work, working, works, would, yes, yet, you,
    you're, your, yours
    """)
)
