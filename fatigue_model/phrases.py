"""What customers of a support desk say when they have had enough; set by hand, from no corpus.

A phrase is a row of words in lower case. A word in capitals stands for each word of a family (`families.FAMILIES`); fillers between the
words are passed over; a contraction is what it contracts.
"""

from __future__ import annotations

from fatigue_model.words import listed

# A customer who has had enough: log-odds that each phrase adds.
PHRASES = (
    (
        1.2,
        listed("""
        was supposed to, were supposed to, should have been, should never have, supposedly, allegedly, day two, day three, day four, day
        five, day six, day seven, hour two, hour three, hour four, hour five, week two, week three, week four, without internet, without
        power, without water, without heating, without phone, without email, without a phone, liable, in writing, instead of helping,
        instead of fixing, instead of answering, what happened to, what happens now, do you intend, i was told, we were told, been told,
        was told, told it would, told that it would, told me it would, said it would, that was N TIME ago, showed up, bounces, no apology,
        not even a, not even an, not even one, one more time, yet another, nothing happens, nothing happened, nothing since, nothing yet,
        nothing helped, does not help me, no longer funny, not funny, this is getting, is getting old, getting old, annoying, enough time,
        more than enough, i have asked, i have explained, i have sent, i have called, i have written, i have tried everything, i have been
        more than, more than patient, been patient, being patient, so patient, remain patient, treat me, treat us, treated me, treated us,
        your clients, a company like, a company that, a company your size, you call this, call this support, call yourself, call
        yourselves, you claim, you advertise, you boast, world class, award winning, priority support, enterprise support, breach,
        breached, violating, out of business, going under, ruining, ruins, killing our business, hurting our business, hurting us, damage
        to our, damaged our, reputation, embarrassing us, in front of a client, in front of clients, in front of customers, big launch,
        missed the deadline, missed our deadline, miss our deadline, payroll, our customers are, our clients are, my customers are, my
        clients are, my boss is, my team is, nobody on my team, whole company, entire company, entire team, whole office, entire office,
        stuck for, blocked for, been stuck, been blocked, going nowhere, actually help, actually read, alternative provider, any clue,
        anyone at your company, apology, as i already said, as i already, as i said, as i have said, as i told, as i explained, as stated,
        as mentioned before, i already told, i already said, i already sent, i already gave, i have already, have already told, have
        already tried, i said in, if you had read, had you read, read my, read what i, read the ticket, read properly, read it properly,
        read it again, read these tickets, reads these, automated message, automated messages, automated reply, automated replies,
        automated response, auto reply, auto replies, canned response, canned reply, canned answer, canned, behind schedule, biggest
        client, biggest customer, broken again, can not believe, cannot believe, can not go on, can not work, cannot go on, cannot work,
        can not do our jobs, can not do my job, careless, claims to, deserve better, did not help, dismissive, do your job, do your jobs,
        does not help, not help at all, down again, end our contract, end the contract, entire morning, entire week, expect better, expect
        more, expected better, expected more, expected a lot more, explain that, explain to me, explain yourself, explain how, find
        another VENDOR, fix it, fix this, just fix, get it fixed, get this fixed, want this fixed, want it fixed, need this fixed, for
        hours, for weeks, for months, for ages, takes ages, taking ages, in ages, happened again, happens again, happening again, has to
        stop, have to stop, hear nothing, heard nothing, hearing nothing, hours on hold, on hold for, been on hold, i need an answer, need
        answers, want answers, want an answer, want a real, straight answer, real answer, proper answer, give me an answer, answer my
        question, answer my questions, answer the question, answer me, in court, NOBODY knows, no one knows, just WAIT, keeps happening,
        keeps breaking, keeps failing again, keep having to, keep getting, keep saying, keep promising, keep asking, keep closing, last
        chance, left hanging, left waiting, left in the dark, left us, left me, let down, long enough, too long, look elsewhere, looking
        elsewhere, looking for another, loses us, losing money, losing, make sense, makes no sense, make any sense, missed our, no clue,
        no explanation, no longer believe, no working, not getting anywhere, getting nowhere, got nowhere, not happy, far from happy, not
        at all happy, not pleased, not amused, not helpful, not impressed, unimpressed, less than impressed, underwhelmed, underwhelming,
        not satisfied, dissatisfied, not working again, of no help, over and over, overcharged, overcharging, passed around, passed from,
        passed on from, passed between, pushed from, sent from one, bounced between, bounced around, pillar to post, to another PERSON, to
        yet another, to N PERSON, to N different, N different PERSON, different PERSON, shouldn't have to, should not have to, paying you,
        paying customer, good money, for what we pay, for what i pay, what we pay, what i pay, we pay you, i pay you, pay for this, paid
        for this, paying for this, PROMISED, i was PROMISED, you PROMISED, were PROMISED, refuse to help, refuses to help, same bug, same
        story, same answer, same reply, same excuse, same mistake, same nonsense, same questions, same question again, simply not, sloppy,
        so many times, so slow, take it further, takes forever, taking forever, taking so long, takes so long, forever, template answer,
        template answers, terminate the contract, TIME now and, times now, times already, unable to work, unhappy, unhelpful, unreliable,
        very poor, WAIT for days, WAIT for weeks, WAIT for hours, WAIT N TIME, WAIT for N TIME, waiting since, waited since, was promised,
        what is the point, what are you doing, what you are doing, what are you going to do, what do you intend, why am i, why should i,
        why should we, why do i have to, why do we have to, why must i, why was my, why did you, why have you, why are you, without a
        REPLY, without any REPLY, without REPLY, without warning, without notice, without asking, without telling, bothered to, nobody
        told, no one told, no one bothered, worse than, even worse, gets worse, getting worse, yet again, you broke, you keep, you never,
        you promised, you said, you told, you closed, you charged, you took, you have taken, you deleted, you lost, you ruined, you
        failed, you still have not, you have not, you have still, you do not, you did not, you can not, you cannot, you will not, you
        refuse, sitting idle, sat idle, standing idle, sitting around, at a standstill, dead in the water, half finished, half baked, half
        arsed, half assed, beta tester, beta testers, guinea pig, guinea pigs, your tester, the tester for, opposite, contradict,
        contradicts, contradicting, contradictory, different answer, different answers, different story, let me get this straight, are you
        telling me, you are telling me, so you are saying, what a surprise, surprise surprise, not surprised, no surprise, as usual,
        typical, do you realise, do you realize, do you understand, any idea how much, any idea what, do you have any idea, have you any
        idea, what part of, which part of, supposed to do, am i supposed, are we supposed, in front of our, i dread, what good is, what
        use is, what kind of, reach a human, a human, human being, actual human, real human, real person, actual person, talk to a human,
        chat bot, your bot, your chatbot, cannot reach, can not reach, impossible to reach, never picks up, nobody picks up, picks up the
        phone, phone just rings, rings out, disconnected again, cut off again, got cut off, got disconnected, hangs up, no ANYBODY,
        blamed, your fault, your mistake, your side, your end, your outage, because of you, because of your, thanks to you, thanks to
        your, unfair, hidden fees, extortionate, extortion, money for nothing, throwing money, pay a cent, pay a penny, another cent,
        another penny, another minute, another FAULT, more excuses, excuse after excuse, i am not going to, not going to explain, not
        going to repeat, tell me again, explain again, explain everything, explain it again, explain myself, start again from, start over
        again, from scratch again, all over again, back to square one, square one, time again, every step, every update breaks, breaks
        something, breaks everything, broke everything, nothing works, not one, never happened, never arrived, never came, has not
        happened, have not happened, still has not, NTH FAULT, NTH time, N emails, N tickets, N calls, N phone calls, N messages, N
        working days, fix the damn, working days later, do better, must do better, grow up, wake up, social media, go public, bad for
        business, dire, lousy, shoddy, subpar, mediocre, horrid, grim, poorest, woeful, lamentable, unusable, unworkable, unjustified,
        unjustifiable, joking
        """),
    ),
    (
        2.2,
        listed("""
        so much for, for the love of, love of god, love of all that, how on earth, why on earth, what on earth, how in the world, why in
        the world, what in the world, in the name of, at my wits, went nowhere, down the drain, gone downhill, going downhill, steadily
        downhill, downhill, gone to the dogs, went downhill, lost track, lost count, running out of patience, running out of ways, running
        out of options, running out of time with, wearing thin, wears thin, taking this up with, take this up with, taking this to, take
        this to the, taking this further, take this further, go to the press, going to the press, report this to, reporting this to,
        reporting your, hold you responsible, hold you liable, holding you, compensation, is this really, is that really, is this the
        level, is this what, is this supposed, level of service, all i want is, all i asked, all i am asking, all i get is, all we get is,
        all we get are, all i get, simple request, yes or no, NOBODY SHOWED, no one SHOWED, NOBODY ever SHOWED, nobody bothers, NOBODY
        even, NOBODY there, not one of, not one person, not one single, nobody at your, no one at your, had my money, my money, hard
        earned, in good faith, lost afternoon, lost morning, lost day, wasted day, wasted morning, wasted afternoon, day off work, took
        time off, time off work, half a day, half a morning, swore blind, gone again, for nothing, starts at zero, start at zero, starting
        from zero, starts from zero, start over, start all over, starting over, exhausted by, i am exhausted, exhausting, worn out,
        draining, stressful, sick with worry, in tears, losing sleep, lost sleep, sleepless, at the end of, cannot go on like, cannot take
        this, can not take this, can not go on, can not keep, can not deal with, can not stand, can not believe, do i need to come, do i
        need to drive, do i have to, do we have to, must i really, to be blunt, to be frank, blunt, due respect, with respect, frankly,
        your colleague said, at this rate, and counting, beyond me, beyond words, words fail, no words, explain the logic, riddle me,
        square one, wild goose, fool of me, made a fool, fiasco, taken seriously, take me seriously, take us seriously, take this
        seriously, worst possible, as a last, last resort, last attempt, last warning, final warning, final notice, ultimatum, by close of
        business or, or else, or we walk, or i walk, or i am leaving, or we leave, or we are gone, walk away, walking away, we will leave,
        i will leave, will be leaving, will be cancelling, will be canceling, am cancelling, am canceling, are cancelling, cancelling
        everything, take my money, taking our money, keep taking, kept taking, keeps charging, keep charging, still charging, charging me
        for, charged me for something, overcharge, double charging, lost confidence, no confidence, zero confidence, lost all confidence,
        trust is gone, broken trust, poorly, badly handled, handled badly, badly managed, mismanaged, mishandled, incompetently,
        carelessness, could not care less, do not give a, does not give a, give a damn, give a toss, give a monkeys, not my job, not our
        job, not my problem, not our problem, my problem now, my job to, not my job to, do your work, doing your job, did your job, your
        job for you, doing your work, am i a joke, am i invisible, invisible, talking to a wall, talking to myself, screaming into,
        shouting into, into the void, black hole, radio silence, deafening silence, silent treatment, crickets, ghosted, ghosting,
        vanished, dropped the ball, let that sink in, think about that, another day another, a single one, act together, shit together,
        address a single, again and again, another apology, anyone there, anybody there, ANYBODY there, are you even, are you kidding, you
        kidding, are you serious, annoyed, annoying, annoyance, irritated, irritating, ask for the NTH, bad review, bad service, been
        treated, been waiting, kept waiting, keep us waiting, keep me waiting, keeps me waiting, beg for, have to beg, had to beg, believe
        a word, better business bureau, blaming, breach of contract, brick wall, brush off, brushed off, fobbed off, fob me off, palmed
        off, stonewalled, stonewalling, gaslighting, cancel the contract, care about your customers, chargeback, charge back, cheated,
        close my account, close our account, closing my account, condescending, consumer protection, trading standards, copied and pasted,
        copy and paste, copy paste, copy pasted, cost us, cost me, cost us our, costing us, costing me, cut me off, days without, TIME
        without, deeply disappointed, did you even, disappointed, disappointing, disappointment, dispute the charge, do something, do you
        even, do you people, does not care, do not care, don't have a clue, nobody has a clue, not a clue, embarrassed, embarrassing,
        embarrassment, enough is enough, enough already, enough of this, escalate this, excuses, every chance, every single time,
        extremely disappointed, extremely frustrating, exasperated, exasperating, false promises, empty promises, broken promises, broken
        promise, fed up, fed up with, file a complaint, formal complaint, official complaint, raise a complaint, fix it now, fix this now,
        fix your, for the last time, from one PERSON, from PERSON to PERSON, from one to the next, from one to another, frustrated,
        frustrates, frustrating, frustration, full refund, had enough, had it up, had it with, hang up on, hardly type, have had it, have
        no clue, how can you, how could you, how is it possible, how is this acceptable, how is this possible, how many more, how many
        times, how much longer, how much more, how hard can, how hard is it, how difficult can, how difficult is it, too much to ask,
        hundred times, hung up on, i am done, i demand, i regret, i am leaving, ignores, ignoring, ignored us, ignored me, ignore me,
        ignore us, being ignored, been ignored, keep being ignored, ignored my, ignored our, in circles, inexcusable, inept, ineptitude,
        intolerable, is this a joke, is this how, been weeks, been months, keep TELL, keep ignoring, keep sending, keeps TELL, last nerve,
        last straw, lawsuit, legal action, legal proceedings, leave a review, leaving a review, leaving for, leaving you, let us down, let
        me down, lets us down, letting us down, badly let down, lied, lies, lodge a complaint, lose us, lost all patience, lost CUSTOMER,
        lost a CUSTOMER, lost our CUSTOMER, lost N CUSTOMER, lost a big CUSTOMER, losing CUSTOMER, lose CUSTOMER, losing our CUSTOMER,
        losing patience, losing my patience, losing my mind, losing us, lost all trust, lost faith, lost our patience, lost my patience,
        lost patience, lost trust, made it worse, made things worse, makes things worse, make a complaint, makes it worse, makes me angry,
        driving me MAD, drives me MAD, drive me MAD, driving us MAD, up the wall, going MAD, blows my mind, beggars belief, miserable,
        mistake of, money back, DROP to a VENDOR, DROP to another VENDOR, DROP to your VENDOR, DROP to a different VENDOR, DROP elsewhere,
        another VENDOR, a different VENDOR, find another, my lawyer will, LAW will, our LAW will, hear from my LAW, hear from our LAW,
        negligence, negligent, never again, never answered, never called, never fixed, never got a, never heard back, hear back, never
        received a reply, never replied, never REPLIED, never worked, never works, nightmare, no apology, no communication, no excuse, no
        idea what you are doing, no intention, no one answers, no one cares, no one REPLIED, NOBODY REPLIED, NOBODY seems, no one seems,
        no one is able, no respect, no sense at all, NOBODY calls, NOBODY cares, NOBODY gets back, NOBODY has REPLIED, no one has REPLIED,
        NOBODY has, NOBODY can, NOBODY ever, none of you, nonsense, not a single, not one useful, not one of you, not acceptable, not be
        renewing, not good enough, not pay, not paying, not renew, not renewing, not what i paid, not what we paid, not what i asked, not
        what we asked, not what i signed, nothing but, nothing has changed, nothing has happened, nothing works, nothing ever works, one
        star, zero stars, out of patience, patience has run out, patience is, patience with you, patience is wearing, try my patience,
        testing my patience, hard to stay polite, hard to stay calm, trying to stay calm, staying polite, patronising, patronizing, poor
        service, poor support, poor show, put me through to, report you, reporting you, responsible for this, run out of patience,
        runaround, run around, screaming at, see you in court, senior management, sick and tired, sick of, sick to death, tired of, since
        when, single one of my, small claims, so called, so frustrating, someone competent, somebody competent, someone who knows,
        somebody who knows, someone who actually, someone who understands, sort it out, sort this out, sort yourselves, speak to a
        manager, speak to your, speak to a supervisor, speak with a manager, speak with your, talk to your, your BOSS, still unresolved,
        still the same nonsense, stole, stop asking, stop ignoring, stop lying, stop paying, stop sending, stop telling, stop wasting,
        stop closing, sue you, sue your, switching to, take our business, take my business, take our money, take responsibility, taken
        responsibility, takes responsibility, taking my business, taking our business, terminate our contract, that is enough, the
        runaround, think this is acceptable, think this is okay, think this is ok, think this is normal, think this is funny, NTH TIME
        running, treat customers, treat your customers, treated like, treats its customers, treats customers, treat people, trusted you,
        trustpilot, unacceptable, unanswered, unbelievable, unprofessional, unreal, untrue, very disappointed, very frustrating, waste of,
        waste my, wasted, wasting, ruined, we are done, we are leaving, we demand, weeks without, what a joke, what a mess, what a
        shambles, what am i paying, what are we paying, what are you paying, what do i pay, what do we pay, who do you think, why can not
        ANYBODY, why can not you, why is no one, why is nobody, why can nobody, why does nobody, why does no one, why has nobody, why has
        no one, will not accept, refuse to accept, refuse to pay, not going to pay, not going to accept, not putting up, will not
        tolerate, not tolerate, you are joking, you must be joking, got to be joking, got to be kidding, must be kidding, must be a joke,
        you lot, you owe, you should be, your excuses, your incompetence, your so called, zero help, zero replies, zero response, zero
        support, zero REPLY, wits end, wit end, end of my tether, end of my rope, breaking point, at my limit, lost for words, speechless,
        gobsmacked, flabbergasted, dumbfounded, astonishing, astounding, astonished, astounded, mind boggling, incredulous, laughably,
        ridiculous, ridiculously slow, ridiculously expensive, ludicrous, preposterous, insane, madness, crazy that, it is crazy, sheer
        lunacy, chaos, chaotic, catastrophe, catastrophic, total disaster, complete disaster, a disaster, been a disaster, been a
        nightmare, debacle, train wreck, dumpster fire, mess up, messed up, messed us, botched, bungled, joke, jokers, joker, cowboys,
        passing the buck, pass the buck, washing your hands, lip service, taken for a ride, taking the piss, taking the mick, taking the
        mickey, having a laugh, you having a laugh, give me a break, for crying out loud, for god sake, for gods sake, for goodness sake,
        for heavens sake, for heaven sake, for pity sake, jesus christ, good grief, oh come on, come on guys, are you for real, is this
        for real, is this some kind, some kind of joke, honest to god, i swear, not on, get a grip, get real, give up on you, giving up on
        you, done with you, done with your, done with this, so done, i give up, i am out, last time i, never use you, never using, never
        buy, never buying, never order, not recommend, never recommend, would not recommend, stay away, avoid this, avoid like, warn
        everyone, warn others, telling everyone, tell everyone, everyone i know, regret ever, regret signing, regret buying, regret
        choosing, wish i had never, wish we had never, biggest mistake, worst decision
        """),
    ),
    (
        3.2,
        listed("""
        you INTENSE, you are INTENSE, you guys are INTENSE, you are all INTENSE, you are so INTENSE, your staff are INTENSE, your agents
        are INTENSE, your people are INTENSE, your SERVICE is ROTTEN, this SERVICE is ROTTEN, the SERVICE is ROTTEN, your SERVICE sucks,
        ROTTEN SERVICE, ROTTEN company, what a ROTTEN, ROTTEN people, pack of, back to primary school, back to SCHOOL, back to elementary,
        more intelligent, more intelligence, smarter than you, brighter than you, less useful than, less helpful than, more useful than
        you, dumber, thinking is not, than you lot, than your chatbot, instead of you, a grown up, tie your own, shoelaces, would not let
        you, would not trust, could not trust you, could not manage, could not run a, could not find your, as much use as, as useful as a,
        about as useful, about as helpful, about as much use, overpaid, reading from a script, cash your salary, earn your salary, do you
        get paid, paid to do nothing, what are you paid for, embarrassed to, people like you, how you sleep, sleep at night, look in the
        mirror, hope you are proud, proud of yourself, proud of yourselves, look yourself, took you long enough, do you enjoy, are you
        new, is this your first day, first day on the job, amateur hour, school project, bunch of children, like children, behave like,
        kindergarten, talking down to me, talk down to me, talk to me like that, tone of voice, smug, patronize, cut the crap, spare me,
        save your, save me the, cry me a river, do not lie to, do not sir me, do not dear me, con job, scam artists, rip people off,
        preying on, screwing over, screwing us, screwing me, screw over, scamming, robbing, ripping us off, ripping me off, ripping people
        off, fleecing, fleeced, milking, money grabbing, money grabbers, money hungry, shady, crooked, dishonest, deceitful, deceptive,
        misleading, swindling, untrustworthy, disrespectful, disrespect, insolent, impertinent, cheeky, condescension, contemptuous,
        snarky, hostile tone, a disgrace, a joke, a scam, scams, absolute joke, absolute nonsense, absolutely useless, absurd, abysmal,
        amateur, amateurish, amateurs, angry, appalled, appalling, are a joke, are garbage, arrogant, arrogance, ashamed, atrocious,
        awful, beyond a joke, beyond annoyed, beyond angry, beyond frustrated, beyond ridiculous, beyond frustrating, beyond belief,
        bloodsucker, bloodsuckers, parasites, leeches, leech, greedy, thieving, heartless, brainless, buffoon, buffoons, bunch of, cheat,
        cheats, circus, clown, clown show, clowns, clueless, complete joke, con, con artists, con men, conned, contempt, criminals, crook,
        crooks, dare you, deplorable, despicable, diabolical, dimwit, dimwits, disgrace, disgraceful, disgusted, disgusting, disgust,
        don't you dare, doorknobs, dreadful, dumb, dumbest, dunce, enraged, excuse for, farce, farcical, fool, fools, foolish, fraud,
        frauds, fraudsters, fraudulent, fuming, furious, get fired, get sacked, be sacked, be fired, get lost, go away, good for nothing,
        half a brain, no brain, a brain, your brain, their brain, half wit, half wits, halfwit, halfwits, halfwitted, hate, hate dealing,
        hate this, hated, hopeless, horrendous, horrible, horrible experience, how dare, idiot, idiotic, idiots, idiocy, ignoramus,
        ignorant, imbecile, imbeciles, incompetence, incompetent, incompetents, infuriating, infuriated, insane company, insult,
        insulting, insults, is a joke, is garbage, garbage software, garbage product, garbage support, utter garbage, absolute garbage,
        this garbage, total garbage, pure garbage, joke of a, laughable, laughing stock, lazy, liar, liars, livid, load of nonsense, load
        of rubbish, load of crap, loathe, loathsome, lie through, lying, make me sick, makes me sick, monkeys, moron, moronic, morons,
        muppet, muppets, nasty, outraged, outrageous, parasite, pathetic, rip off, ripoff, ripped off, rip offs, robbed, robbery, rot in
        hell, rubbish, rude, rudest, rudeness, scam, scammer, scammed, scammers, scandal, scandalous, screw up, screw you, screwed,
        screwed up, screw your, shambles, shambolic, shame, shame on, shameful, shameless, shocking, shut up, shut your, shut the, shut
        it, sickening, simpleton, simpletons, sloppiest, so angry, so furious, so useless, steal from, stealing, stealing from, stupidest,
        stupidity, stupid people, stupid company, stupid ticket, stupid bot, are you stupid, you stupid, how stupid, this stupid, your
        stupid, or stupid, stupid or, just stupid, swindle, swindled, swindlers, terrible, terribly disappointed, terrible experience,
        thanks for nothing, the worst, theft, thief, thieves, thugs, this useless, trash, absolute trash, useless, vile, waste of space,
        what is wrong with you, what is wrong with your, what planet, worst, worthless, you people, you clowns, you disgust, you make me,
        the likes of you, your kind, how IDIOT, too IDIOT, this IDIOT, that IDIOT, you IDIOT, IDIOT or, or IDIOT, so IDIOT, are you IDIOT,
        look like IDIOT, look like an IDIOT, look like a IDIOT, like an IDIOT, like IDIOT, think i am IDIOT, think i am an IDIOT, think i
        am a IDIOT, treat me like IDIOT, take me for an IDIOT, take me for a IDIOT, not an IDIOT, five year old could, year old could,
        child could, toddler could, dog could, cat could, monkey could, grandmother could, back to school, learn to read, learn to write,
        learn english, speak english, read english, can you read, could not organise, could not organize, brewery, fire whoever, fire him,
        fire her, fire them, sack him, sack her, sack whoever, lose your job, different job, another job, line of work, your salary, your
        wages, pay cheque, paycheck, resign, chocolate teapot, would not trust you, trained monkeys, everybody hates, everyone hates,
        nobody likes you, no shame, no conscience, no wonder everybody, no wonder everyone, listen here, listen you, little man, little
        girl, sweetheart, get a life, jog on, sort yourself, useless robot, you robot, stupid robot, talk to me like, spineless, gutless,
        cowards, coward, hypocrites, hypocrite, corrupt company, sharp practice, blood boil, blood boiling, spitting feathers, seething,
        incensed, apoplectic, raging, irate, so mad, very angry, really angry, extremely angry, pissing, peed off, ticked off
        """),
    ),
    (
        4.0,
        listed("""
        bite me, bollocks to, up your backside, out of your backside, head out of your, out of your ass, out of your arse, you donkey, you
        INTENSE donkey, arrogant sod, you sod, sods, porridge, between your ears, weasels, parrots, you SERVICE suck, sucks ass, piss up,
        pile of crap, pile of shit, pile of shite, pile of garbage, pile of rubbish, load of bollocks, load of bull, bull crap, horse
        shit, horseshit, bloody idiots, freaking idiots, shameful lot, arse, arsehole, arseholes, asses, asshole, assholes, a holes,
        bastards, bellend, bitch, bitches, bloody hell, bollocks, brain dead, bullshit, crappy, cretin, cretins, cunt, cunts, dick,
        dickhead, dickheads, dipshit, douche, douchebag, douchebags, dumbass, dumbasses, dumb ass, dumb fuck, f off, f this, f you, fck,
        fcking, ffs, fk, fking, fuck off, fuck this, fuck you, fuck your, fucked, fucker, fuckers, fucks, fuckwit, fuckwits, garbage
        company, go to hell, gtfo, stfu, hate you, hates you, hell with you, jackass, jackasses, jerk, jerks, kiss my, kiss my ass,
        knobhead, loser, losers, lying bastards, motherfucker, motherfuckers, motherfucking, mouth breather, mouth breathers, nitwit,
        nitwits, numpty, numpties, numbskull, piece of shit, pieces of shit, piece of garbage, piece of trash, piece of crap, full of
        shit, full of crap, pigs, pillock, piss off, pissed, piss poor, plonker, prick, pricks, retard, retarded, retards, scum, scumbag,
        scumbags, shite, shithead, shitheads, shithole, shits, shitshow, shit show, shove it, shove your, shove that, son of a, sucks,
        suck, sod off, bugger off, bugger all, screw yourself, go screw, get stuffed, thanks for nothing loser, this shit, your shit, shit
        company, shit product, shit support, shit service, tosser, tossers, trash company, twat, twats, twerp, twerps, up yours, vermin,
        wanker, wankers, whore, eat a, eat shit, suck my, suck it, suck at, drop dead, stupid cow, silly cow, incompetent cow, where the
        sun, on your head, brain damaged, brain damage, brain cell, brain cells, waste of oxygen, waste of skin, waste of air, dumb as,
        thick as, dumber than, stupid as, stupider than, box of rocks, two short planks, village idiot, what the fuck, what the hell, wtf
        is, the fuck, fuck sake, fucks sake, fuck up, fucked up, clusterfuck, pos software, in hell, get fucked, get bent
        """),
    ),
)
PHRASES_MOST = 6.0  # however many phrases there are, they add no more than this
