"""Insults, curses and what makes them worse, as customers of a support desk write them; written as in `phrases`."""

from __future__ import annotations

from fatigue_model.words import listed

# In rising order: log-odds that each phrase adds.
INSULTS = (
    (
        3.2,
        listed("""
        laziest, nastiest, greediest, sloppiest, cruellest, any of you, anyone of you, nice going, einstein, genius decided, which genius,
        what genius, bravo, sack them, sacked, conversations with my, better conversations, my cat, my dog, hope you lose, hope you fail,
        hope you go, hope your company, hope your business, hope it happens to you, staffed by, run by, so rude, such a rude, rude and,
        most unhelpful, most useless, most incompetent, tell me to calm down, calm down, breathtaking, breathtakingly, for once, listen to
        me, listening to a word, waste of a, you call this, complicated for you, too complicated, too hard for you, beyond you, capable
        of, you INTENSE, you are INTENSE, you guys are INTENSE, you are all INTENSE, you are so INTENSE, your staff are INTENSE, your
        agents are INTENSE, your people are INTENSE, your SERVICE is ROTTEN, this SERVICE is ROTTEN, the SERVICE is ROTTEN, your SERVICE
        sucks, ROTTEN SERVICE, ROTTEN company, what a ROTTEN, ROTTEN people, pack of, back to primary school, back to SCHOOL, back to
        elementary, more intelligent, more intelligence, smarter than you, brighter than you, less useful than, less helpful than, more
        useful than you, dumber, thinking is not, than you lot, than your chatbot, instead of you, a grown up, would not let you, would
        not trust, could not trust you, could not manage, could not run a, could not find your, as much use as, as useful as a, about as
        useful, about as helpful, about as much use, overpaid, reading from a script, cash your salary, earn your salary, do you get paid,
        paid to do nothing, what are you paid for, embarrassed to, people like you, how you sleep, sleep at night, look in the mirror,
        hope you are proud, proud of yourself, proud of yourselves, look yourself, took you long enough, do you enjoy, are you new, is
        this your first day, first day on the job, amateur hour, school project, bunch of children, like children, behave like,
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
        screwed up, screw your, shambles, shambolic, shame on, shameful, shameless, shocking, shut up, shut your, shut the, shut it,
        sickening, simpleton, simpletons, so angry, so furious, so useless, steal from, stealing, stealing from, stupidest, stupidity,
        stupid people, stupid company, stupid ticket, stupid bot, are you stupid, you stupid, how stupid, this stupid, your stupid, or
        stupid, stupid or, just stupid, swindle, swindled, swindlers, terrible, terribly disappointed, terrible experience, thanks for
        nothing, the worst, theft, thief, thieves, thugs, this useless, trash, absolute trash, useless, vile, waste of space, what is
        wrong with you, what is wrong with your, what planet, worst, worthless, you people, you clowns, you disgust, you make me, the
        likes of you, your kind, how IDIOT, too IDIOT, this IDIOT, that IDIOT, you IDIOT, IDIOT or, or IDIOT, so IDIOT, are you IDIOT,
        look like IDIOT, look like an IDIOT, look like a IDIOT, like an IDIOT, like IDIOT, think i am IDIOT, think i am an IDIOT, think i
        am a IDIOT, treat me like IDIOT, take me for an IDIOT, take me for a IDIOT, not an IDIOT, five year old could, year old could,
        child could, toddler could, dog could, cat could, monkey could, grandmother could, back to school, learn to read, learn to write,
        learn english, speak english, read english, can you read, could not organise, could not organize, brewery, fire whoever, fire him,
        fire her, fire them, sack him, sack her, sack whoever, lose your job, different job, another job, line of work, your salary, your
        wages, pay cheque, paycheck, resign, would not trust you, trained monkeys, everybody hates, everyone hates, nobody likes you, no
        shame, no conscience, no wonder everybody, no wonder everyone, listen here, listen you, little man, little girl, sweetheart, get a
        life, jog on, sort yourself, useless robot, you robot, stupid robot, talk to me like, spineless, gutless, cowards, coward,
        hypocrites, hypocrite, corrupt company, sharp practice, blood boil, blood boiling, spitting feathers, seething, incensed,
        apoplectic, raging, irate, so mad, very angry, really angry, extremely angry, pissing, peed off, ticked off
        """),
    ),
    (
        4.0,
        listed("""
        boil your head, tiny brain, small brain, pea brain, pea sized, brain of a, iq of, your iq, iq, hope you choke, hope you rot, head
        out of, bite me, bollocks to, up your backside, out of your backside, head out of your, out of your ass, out of your arse, you
        donkey, you INTENSE donkey, arrogant sod, you sod, sods, between your ears, weasels, you SERVICE suck, sucks ass, piss up, pile of
        crap, pile of shit, pile of shite, pile of garbage, pile of rubbish, load of bollocks, load of bull, bull crap, horse shit,
        horseshit, bloody idiots, freaking idiots, shameful lot, arse, arsehole, arseholes, asses, asshole, assholes, a holes, bastards,
        bellend, bitch, bitches, bloody hell, bollocks, brain dead, bullshit, crappy, cretin, cretins, cunt, cunts, dick, dickhead,
        dickheads, dipshit, douche, douchebag, douchebags, dumbass, dumbasses, dumb ass, dumb fuck, f off, f this, f you, fck, fcking,
        ffs, fk, fking, fuck off, fuck this, fuck you, fuck your, fucked, fucker, fuckers, fucks, fuckwit, fuckwits, garbage company, go
        to hell, gtfo, stfu, hate you, hates you, hell with you, jackass, jackasses, jerk, jerks, kiss my, kiss my ass, knobhead, loser,
        losers, lying bastards, motherfucker, motherfuckers, motherfucking, mouth breather, mouth breathers, nitwit, nitwits, numpty,
        numpties, numbskull, piece of shit, pieces of shit, piece of garbage, piece of trash, piece of crap, full of shit, full of crap,
        pigs, pillock, piss off, pissed, piss poor, plonker, prick, pricks, retard, retarded, retards, scum, scumbag, scumbags, shite,
        shithead, shitheads, shithole, shits, shitshow, shit show, shove it, shove your, shove that, son of a, sucks, suck, sod off,
        bugger off, bugger all, screw yourself, go screw, get stuffed, thanks for nothing loser, this shit, your shit, shit company, shit
        product, shit support, shit service, tosser, tossers, trash company, twat, twats, twerp, twerps, up yours, vermin, wanker,
        wankers, whore, eat a, eat shit, suck my, suck it, suck at, drop dead, stupid cow, silly cow, incompetent cow, where the sun, on
        your head, brain damaged, brain damage, brain cell, brain cells, waste of oxygen, waste of skin, waste of air, dumb as, thick as,
        dumber than, stupid as, stupider than, box of rocks, two short planks, village idiot, what the fuck, what the hell, wtf is, the
        fuck, fuck sake, fucks sake, fuck up, fucked up, clusterfuck, pos software, in hell, get fucked, get bent
        """),
    ),
)
