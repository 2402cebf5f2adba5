"""Phrases that are hard only in bad company, phrases that take it back, and what sounds hard and is not; written as in `phrases`."""

from __future__ import annotations

from fatigue_model.words import listed

# Words that sound hard and are not: a span of these is not read at all.
HARMLESS = listed("""
    THING is wicked, THING is fire, THING is dope, THING is mad, IDIOT mistake, it is a shame, a shame the, a shame that, what a shame,
    account manager, account managers, project manager, product manager, password manager, package manager, task manager, window manager,
    device manager, file manager, sales manager, i hope you are, i hope you can, i hope you have, i hope you enjoy, did not expect such,
    hope that helps, the end of the world, sorry for being, being a pain, slow clap animation, killer but, total klutz, going nuts
    looking, find any of, laughing at your, died laughing, crying with laughter, funeral home, you INTENSE PRAISED, you are a PRAISED,
    stupidly simple, stupidly easy, stupidly good, stupidly fast, ridiculously simple, ridiculously easy, ridiculously good, ridiculously
    fast, ridiculously cheap, insanely simple, shut up and take, lose my mind over how, not a complaint, cannot complain, stupid mistake
    on my, mistake on my side, mistake on my end, silly mistake, need to apologise, need to apologize, pain in the neck to, with respect
    to, in respect of, waiting for a decision, waiting on our, waiting on my, waiting for our, waiting for my, we are waiting for, angel
    investor, at your earliest, aggressive policy, go back to the, with all due speed, i feel like an IDIOT, i feel like a IDIOT, i feel
    like such an IDIOT, i am such an IDIOT, i am such a IDIOT, i am an absolute IDIOT, my BOSS asked me, my BOSS wants to, my BOSS would
    like, i feel IDIOT, i feel a bit IDIOT, i am an IDIOT, i am a IDIOT, i am IDIOT, i was an IDIOT, i was IDIOT, i was being IDIOT, i
    felt like an IDIOT, i felt IDIOT, IDIOT me, IDIOT of me, feeling IDIOT, feeling like an IDIOT, my IDIOT mistake, my own IDIOT, my bad,
    silly me, shame on me, my own fault, my fault, my mistake, hate myself, kick myself, IDIOT question, silly question, IDIOT questions,
    sounds IDIOT, sound IDIOT, IDIOT proof, dumb it down, dumb terminal, blind copy, blind carbon, color blind, colour blind, thick
    client, lazy loading, lazy load, lazy evaluation, lazy loaded, lazy initialization, worst case, garbage collector, garbage collection,
    garbage collected, garbage collect, hate speech, trash can, trash folder, trash bin, the trash, fraud detection, fraud prevention,
    fraud alert, fraud check, fraud team, fraud rules, identity theft, theft protection, steal focus, stealing focus, steals focus, work
    stealing, cheat sheet, dll hell, dependency hell, callback hell, hell of a, hell yeah, hell yes, insanely good, insanely fast,
    insanely useful, insanely helpful, crazy good, crazy fast, wicked fast, wicked good, sick update, sick feature, THING is sick, THING
    is insane, THING are sick, sick leave, sick day, off sick, damn good, damn fast, damn nice, holy cow, holy moly, bad ass, kick ass,
    kicks ass, kicked ass, shit hot, not bad, not too bad, not a bad, not a disaster, not a problem, not terrible, not awful, no problem,
    no problems, no complaints, no issues, no trouble, no worries, no hurry, no rush, never had a problem, never had any problems, never
    had an issue, never let me down, never let us down, never disappoints, no big deal, without any problems, without problems, awful lot,
    terrible with, horrible with, terrible at, abusive language, abusive content, abusive users, report abuse, insult filter, scam filter,
    profanity filter, not angry, not upset, not your fault, not complaining, not in a hurry, can wait, angry birds, bad gateway, bad
    request, customer complaint, customer complaints, complaint from a customer, complaint form, complaints form, complaints procedure,
    nothing serious, nothing urgent, disaster recovery, monkey patch, dirty read, killer feature, blown away, blew me away, blew us away,
    killed it, killing it, nailed it, scared me, shut down, lying around, lying on, fool around, poor connection, cancel the meeting,
    cancel the appointment, cancel the booking, cancel button, cancel dialog, cancel event, refund policy, return policy, return and
    refund, retry, still works, still love, still happy, still using, again and thank, once again, thanks again, try again later, try
    again tomorrow, will try again, again in, never mind, nevermind, my boss loves, no longer need, better than ever, never been better,
    never been happier, not fussed, not a big, cannot thank, cannot fault, could not be happier, bad luck, bad hair, bad news for
    """)

# Curses, which are praise beside praise; slang, which is nothing elsewhere; what is said of machines (a nasty race, the worst latency)
# without any anger, but for those that customers complain of.
CURSES = listed("""
    damn, damned, crap, shit, shitty, hell, bloody, fuck, fucking, fuckin, effing, freaking, frickin, ass, badass, goddamn, holy shit,
    holy crap, holy fuck, stupid, stupidly, bastard, wtf
    """)
SLANG = listed("""
    holy, sick, insane, insanely, crazy, wicked, silly, ridiculously, killer, dope, savage, mad, bad, nasty, evil
    """)
ROUGH = listed("""
    worst, useless, ugly, nasty, bad, dumb, aggressive, terrible, horrible, garbage, lazy, evil, poor, weak, stupid, silly, awful, angry,
    hostile, abusive, offensive, crazy, insane, ridiculous, rogue, rude, toxic, hated, ghastly, violent, cruel, insulting, killer, crappy
    """)
