"""What customers of a support desk say when they have had enough; set by hand, from no corpus.

A phrase is a row of words in lower case. A word in capitals stands for each word of a family (`families.FAMILIES`); fillers between the
words are passed over; a contraction is what it contracts.
"""

from __future__ import annotations

from fatigue_model.words import listed

# A customer who has had enough: log-odds that each phrase adds.
COMPLAINTS = (
    (
        1.2,
        listed("""
        the service we signed, what we signed up, what i signed up, signed up for, terminating early, will be terminating, are
        terminating, am terminating, escalated to, someone senior, a senior, somebody senior, the inconvenience, to be patient, looked
        into, looking into it, NTH ATTEMPT, need this resolved, need this sorted, need this done, need it fixed, need it resolved, need it
        sorted, must be fixed, must be resolved, needs to be fixed now, resolved today, fixed today, resolved immediately, fixed
        immediately, made it slower, made it worse, made it harder, each made, claims he, claims she, claims they, claims that i, supposed
        to be, end up in, ended up in, stuck in, in the same, long time customer, loyal customer, loyal customers, loyal for, go
        elsewhere, going elsewhere, have to go elsewhere, elsewhere, business elsewhere, in a loop, endless loop of, never showed, never
        came back, never turned up, never called back, let me know why, know why, like to know why, stop sending me, stop emailing, stop
        calling, unacceptably, disgruntled, displeased, discontent, not thrilled, less than happy, not exactly happy, less than satisfied,
        not okay, not ok, not fair, not right, no way to treat, so disappointed, pointless, waste, useful answer, anything useful, nothing
        useful, everything breaks, everything you, hoops, jump through, was supposed to, were supposed to, should have been, should never
        have, supposedly, allegedly, day two, day three, day four, day five, day six, day seven, hour two, hour three, hour four, hour
        five, week two, week three, week four, without internet, without power, without water, without heating, without phone, without
        email, without a phone, liable, in writing, instead of helping, instead of fixing, instead of answering, what happened to, what
        happens now, do you intend, i was told, we were told, been told, was told, told it would, told that it would, told me it would,
        said it would, that was N TIME ago, showed up, bounces, no apology, not even a, not even an, not even one, one more time, yet
        another, nothing happens, nothing happened, nothing since, nothing yet, nothing helped, does not help me, no longer funny, not
        funny, this is getting, is getting old, getting old, annoying, enough time, more than enough, i have asked, i have explained, i
        have sent, i have called, i have written, i have tried everything, i have been more than, more than patient, been patient, being
        patient, so patient, remain patient, treat me, treat us, treated me, treated us, your clients, a company like, a company that, a
        company your size, you call this, call this support, call yourself, call yourselves, you claim, you advertise, you boast, world
        class, award winning, priority support, enterprise support, breach, breached, violating, out of business, going under, ruining,
        ruins, killing our business, hurting our business, hurting us, damage to our, damaged our, reputation, embarrassing us, in front
        of a client, in front of clients, in front of customers, big launch, missed the deadline, missed our deadline, miss our deadline,
        payroll, our customers are, our clients are, my customers are, my clients are, my boss is, my team is, nobody on my team, whole
        company, entire company, entire team, whole office, entire office, stuck for, blocked for, been stuck, been blocked, going
        nowhere, actually help, actually read, alternative provider, any clue, anyone at your company, apology, as i already said, as i
        already, as i said, as i have said, as i told, as i explained, as stated, as mentioned before, i already told, i already said, i
        already sent, i already gave, i have already, have already told, have already tried, i said in, if you had read, had you read,
        read my, read what i, read the ticket, read properly, read it properly, read it again, read these tickets, reads these, automated
        message, automated messages, automated reply, automated replies, automated response, auto reply, auto replies, canned response,
        canned reply, canned answer, canned, behind schedule, biggest client, biggest customer, broken again, can not believe, cannot
        believe, can not go on, can not work, cannot go on, cannot work, can not do our jobs, can not do my job, careless, claims to,
        deserve better, did not help, dismissive, do your job, do your jobs, does not help, not help at all, down again, entire morning,
        entire week, expect better, expect more, expected better, expected more, expected a lot more, explain that, explain to me, explain
        yourself, explain how, find another VENDOR, fix it, fix this, just fix, get it fixed, get this fixed, want this fixed, want it
        fixed, need this fixed, for hours, for weeks, for months, for ages, takes ages, taking ages, in ages, happened again, happens
        again, happening again, has to stop, have to stop, hear nothing, heard nothing, hearing nothing, hours on hold, on hold for, been
        on hold, i need an answer, need answers, want answers, want an answer, want a real, straight answer, real answer, proper answer,
        give me an answer, answer my question, answer my questions, answer the question, answer me, in court, NOBODY knows, no one knows,
        just WAIT, keeps happening, keeps breaking, keeps failing again, keep having to, keep getting, keep saying, keep promising, keep
        asking, keep closing, last chance, left hanging, left waiting, left in the dark, left us, left me, let down, long enough, too
        long, look elsewhere, looking elsewhere, looking for another, loses us, losing money, losing, make sense, makes no sense, make any
        sense, missed our, no clue, no explanation, no longer believe, no working, not getting anywhere, getting nowhere, got nowhere, not
        happy, far from happy, not at all happy, not pleased, not amused, not helpful, not impressed, unimpressed, less than impressed,
        underwhelmed, underwhelming, not satisfied, dissatisfied, not working again, of no help, over and over, overcharged, overcharging,
        passed around, passed from, passed on from, passed between, pushed from, sent from one, bounced between, bounced around, pillar to
        post, to another PERSON, to yet another, to N PERSON, to N different, N different PERSON, different PERSON, shouldn't have to,
        should not have to, paying you, paying customer, good money, for what we pay, for what i pay, what we pay, what i pay, we pay you,
        i pay you, pay for this, paid for this, paying for this, PROMISED, i was PROMISED, you PROMISED, were PROMISED, refuse to help,
        refuses to help, same bug, same story, same answer, same reply, same excuse, same mistake, same nonsense, same questions, same
        question again, simply not, sloppy, so many times, so slow, take it further, takes forever, taking forever, taking so long, takes
        so long, forever, template answer, template answers, terminate the contract, TIME now and, times now, times already, unable to
        work, unhappy, unhelpful, unreliable, very poor, WAIT for days, WAIT for weeks, WAIT for hours, WAIT N TIME, WAIT for N TIME,
        waiting since, waited since, was promised, what is the point, what are you doing, what you are doing, what are you going to do,
        what do you intend, why am i, why should i, why should we, why do i have to, why do we have to, why must i, why was my, why did
        you, why have you, why are you, without a REPLY, without any REPLY, without REPLY, without warning, without notice, without
        telling, bothered to, nobody told, no one told, no one bothered, worse than, even worse, gets worse, getting worse, yet again, you
        broke, you keep, you never, you promised, you said, you told, you closed, you charged, you took, you have taken, you deleted, you
        lost, you ruined, you failed, you still have not, you have not, you have still, you do not, you did not, you can not, you cannot,
        you will not, you refuse, sitting idle, sat idle, standing idle, sitting around, at a standstill, dead in the water, half
        finished, half baked, half arsed, half assed, beta tester, beta testers, guinea pig, guinea pigs, your tester, the tester for,
        opposite, contradict, contradicts, contradicting, contradictory, different answer, different answers, different story, let me get
        this straight, are you telling me, you are telling me, so you are saying, what a surprise, surprise surprise, not surprised, no
        surprise, as usual, typical, do you realise, do you realize, do you understand, any idea how much, any idea what, do you have any
        idea, have you any idea, what part of, which part of, supposed to do, am i supposed, are we supposed, in front of our, i dread,
        what good is, what use is, what kind of, reach a human, a human, human being, actual human, real human, real person, actual
        person, talk to a human, chat bot, your bot, your chatbot, cannot reach, can not reach, impossible to reach, never picks up,
        nobody picks up, picks up the phone, phone just rings, rings out, disconnected again, cut off again, got cut off, got
        disconnected, hangs up, no ANYBODY, blamed, your fault, your mistake, your side, your end, your outage, because of you, because of
        your, thanks to you, thanks to your, unfair, hidden fees, extortionate, extortion, money for nothing, throwing money, pay a cent,
        pay a penny, another cent, another penny, another minute, another FAULT, more excuses, excuse after excuse, i am not going to, not
        going to explain, not going to repeat, tell me again, explain again, explain everything, explain it again, explain myself, start
        again from, start over again, from scratch again, all over again, back to square one, square one, time again, every step, every
        update breaks, breaks something, breaks everything, broke everything, nothing works, not one, never happened, never arrived, never
        came, has not happened, have not happened, still has not, NTH FAULT, NTH time, N emails, N tickets, N calls, N phone calls, N
        messages, N working days, fix the damn, working days later, do better, must do better, grow up, wake up, social media, go public,
        bad for business, dire, lousy, shoddy, subpar, mediocre, horrid, grim, poorest, woeful, lamentable, unusable, unworkable,
        unjustified, unjustifiable, joking
        """),
    ),
    (
        2.2,
        listed("""
        how many times do i, how many times have i, how many times must, how many times does, how many times will, how many more times,
        sort it out now, sort this out now, just sort, sort it out or, how can it be, given up hope, given up on, as if nothing, always
        have to, passing me, passing us, pass me around, pass us around, take care of this, have not seen a, raised the price, all you can
        say, all you say is, all you have to say, all you can do, all you offer, to be patient and, tell us to be patient, told to be
        patient, tell me to be patient, told us to be patient, told me to be patient, beyond patient, got to be the, ignores me, ignores
        us, ignores my, ignores every, ignores our, ignoring me, ignoring us, ignoring my, ignoring our, ignoring every, shame, was
        assured, were assured, been assured, not what i expected, not what we expected, not what i ordered, not what i was, not what we
        were, no nothing, dispute the payment, dispute the bill, dispute this, do not have time for, do not have time to, better things to
        do, have a business to, a business to run, how we are treated, how i am treated, how you treat, supposed to survive, supposed to
        run a, same queue, same music, same loop, same paragraph, same advice, same steps, same useless, the same copy, nothing to do with
        my, completely ignored, without a single, without so much as, without any notice, without any warning, any notice, start solving,
        start helping, start reading, start doing, start listening, start answering, NTH excuse, the NTH wrong, it took you, took you N,
        seem to care, seem to understand, seem to read, seem interested, who cares, do you not, can you not, will you not, have you not,
        still without, losing orders, losing sales, lose orders, late fee for, for your mistake, for your mistakes, for your error,
        because you, so you can, price gouging, freezing my, freezing its, freezing our, holding my, holding our, hostage, wasted my
        entire, lost my entire, spent my entire, spent all day, spent the whole, spent hours, spent N TIME, quite upset, very upset, so
        upset, really upset, rather upset, upset that, upset about, unhappy with, unhappy about, very unhappy, concerned that NOBODY, get
        ANYBODY on this, get ANYBODY to, poor communication, very poor communication, lack of communication, lack of response, lack of
        care, lack of respect, lack of urgency, no urgency, no sense of urgency, zero urgency, zero communication, so much for, for the
        love of, love of god, love of all that, how on earth, why on earth, what on earth, how in the world, why in the world, what in the
        world, in the name of, at my wits, went nowhere, down the drain, gone downhill, going downhill, steadily downhill, downhill, gone
        to the dogs, went downhill, lost track, lost count, running out of patience, running out of ways, running out of options, running
        out of time with, wearing thin, wears thin, taking this up with, take this up with, taking this to, take this to the, taking this
        further, take this further, go to the press, going to the press, report this to, reporting this to, reporting your, hold you
        responsible, hold you liable, holding you, compensation, is this really, is that really, is this the level, is this what, is this
        supposed, level of service, all i want is, all i asked, all i am asking, all i get is, all we get is, all we get are, all i get,
        simple request, yes or no, NOBODY SHOWED, no one SHOWED, NOBODY ever SHOWED, nobody bothers, NOBODY even, NOBODY there, not one
        of, not one person, not one single, nobody at your, no one at your, had my money, my money, hard earned, in good faith, lost
        afternoon, lost morning, lost day, wasted day, wasted morning, wasted afternoon, day off work, took time off, time off work, half
        a day, half a morning, swore blind, gone again, for nothing, starts at zero, start at zero, starting from zero, starts from zero,
        start over, start all over, starting over, exhausted by, i am exhausted, exhausting, worn out, draining, stressful, sick with
        worry, in tears, losing sleep, lost sleep, sleepless, cannot go on like, cannot take this, can not take this, can not go on, can
        not keep, can not deal with, can not stand, can not believe, do i need to come, do i need to drive, do i have to, do we have to,
        must i really, to be blunt, to be frank, blunt, due respect, with respect, frankly, your colleague said, at this rate, and
        counting, beyond me, beyond words, words fail, no words, explain the logic, riddle me, square one, wild goose, fool of me, made a
        fool, fiasco, taken seriously, take me seriously, take us seriously, take this seriously, worst possible, as a last, last resort,
        last attempt, last warning, final warning, final notice, ultimatum, by close of business or, or else, or we walk, or i walk, or i
        am leaving, or we leave, or we are gone, walk away, walking away, we will leave, i will leave, will be leaving, will be
        cancelling, will be canceling, am cancelling, am canceling, are cancelling, cancelling everything, take my money, taking our
        money, keep taking, kept taking, keeps charging, keep charging, still charging, charging me for, charged me for something,
        overcharge, double charging, lost confidence, no confidence, zero confidence, lost all confidence, trust is gone, broken trust,
        poorly, badly handled, handled badly, badly managed, mismanaged, mishandled, incompetently, carelessness, could not care less, do
        not give a, does not give a, give a damn, give a toss, give a monkeys, not my job, not our job, not my problem, not our problem,
        my problem now, my job to, not my job to, do your work, doing your job, did your job, your job for you, doing your work, am i a
        joke, am i invisible, invisible, talking to a wall, talking to myself, screaming into, shouting into, into the void, black hole,
        radio silence, deafening silence, silent treatment, crickets, ghosted, ghosting, vanished, dropped the ball, let that sink in,
        think about that, another day another, a single one, act together, shit together, address a single, again and again, another
        apology, anyone there, anybody there, ANYBODY there, are you even, are you kidding, you kidding, are you serious, annoyed,
        annoying, annoyance, irritated, irritating, ask for the NTH, bad review, bad service, been treated, been waiting, kept waiting,
        keep us waiting, keep me waiting, keeps me waiting, beg for, have to beg, had to beg, believe a word, better business bureau,
        blaming, breach of contract, brick wall, brush off, brushed off, fobbed off, fob me off, palmed off, stonewalled, stonewalling,
        gaslighting, cancel the contract, care about your customers, chargeback, charge back, cheated, close my account, close our
        account, closing my account, condescending, consumer protection, trading standards, copied and pasted, copy and paste, copy paste,
        copy pasted, cost us, cost me, cost us our, costing us, costing me, cut me off, days without, TIME without, deeply disappointed,
        did you even, disappointed, disappointing, disappointment, dispute the charge, do something, do you even, do you people, does not
        care, do not care, don't have a clue, nobody has a clue, not a clue, embarrassed, embarrassing, embarrassment, enough is enough,
        enough already, enough of this, escalate this, excuses, every chance, every single time, extremely disappointed, extremely
        frustrating, exasperated, exasperating, false promises, empty promises, broken promises, broken promise, fed up, fed up with, file
        a complaint, formal complaint, official complaint, raise a complaint, fix it now, fix this now, fix your, for the last time, from
        one PERSON, from PERSON to PERSON, from one to the next, from one to another, frustrated, frustrates, frustrating, frustration,
        full refund, had enough, had it up, had it with, hang up on, hardly type, have had it, have no clue, how can you, how could you,
        how is it possible, how is this acceptable, how is this possible, how many more, how much longer, how much more, how hard can, how
        hard is it, how difficult can, how difficult is it, too much to ask, hundred times, hung up on, i am done, i demand, i regret, i
        am leaving, ignored us, ignored me, ignore me, ignore us, being ignored, been ignored, keep being ignored, ignored my, ignored
        our, in circles, inexcusable, inept, ineptitude, intolerable, is this a joke, is this how, been weeks, been months, keep TELL,
        keep ignoring, keep sending, keeps TELL, last nerve, last straw, lawsuit, legal action, legal proceedings, leave a review, leaving
        a review, leaving for, leaving you, let us down, let me down, lets us down, letting us down, badly let down, lied, lies, lodge a
        complaint, lose us, lost all patience, lost CUSTOMER, lost a CUSTOMER, lost our CUSTOMER, lost N CUSTOMER, lost a big CUSTOMER,
        losing CUSTOMER, lose CUSTOMER, losing our CUSTOMER, losing patience, losing my patience, losing my mind, losing us, lost all
        trust, lost faith, lost our patience, lost my patience, lost patience, lost trust, made it worse, made things worse, makes things
        worse, make a complaint, makes it worse, makes me angry, driving me MAD, drives me MAD, drive me MAD, driving us MAD, up the wall,
        going MAD, blows my mind, beggars belief, miserable, mistake of, money back, DROP to a VENDOR, DROP to another VENDOR, DROP to
        your VENDOR, DROP to a different VENDOR, DROP elsewhere, another VENDOR, a different VENDOR, find another, my lawyer will, LAW
        will, our LAW will, hear from my LAW, hear from our LAW, negligence, negligent, never again, never answered, never called, never
        fixed, never got a, never heard back, hear back, never received a reply, never replied, never REPLIED, never worked, never works,
        nightmare, no apology, no communication, no excuse, no idea what you are doing, no intention, no one answers, no one cares, no one
        REPLIED, NOBODY REPLIED, NOBODY seems, no one seems, no one is able, no respect, no sense at all, NOBODY calls, NOBODY cares,
        NOBODY gets back, NOBODY has REPLIED, no one has REPLIED, NOBODY has, NOBODY can, NOBODY ever, none of you, nonsense, not a
        single, not one useful, not one of you, not acceptable, not be renewing, not good enough, not pay, not paying, not renew, not
        renewing, not what i paid, not what we paid, not what i asked, not what we asked, not what i signed, nothing but, nothing has
        changed, nothing has happened, nothing works, nothing ever works, one star, zero stars, out of patience, patience has run out,
        patience is, patience with you, patience is wearing, try my patience, testing my patience, hard to stay polite, hard to stay calm,
        trying to stay calm, staying polite, patronising, patronizing, poor service, poor support, poor show, put me through to, report
        you, reporting you, responsible for this, run out of patience, runaround, run around, screaming at, see you in court, senior
        management, sick and tired, sick of, sick to death, tired of, since when, single one of my, small claims, so called, so
        frustrating, someone competent, somebody competent, someone who knows, somebody who knows, someone who actually, someone who
        understands, sort yourselves, speak to a manager, speak to your, speak to a supervisor, speak with a manager, speak with your,
        talk to your, your BOSS, still unresolved, still the same nonsense, stole, stop asking, stop ignoring, stop lying, stop paying,
        stop sending, stop telling, stop wasting, stop closing, sue you, sue your, switching to, take our business, take my business, take
        our money, take responsibility, taken responsibility, takes responsibility, taking my business, taking our business, terminate our
        contract, that is enough, the runaround, think this is acceptable, think this is okay, think this is ok, think this is normal,
        think this is funny, NTH TIME running, treat customers, treat your customers, treated like, treats its customers, treats
        customers, treat people, trusted you, trustpilot, unacceptable, unanswered, unbelievable, unprofessional, unreal, untrue, very
        disappointed, very frustrating, waste of, waste my, wasted, wasting, ruined, we are done, we are leaving, we demand, weeks
        without, what a joke, what a mess, what a shambles, what am i paying, what are we paying, what are you paying, what do i pay, what
        do we pay, who do you think, why can not ANYBODY, why can not you, why is no one, why is nobody, why can nobody, why does nobody,
        why does no one, why has nobody, why has no one, will not accept, refuse to accept, refuse to pay, not going to pay, not going to
        accept, not putting up, will not tolerate, not tolerate, you are joking, you must be joking, got to be joking, got to be kidding,
        must be kidding, must be a joke, you lot, you owe, you should be, your excuses, your incompetence, your so called, zero help, zero
        replies, zero response, zero support, zero REPLY, wits end, wit end, end of my tether, end of my rope, breaking point, at my
        limit, lost for words, speechless, gobsmacked, flabbergasted, dumbfounded, astonishing, astounding, astonished, astounded, mind
        boggling, incredulous, laughably, ridiculous, ridiculously slow, ridiculously expensive, ludicrous, preposterous, insane, madness,
        crazy that, it is crazy, sheer lunacy, chaos, chaotic, catastrophe, catastrophic, total disaster, complete disaster, a disaster,
        been a disaster, been a nightmare, debacle, train wreck, dumpster fire, mess up, messed up, messed us, botched, bungled, joke,
        jokers, joker, cowboys, passing the buck, pass the buck, washing your hands, lip service, taken for a ride, taking the piss,
        taking the mick, taking the mickey, having a laugh, you having a laugh, give me a break, for crying out loud, for god sake, for
        gods sake, for goodness sake, for heavens sake, for heaven sake, for pity sake, jesus christ, good grief, oh come on, come on
        guys, are you for real, is this for real, is this some kind, some kind of joke, honest to god, i swear, not on, get a grip, get
        real, give up on you, giving up on you, done with you, done with your, done with this, so done, i give up, i am out, last time i,
        never use you, never using, never buy, never buying, never order, not recommend, never recommend, would not recommend, stay away,
        avoid this, avoid like, warn everyone, warn others, telling everyone, tell everyone, everyone i know, regret ever, regret signing,
        regret buying, regret choosing, wish i had never, wish we had never, biggest mistake, worst decision
        """),
    ),
)
