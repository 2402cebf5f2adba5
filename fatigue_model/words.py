"""Words that the text score knows: what is technical and means no harm, curses behind stars, the commonest of English and its neighbours.

Set by hand from the way support messages are written, not from any corpus; all are matched as whole words in lower case.
"""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The phrases of a text that separates them by commas."""
    return tuple(" ".join(each.split()) for each in text.split(","))


# In support these words are about machines, whatever they are worth elsewhere: they are taken out before anything is scored.
_HARMS = frozenset(
    listed("""
    abort, aborted, aborting, aborts, address, alarm, alert, alerts, annihilate, antivirus, argument, arguments, assault, attack,
    attacked, attacker, attacks, backdoor, bad, blackhole, blacklist, block, blocked, blocker, blocking, blocks, blow, bomb, boot,
    botched, break, breakage, breaking, breaks, broke, broken, brute, bug, bugs, burn, burst, cancelled, casualty, certificate, child,
    children, choke, cluster, collapse, collision, compromise, compromised, conflict, conflicts, connection, container, corrupt,
    corrupted, corruption, crash, crashed, crashes, crashing, crisis, critical, cron, cut, daemon, daemons, damage, damaged, danger,
    database, dead, deadlock, deadlocked, deadlocks, death, decline, declined, defect, defects, degraded, demon, denial, denied, deny,
    deprecated, destroy, destroyed, destroying, destructive, die, died, dies, difficulties, difficulty, dirty, disable, disabled,
    discard, disconnect, disconnected, disrupted, driver, drop, dropped, drops, dump, dumped, dumps, dying, emergency, endless, error,
    errors, escape, evict, evicted, evil, exceeded, exception, exceptions, execute, executed, executing, execution, exhausted, exit,
    expired, explode, exploit, exploits, explosion, expose, exposed, fail, failed, failing, failover, fails, failure, failures, fatal,
    fault, faults, faulty, fire, fired, flag, forbidden, force, forced, fork, forked, freeze, freezes, freezing, frozen, fuzz,
    garbage, ghost, hack, halt, halted, handshake, hang, hanging, hangs, hard, harm, harmful, header, heartbleed, hijack, hit,
    hostile, hung, illegal, impossible, incident, incidents, incorrect, index, infected, injection, insecure, interrupt, interrupted,
    invalid, isolated, issue, issues, jail, kernel, kill, killed, killer, killing, kills, lag, leak, leaked, leaking, leaks, limit,
    lock, locked, log, login, logs, loop, lose, loss, lost, malformed, malicious, malware, mangled, master, masters, memory, miss,
    missed, missing, mutex, negative, node, nodes, non-zero, nuke, offline, orphan, orphaned, orphans, outage, outages, overflow,
    overload, overloaded, panic, panicked, parser, password, passwords, payload, penalty, pending, penetration, pod, poison, poisoned,
    pool, problem, problems, process, processes, prohibited, punish, purge, quarantine, query, queue, race, ransomware, reap, reaper,
    refuse, refused, refuses, refusing, reject, rejected, rejecting, rejection, rejects, replica, request, requests, risk, risks,
    sacrifice, sandbox, screen, server, servers, session, severe, severity, shatter, shoot, shot, shutdown, signal, slave, slaves,
    smashing, snafu, spam, spoof, stack, stale, starvation, starve, starved, starving, stop, stopped, strike, stripped, stuck,
    suicide, suspect, suspend, suspended, suspicious, switch, sync, table, taint, tainted, tear, terminal, terminate, terminated,
    terminating, termination, thread, threads, threat, threatened, threats, throttle, throttled, throw, thrown, throws, trace,
    traffic, trap, trash, trouble, troubles, unable, unauthorized, unavailable, unexpected, unhandled, unhealthy, unknown,
    unreachable, unresponsive, unsafe, unstable, unsupported, untrusted, victim, violated, violates, violation, violations, virus,
    viruses, void, vulnerabilities, vulnerability, vulnerable, warn, warned, warning, warnings, worm, worms, wrong, zero, zombie,
    zombies
    """)
)

# Of machines too, and worth nothing elsewhere.
_MACHINES = frozenset(
    listed("""
    abi, algorithm, api, apis, app, apps, archive, array, arrays, async, attribute, attributes, auth, backend, backup, backups, batch,
    binary, boolean, broker, browser, buffer, buffers, build, builds, byte, bytes, cache, cached, callback, cert, chart, cli, client,
    cloud, code, codec, column, columns, commit, compiler, component, components, config, configuration, console, cookie, cookies,
    cipher, consumer, cpu, csv, css, cursor, dashboard, data, dataset, debug, debugger, decoder, default, dependency, dependencies,
    deploy, deployed, deployment, device, devices, dns, docker, domain, duplicate, duplicates, emit, emits, emitted, encoding, endpoint,
    endpoints, enum, environment, event, events, export, exporter, failover, field, fields, file, files, filter, filters, firewall,
    firmware, flag, flags, folder, font, format, framework, frontend, function, functions, gateway, git, gpu, grammar, graph, gui,
    handler, handlers, hash, headers, heap, hook, hooks, host, hostname, html, http, https, ide, identifier, image, images, import,
    importer, imports, indexes, ingest, input, inputs, install, installer, instance, instances, integer, integration, integrations,
    interface, ip, iterator, java, javascript, job, jobs, json, key, keys, latency, layer, layout, library, linter, listener, load,
    loader, logging, macro, mb, metadata, method, methods, metric, metrics, migrate, migration, migrations, mode, modem, module,
    modules, mount, mutation, network, null, object, objects, oauth, offset, output, package, packages, packet, packets, parameter,
    parameters, parse, parsed, parses, partition, patch, path, pdf, pipeline, pipelines, pixel, plugin, plugins, pods, pointer, port,
    ports, postgres, printer, prod, producer, production, profile, prompt, property, protocol, proxy, python, queries, queued, queues,
    ram, reader, reboot, record, records, redirect, redis, regex, registry, render, rendering, renders, replicas, repo, repository,
    response, responses, rest, restart, restarted, restarts, retries, retry, returns, rollback, router, routing, row, rows, runner,
    runtime, schema, scheduler, script, scripts, sdk, select, sensor, shard, shards, shell, size, snapshot, socket, sql, ssd, ssh, ssl,
    sso, staging, storage, stream, streams, string, strings, subnet, switch, symbol, syntax, tables, tag, tags, task, tasks, template,
    terminal, test, tests, timeout, timeouts, timer, timestamp, tls, token, tokens, topic, transaction, transactions, trigger,
    triggered, triggers, tunnel, ui, unit, upgrade, upgraded, upload, uploads, uri, url, usb, user, users, utf, uuid, validate,
    validation, validator, value, values, variable, version, versions, view, vm, volume, vpn, watchdog, webhook, webhooks, widget, wifi,
    worker, workers, workflow, wrapper, workaround, workarounds, xml, yaml, zip
    """)
)

TECHNICAL = _HARMS | _MACHINES

# What is written with stars in place of letters, the likelier first.
STARRED = listed("""
    fuck, shit, fucking, bollocks, crappy, dickheads,
    fucked, fucker, fuckers, fucks, shitty, shits, bullshit, bitch, bitches, asshole, assholes, arsehole,
    arseholes, ass, arse, bastard, bastards, cunt, cunts, dick, dickhead, dickheads, damn, crap, piss, pissed, prick, pricks, twat,
    twats, wanker, wankers, moron, morons, idiot, idiots, hell, retard, retarded, whore, motherfucker, motherfuckers, motherfucking,
    dumbass
    """)

# Function words by which English is told from its neighbours: common in one of eight other languages; and those that are English too.
SHARED = frozenset(
    listed("""
    ad, har, min, sam, var, az,
    car, co, con, dan, dies, em, er, era, est, eu, fare, ha, hay, ho, jest, ma, mi, mia, mon, os, plus, pod, se, sin, ten, um, un,
    van, w, y, z
    """)
)
FOREIGN = frozenset(
    listed("""
    el, la, funciona,
    aan, aber, ahora, ainda, ako, al, ale, algo, alleen, alors, als, anche, ancora, anda, ao, aos, aqui, aquí, att, au, auch, auf, aus,
    aussi, aux, avec, avez, az, bardzo, belum, benim, bij, bir, bisa, bitte, boa, bom, bonjour, buongiorno, być, car, ce, cela, ces,
    cette, che, chez, chi, ciao, co, com, comme, como, con, cosa, cuando, cuenta, cui, czy, cómo, da, dal, dalla, dan, danke, dans, das,
    dass, dat, de, degli, dei, del, della, delle, dem, den, dengan, depois, depuis, der, des, desde, después, det, deze, değil, di,
    dich, dies, dit, dla, dlaczego, donc, donde, dopo, dos, dove, du, dziękuję, een, ei, ein, eine, einen, einer, ela, ele, ella, elle,
    ellos, em, en, encore, entonces, então, er, era, eres, es, est, esta, este, esto, estou, estoy, está, et, että, eu, faire, fait,
    fare, foi, för, für, geen, gegen, gli, graag, gracias, grazie, guten, ha, habe, haben, hace, har, hay, heb, hebben, heeft, hej, het,
    hij, ho, hoe, hogy, hola, hvor, ich, ihr, ihre, ik, ikke, il, ils, ini, inte, io, isso, ist, itu, için, j'ai, ja, jag, jak, jako,
    jamais, je, jeg, jest, jestem, jeszcze, jetzt, jij, jsem, ju, jullie, już, já, kan, kann, kde, kein, keine, który, kunnen, können,
    las, le, leider, les, leur, lo, los, ma, maar, mais, mas, mau, mea, med, meer, mein, meine, merci, mes, mesmo, meu, mi, mia, mich,
    mij, mijn, miksi, min, minha, minun, mio, mir, mit, mitt, mnie, moet, moi, moje, molto, mon, może, muito, muy, más, même, mój,
    möchte, můj, n'est, na, naar, nach, nada, nam, nas, nasz, ne, nel, nella, nem, není, ni, nich, nicht, nie, niet, nije, nincs, noch,
    nog, noi, non, nos, nosotros, nossa, nosso, nostra, nostro, notre, nous, nu, nuestra, nuestro, num, numa, nur, não, när, obrigada,
    obrigado, och, od, oder, og, ogni, olen, om, onde, ons, onze, ook, oraz, os, ou, où, par, para, pas, pela, pelo, pentru, perché,
    pero, peut, più, plus, po, pod, pode, poi, por, porque, pour, pourquoi, proszę, przez, przy, puede, puedo, può, på, qu'il, qualcuno,
    quand, quando, que, quella, quello, quem, quero, questa, questo, qui, quiero, riesco, s'il, sa, sam, sans, saya, schon, se, sehr,
    sem, sempre, ser, ses, seu, si, sich, sie, sin, sind, się, sobre, som, sono, sont, stato, sto, su, sua, sudah, sul, sunt, sur, sus,
    são, só, są, ta, tack, tak, takk, también, também, te, tego, tem, ten, tengo, tenho, tidak, tiene, til, todo, toujours, tous, tout,
    très, tu, tutti, tutto, tylko, tym, uit, um, uma, un, una, und, unde, une, uno, unos, uns, unser, untuk, usted, van, var, ve, veel,
    vi, você, voi, vom, von, voor, vorrei, vos, votre, vous, w, waarom, wanneer, warum, wat, weer, wegen, wel, wenn, werden, wie,
    wieder, wir, wird, worden, wszystko, wurde, y, z, za, zal, ze, zijn, zu, zum, zur, är, ça, çok, è, és, été, êtes, être, über, że,
    żeby, și
    """)
)
ENGLISH = frozenset(
    listed("""
    a, about, after, again, all, already, also, am, an, and, any, are, as, ask, at, back, be, because, been, before, being, but, by,
    call, can, can't, cannot, come, could, day, days, did, didn't, do, does, doesn't, doing, don't, down, each, email, even, ever,
    every, fix, for, from, get, getting, give, go, going, good, got, had, has, have, haven't, having, he, hello, help, her, here, hi,
    him, his, how, i, i'd, i'll, i'm, i've, if, in, into, is, isn't, it, it's, its, just, know, last, let, like, long, look, made,
    make, many, me, more, most, much, must, my, need, never, new, no, not, nothing, now, of, off, on, once, one, only, or, other, our,
    out, over, people, please, question, right, same, say, see, send, she, should, since, so, some, someone, soon, still, such, sure,
    take, tell, than, thank, thanks, that, that's, the, their, them, then, there, there's, these, they, they're, thing, this, those,
    time, to, today, told, too, try, two, up, us, use, very, want, was, way, we, we're, we've, week, weeks, well, were, what, what's,
    when, where, which, while, who, why, will, with, won't, work, working, works, would, yes, yet, you, you're, your, yours, invoice,
    invoices, invoiced, billing, billed, subscription, subscriptions, renewal, renewals, refund, refunds,
    refunded, warranty, delivery, courier, parcel, parcels, checkout, voucher, vouchers, coupon, spreadsheet, onboarding, helpdesk, ticket,
    tickets, escalate, escalated, supervisor, outage, outages, licence, licences, license, licenses, login, logins, logout, cancellation,
    overcharged, chargeback, unsubscribe, unsubscribed, reinstall, reinstalled, colleague, colleagues, solicitor, vendor, vendors, vat, sso
    """)
)