COMPLAINED_OF = listed("""
    app, apps, ui, gui, interface, interfaces, dashboard, installer, widget, plugin, printer, device, devices, code, version, upgrade,
    network, wifi, modem, router, firmware, integration, login, process, response, responses, server, servers, issue, issues, problem,
    problems, mistake, error
    """)
CURSE_ODDS = 3.2

# What a customer who has had enough says, and any other too: it counts where a second sign stands beside it.
WEAK = listed("""
    how many times, sort it out, sort this out, given up, every time i, supposed to, end the contract, end our contract, difficult,
    frozen, within N TIME, over N TIME, loyal, survive, complained, complaint has, has been closed, sent you, already, N TIME for, claims,
    apparently, supposedly, accountable, what now, simple question, nowhere, this is getting, once more, turned up, picks up, again, all
    day, all week, another, asap, back and forth, billed N times, billed twice, charged twice, charged me twice, charged us twice, call
    back, callback, cancel my, cancel our, cancel the, cancel everything, cancelling, canceling, chasing, competitor, competitors,
    complain, complaint, days ago, deserve, did you, do you think, enough, entire day, every time, expect, explain, explain why, failed
    to, for days, for N TIME, get back to me, getting back to me, gets back, has never, how hard, how long, hung up, i expect,
    immediately, in a row, is ANYBODY, is there ANYBODY, lack of, LAW, legal, locked out, lost our, lost my, BOSS, mess, missed, moving
    to, N days, N weeks, N months, N hours, N TIME ago, N TIME later, N TIME now, been N TIME, N times, no answer, no help, no one, no
    reply, no response, no update, no updates, no REPLY, not working, not resolved, not fixed, unresolved, NOBODY, now, on hold, patience,
    paying for, poor, refund, refunded, review, same issue, same problem, NTH time, several times, since WEEKDAY, since last, since the,
    since your, speak to someone, speak to a, speak with a, still, still broken, still can not, still cannot, still does not, still do
    not, still down, still have not, still is not, still no, still not, still nothing, still on hold, still the same, still waiting, still
    unresolved, talk to a, talk to someone, the last time, the NTH, told me, told us, told you, TELL N, TELL you N, TELL this, twice,
    upset, WAIT, WAIT for, what exactly, when will you, whole day, whole week, whole team, whole morning, who is responsible, why do i,
    why do we, why is it, why is this, why is the, worse, you need to, every day, every week, every month, every single, each time,
    finally, eventually, unable to, cannot access, deadline, go live, urgent, urgently, apologies, apologise, bothered, promise, promises,
    leaving, ignored, idle, down since, been down, been broken, is broken, was closed, closed my, closed the ticket, closed without
    """)
WEAK_ODDS, WEAK_ALONE = 0.9, 0.25

# Thanks and patience take some of it back, and so do the openings of plain requests.
SOFT = listed("""
    sorry for, sorry to, nice reply, appreciate you, no hard feelings, going to love, you rock, like a dream, thank you, thanks, no rush,
    whenever you, when convenient, appreciate, appreciated, grateful, works now, works great, works perfectly, works fine, works like a
    charm, working now, great job, great work, good job, good work, love it, love the, love this, love your, well done, happy with, all
    good, all sorted, all fine, awesome, excellent, wonderful, brilliant, amazing, fantastic, perfect, lovely, kind regards, many thanks,
    thanks for, thanks again, thanks in advance, please, haha, lol, hehe, saved my, saves the, saved the, made my day, cheers, impressed
    with, impressive, glad, pleased, delighted, keep it up, keep up the, fixed it, you fixed, that fixed, that solved, solved it, solved
    my, problem solved, sorry for the trouble, sorry to bother, great service, terrific, superb, nice work, nice one, so good, so fast, so
    quick, was fast, was quick, very fast, super fast, fast reply, quick reply, wow, enjoy, enjoying, kudos, you are a star, legend,
    lifesaver, good news, looking forward, congratulations, love, improvement
    """)
ROUTINE = listed("""
    could you, can you please, could i, can i, may i, would it be possible, is it possible, is there a way, is there an option, how do i,
    how do we, how can i, how can we, how to, where do i, where can i, where do we, where can we, what is the best way, what are the,
    which plan, would like to, i would like, we would like, i want to upgrade, just wondering, i was wondering, i wonder, quick question,
    one question, a question about, by mistake, by accident, accidentally, in error, wrong size, ordered the wrong, our finance, my
    finance, get back to you, getting back to you, let you know, for our records, for your records, for my records, for your information,
    fyi, heads up, no longer need, before i buy, if i cancel, when i cancel, to cancel my, to cancel our, a refund if, a refund take,
    refund usually, refund policy, how long does, how long will, how long is, upgrade, upgrading, in sales, sales team, a copy of, please
    confirm, please find, please send, please add, please update, please note, attached is, attached you, attached the, when will the,
    when will you release, roadmap, whenever, next version, next release, approve, planning to, plan to, we plan, we are planning,
    thinking of, interested in, curious, documentation, a demo, a quote, a trial, the trial, discount, moved house, my address, vat
    number, invoice for, opening hours, can someone explain, the difference between, does it support, do you support, do you offer, do you
    have a, is it normal, what happens if, what happens when
    """)
POLITE = frozenset(("please", "sorry for", "sorry to", "kind regards", "thanks in advance", "cheers"))  # which is no praise
SOFT_ODDS, ROUTINE_ODDS, SOFT_MOST = -0.6, -0.8, -2.0
