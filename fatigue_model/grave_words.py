"""The phrases of what is grave: threats against people, self-harm, bereavements; and idioms and machines that only sound like it.

A phrase is a row of alternatives with at most so many other words between two of them (`near`), so that it holds in more wordings than were
thought of. They are looked for in plain words (`grave.plain`): contractions written out, a bar between sentences.
"""

from __future__ import annotations


def near(*parts: str, gap: int = 3) -> str:
    """A pattern of `parts` in this order within one sentence, at most `gap` words between neighbours."""
    return rf"(?: \w+){{0,{gap}}}? ".join(f"(?:{each})" for each in parts)


BEYOND = r"(?: (?:\w+|\|))"  # a word of this sentence or the next: only phrases with it are looked for beyond the end of a sentence

ME = r"i|we|my (?:friends?|cousins?|brothers?|boys|guys|people|dad|husband|son|mates?|dog)"
KIN = (
    r"(?:husband|wife|hubby|spouse|partner|mother|father|mom|mum|mam|mama|papa|dad|daddy|son|daughter|brother|sister|child|children|kids?|baby|twins?|"
    r"grandad|grand(?:mother|father|ma|pa|dad|son|daughter|child|parents?)|gran|granny|nan|nana|friend|colleague|coworker|co worker|boss|uncle|"
    r"loved one|flat ?mate|room ?mate|neighbou?r|god(?:father|mother|son|daughter)|soulmate|other half|better half|missus|guardian|carer|"
    r"(?:little|baby|darling|beautiful|sweet) (?:girl|boy|one|angel)|aunt|auntie|parents?|fianc[eé]e?|girlfriend|boyfriend|nephew|niece|cousin|founder|cofounder|co founder|ceo|business partner|"
    r"step(?:father|mother|dad|mum|mom|son|daughter)|in laws?|(?:mother|father|brother|sister|son|daughter) in law)"
)
_ROLE = (
    r"(?:agents?|guys?|wom[ae]n|m[ae]n|person|people|managers?|staff|idiots?|developers?|drivers?|technicians?|engineers?|reps?|"
    r"representatives?|receptionist|boss|ceo|supervisor|colleagues?|employees?|workers?|girl|lady|bitch|bastards?|clown|coworkers?)"
)
_YOU = rf"(?:you|yall|your (?:\w+ )?(?:{KIN}|{_ROLE}|family)|(?:one|all|every one|each|both) of (?:you|them|your \w+))"
_PERSON = (
    rf"(?:{_YOU}|him|her|them all|every ?(?:one|body)|some ?(?:one|body)|any ?(?:one|body)|people|who(?:ever)? \w+|"
    rf"(?:the|that|this|those|some) (?:\w+ )?{_ROLE})"
)
_BODY = (
    r"(?:head|neck|face|teeth|tooth|skull|legs?|throats?|bones|jaw|knee ?caps?|knees?|fingers?|nose|eyes?|arms?|ribs|guts|brains?|spine)"
)
_STRONG = (
    r"(?:kill|murder|stab|strangle|choke|rape|slap|punch|slaughter|behead|torture|throttle|assault|butcher|hurt|shoot|bash|knock out|run over|"
    r"drown|poison|skin|lynch|cripple|maim|deck|thump|batter|clobber|headbutt|wallop|scalp|smother|suffocate|impale|mutilate|decapitate|castrate|beat up|beat the \w+ out of|slap the \w+ out of|kick the \w+ out of|smack|knife|execute|harm|shank|gut|"
    r"killing|murdering|stabbing|strangling|choking|slapping|punching|hurting|shooting|beating|beating up|hitting)"
)
_WEAK = r"(?:hit|kick|break|end|destroy|finish|hang|attack|burn|beat|smash|bury|hunt|crush|drag)"
_WEAPON = (
    r"(?:(?<!nail )(?<!glue )(?<!heat )(?<!massage )(?<!spray )guns?|shotgun|rifle|pistol|(?<!kitchen )knife|machete|axe|baseball bat|bat|crowbar|"
    r"(?<!bath )bomb(?! of)|grenade|molotov|explosives|fists|sledgehammer)"
)
_PLACE = r"(?:offices?|branch|depot|lobby|clinic|reception|showroom|workshop|building|house|home|hq|headquarters|place|workplace|stores?|shop|warehouse|premises|(?:call|data) ?cent(?:er|re))"
_DOOM = r"(?:die|dies|bleed|rot|burn|suffer|drop dead|choke|crash|drown|have (?:a|an) (?:\w+ )?(?:accident|stroke|heart attack)|get (?:\w+ ){0,3}?(?:cancer|shot|killed|hurt|hit|raped|stabbed|run over|beaten|accident|covid|aids)|(?:be |been )?(?:shot|hanged|stabbed))"
_HARMED = r"(?:shot|hanged|hung|beaten|killed|raped|whipped|lined up (?:and|against)|stabbed|executed|punched|slapped|hurt|strangled|skinned|strung up|taken out|drowned|buried alive|burned|burnt|run over|gassed|crucified|flogged|beheaded|put down)"

THREAT = (
    near(ME, _STRONG, _PERSON, gap=4),
    near(rf"(?:{ME}) (?:will|would|could|should|am going to|are going to|want to|swear)", rf"{_WEAK} {_YOU}"),
    near(r"(?:some ?one|some ?body)", r"should|will|needs to|ought to|is going to", _STRONG, _PERSON, gap=2),
    near(r"want me to|make me|let me|going to|time to", _STRONG, _YOU, gap=2),
    near(rf"{_STRONG}|{_WEAK}|breaking|smashing|crushing|kicking|rip|snap|tear|cut|slit|wring|crack|rearrange|twist|chop|stomp|blow|split|gouge|knock|stick|ripping|snapping",
         rf"(?:your|his|her|their|(?:some|any) ?(?:one|body)|whoever \w+ \w+) (?:\w+ )?{_BODY}", gap=1),
    near(r"hope|wish|pray|want", rf"{_YOU}|some ?one|some ?body", _DOOM),
    near(rf"(?:{ME}) (?:will|would|want|cannot|am|hope|like)", r"see|watch|watching|seeing", rf"{_YOU}|every one of you|you all|him|her", r"hang|swing|dead|crawl|buried|bleed|burn|die|suffer|in a (?:coffin|grave|box)", gap=3),
    r"(?:careful|watch out|look out|beware|take care|look both ways|check your brakes)" rf"{BEYOND}{{0,4}}? " r"(?:leave|walk|go|cross|step|get|drive|park|head)(?: \w+){0,2}? (?:home|building|office|work|street|car|outside|door|house|tonight)(?! (?:screen|page|button|app|key|menu))",
    r"(?:leave|leaving|carried out|end up|go home|come out|taken away|wheeled out)(?: \w+){0,3}? in (?:an ambulance|a (?:body bag|coffin|hearse|box|wheelchair)|pieces|handcuffs and)",
    r"(?:beat|wipe|slap|knock|punch|smack|kick) that (?:\w+ )?(?:grin|smile|smirk|look) off",
    r"can of (?:petrol|gas|gasoline)|jerry ?can|douse (?:you|the|your)|(?:have|got|with) (?:absolutely )?nothing (?:left |else |more )?to lose(?! (?:by|if|from|in|with|here))|capable of (?:when|if)|no idea what i am capable of|know what i am capable of",
    near(r"want to|would like to|would love to|going to|will|hope to", r"see|watch", rf"{_YOU}|your \w+", r"bleed|die|burn|suffer|beg|cry"),
    near(r"hope|wish|pray", r"some ?(?:one|body)|a (?:car|bus|truck)", r"runs?|kills?|shoots?|stabs?|hits?|hurts?|beats?|rapes?|murders?|strangles?|chokes?|attacks?|burns?|breaks?|poisons?|punch(?:es)?", r"you|your \w+", gap=2),
    near(rf"{_YOU}|people like you|people|some ?(?:one|body)|your \w+", r"should|deserves?|needs?|ought", _HARMED, gap=4),
    near(rf"{_YOU}|your \w+", r"deserves? to|should|ought to", r"die|suffer|bleed"),
    near(r"some ?(?:one|body)|people|you|he|she", r"is|are|will|might", r"get|be|end up|getting|ending up", rf"hurt|{_HARMED}|dead|hospital", gap=3),
    near(r"some ?(?:one|body)|you|you all", r"(?:will|are going to|is going to)(?! never)(?: all)? (?:die|bleed|suffer|be dead|regret this|regret it|be sorry)", gap=6),
    near(r"you", r"(?:pay|suffer) (?:for this )?with your (?:life|blood|teeth|\w+)", gap=3),
    rf"make (?:sure )?{_YOU}(?: all)? (?:suffer|bleed|regret|pay|hurt|scream|beg|disappear)|make (?:some ?one|people|him|her) disappear",
    r"make your (?:\w+ )?li(?:fe|ves) (?:a )?(?:living )?(?:hell|miserable|nightmare)|teach you a lesson",
    r"you (?:are )?(?:all )?(?:a |as good as )?dead(?: man| meat| woman)?(?! (?:right|on|wrong|last|set|serious|link|lock|silent|tired|center|end))",
    r"dead (?:man|woman) walking|watch your back(?! (?:end|ends|office|up|ups|log|logs|button|to|yard|ground|story|links?|catalog))|(?:sleep|sleeping) with one eye open|look over your shoulder|your days are numbered",
    near(r"know|knows|found|find|figure out|figured out|look up|looked up|learn", r"(?:where|which school) (?:you|your (?:\w+ )?(?:kids|children|family))",
         r"lives?|works?|sleeps?|parks?|go|goes", gap=2),
    rf"know where your (?:\w+ )?(?:{KIN}|family|house|home|office)|where your (?:office|house|home|family) is and",
    near(r"have|got|found|know|knows", r"your (?:home|private|house|street) address", gap=1),
    r"(?:know|knows) your (?:full |real |last )?name(?: now| and where)|know (?:what|which) (?:car|route|train|bus) you (?:drive|take)",
    near(r"(?:nice|lovely|beautiful|cute|sweet|pretty) (?:kids|family|house|daughter|wife|home|children)", r"shame|pity|careful|hope", gap=6),
    r"(?:shame|pity) if (?:some|any)thing (?:were to |should |was to |would )?happen(?:s|ed)?",
    near(r"wait(?:ing)?|will be|see you|meet you|find you|get you", r"(?:in|at|outside|by|on)(?: of)?(?: your| the| work| that)?",
         r"parking lot|car park|your car|your door|your house|your home|front door|when you (?:leave|finish|get off|come out)|after work|dark alley|way home", gap=3),
    r"(?:expect|getting|get) a (?:\w+ )?visit from|pay(?:ing)? (?:you|your \w+|your whole team) a (?:little |personal )?visit",
    r"not (?:make it|get|be going) home(?: tonight| alive| safe)?(?! (?:delivery|page|screen))",
    r"(?:end|ends|ending|wake|wind) up in (?:the |a )?(?:hospital|ditch|morgue|grave|coffin|body bag|wheelchair|intensive care)",
    near(r"you (?:had |would )?better (?:not )?", r"be in|be at|come to|show up|leave|hide|run|pray", gap=1) + r"(?: \w+){0,2} (?:building|office|work|town|sight|i)",
    r"(?:get|gets|getting|deserve|deserves|needs) a (?:\w+ )?(?:beating|bullet)|you should be (?:very )?(?:scared|afraid)|be afraid of me|(?:will|going to) cut you(?! (?:a|off|some|out|down))",
    near(r"hope", rf"your (?:\w+ )?{_PLACE}", r"burns?|explodes?|collapses?|blows up"),
    near(r"(?:have|had) (?:killed|hurt|stabbed|shot|beaten)", r"people|some ?one|men|others|a man|guys", gap=2),
    near(r"windows|car|house|tyres|tires", r"get|gets|got|end up|will be", r"broken|smashed|slashed|burned|burnt|torched", gap=1),
    rf"what (?:will happen|happens|is going to happen) to your (?:{KIN}|family|kids|children|house)|(?:beat|kick|whoop|whip) your ass|watch out (?:on|when|if|for me)|has a bomb",
    near(r"come|coming|get|am", r"over|there|down", r"smash|smashing|beat|beating|kick|kicking|break|breaking|slap|slapping", r"you|your", gap=3),
    r"there will be blood|blood will (?:flow|be spilled)|blood bath|bloodbath",
    r"lucky (?:that )?(?:you are|i am|we are|this is|there is) (?:not|far|behind|only|on the phone|over the phone|a screen|an ocean)",
    r"(?:run|mow|knock|drag|push) (?:you|him|her|them|one of (?:you|them)|your \w+) (?:over|down|under)(?! (?:some|a|the (?:numbers?|plan|options?|details?|list)))",
    r"(?:you|he|she|they|none of you)(?: \w+)? (?:will )?(?:never|not)(?: going to)? (?:live to|survive (?:this|me|the)|see (?:christmas|tomorrow|the sun|daylight|another day|the end of|your (?:kids|family))|be breathing|leave (?:there |that building |the building )?alive|make it out|wake up(?= \||$)|be found)",
    r"(?:you|he|she|they|your \w+|his|her)(?: \w+)? (?:will )?(?:never|not) (?:be able to )?(?:walk|breathe|talk|speak|stand|smile) again",
    r"your (?:home |full |real |private |street )?(?:names?|address|street|house|home)" rf"{BEYOND}{{0,8}}? " r"(?:see you (?:soon|tonight|tomorrow|there|around)|be there soon|expect me|sleep (?:well|tight)|sweet dreams|lock your door|coming over|drop by)",
    r"(?:looked up|tracked down|googled|searched for) (?:where you|your (?:\w+ )?(?:address|house|home|family|kids|wife|husband|street))",
    r"your (?:\w+ )?(?:kids|children|daughters?|sons?|wife|husband|girlfriend|mother|family) (?:go|goes|walk|walks|play|plays|attend|attends|work|works|get off|sleeps?|will never|will not be safe)\b",
    near(r"will|going to|could|would|should|want to|love to", r"have|get|see", r"you|him|her", r"killed|beaten|shot|raped|hurt|maimed|murdered|buried|taken care of", gap=2),
    r"(?:six feet|six foot) under|body ?bags?|(?:put|putting|send|sending) (?:you|him|her|them|one of you|some ?one|some ?body|people|your \w+) (?:all )?(?:in|into|to) (?:the |a |an |your )?(?:ground|grave|hospital|coffin|wheelchair|morgue|icu|intensive care|er)\b",
    r"make you wish you (?:were|had)|wish you (?:were|had) never (?:been )?born|(?:end|take) your (?:\w+ )?li(?:fe|ves)|(?:run|hide) while you can|you (?:can|cannot) (?:run|hide)(?= \||$| from| but| forever)|nowhere to hide",
    r"(?:i am|we are|been) (?:watching|following|stalking) (?:you(?= \||$| and| when| now| every| at| go| leave| from| for)|your (?:house|home|kids|family|office|every))|follow(?:ing|ed)? you home",
    r"(?:will|going to|coming to|am gonna|come and|come) get you(?= \||$| for this| one day| all| bastards?| soon| when)",
    r"(?:my )?fists? (?:in|into|through|down|to|meets?) your|knock you (?:out|unconscious|down|into)|blow your (?:\w+ )?brains|brains out|string you up|set (?:you|him|her|them|yourself) (?:on fire|alight)|off with your head",
    r"drink (?:some )?bleach|go (?:and )?(?:jump (?:off|in front|under)|play in traffic|drown yourself)|(?:just|please|and|should) die(?= \||$| already| slowly| in )|die (?:already|slowly|painfully)|drop dead(?! (?:gorgeous|date|line))",
    r"(?:you|people|some ?one|every ?one|they) (?:are|is) going to die|(?:kill|shoot|stab|bomb|slaughter) (?:every ?(?:one|body)|them all|the lot of you|the whole (?:team|office|lot))|mass shooting",
    r"pray (?:that )?(?:i|we|he) (?:never|do not|does not) (?:find|meet|see|catch|get|run into|learn)|better (?:pray|run|hide|sleep with)(?= \||$| \w+)|(?:hard|easy|difficult|long) to find (?:you|out where you)|find you(?= \||$| and (?:then|when|you|make|hurt|kill)| one day| soon)",
    rf"(?:break|smash|punch|bash|cut|slit|snap|twist|crush|knock) (?:the|some|every|any) (?:\w+ )?{_BODY} (?:of|off)|(?:put|stick|shove|ram|drive) (?:a|my|this) (?:knife|fist|boot|bat|screwdriver|bullet) (?:in|into|through)(?! front)",
    near(r"come|coming|way|visit|drive|driving|see you|turn up", r"not (?:be )?(?:coming )?(?:to talk|to chat|for a chat|for a talk|pretty|pleasant|nice|friendly|polite)", gap=8),
    near(r"walks?|comes?|turns? up|shows? up|drives?|storms?|bursts?", r"branch|office|offices|building|shop|store|headquarters|lobby|reception|door|place", rf"with (?:a|an|his|my|the|some) (?:\w+ )?{_WEAPON}", gap=3),
    rf"(?:torch|firebomb|blow up|burn down|set fire to|shoot up|smash up|trash|bomb) (?:the|your|this|that) (?:\w+ )?(?:{_PLACE}|lot|vans?|cars?)(?! (?:address|page|hours|image|screen))|(?:get|have|take) my revenge|you are next(?= \||$)|ruin your life",
    r"set(?:ting)? (?:\w+ ){1,4}?(?:on fire|alight|ablaze)|(?:keep|lock) your (?:\w+ )?doors?(?: \w+)?|lucky (?:that )?(?:i|we) (?:(?:did|do|had|was|were|am|are|have) )?(?:not|no)\b",
    r"(?:my|a loaded) (?:gun|shotgun|rifle|machete|pistol|crowbar|baseball bat|axe)(?! (?:shop|store|safe|cabinet|licen[cs]e|permit|case|rack|order|arrived|club|range|skin|model|set|subscription))|your throats?(?= \||$| and| if| when| open| out)",
    near(r"if (?:you|u|he|she|they|i)", r"in front of me|next to me|in person", r"would|will", gap=4),
    near(r"(?:would|will)", r"if (?:you|i) (?:were|was|are)(?: standing)? (?:in front of|next to) (?:me|you)", gap=8),
    near(r"when|once|if|next time", r"i|we", r"stand(?:ing)? in front of you|(?:see|meet|catch|get|find) (?:you|one of you|him|her)(?: \w+){0,5}? (?:you|i)",
         r"finished|sorry|regret|punch|slap|kill|hurt|hit|break|smash|show you|teach", gap=4),
    near(r"brave|tough|smug|funny|cocky|arrogant|rude|big|loud|laughing|cheerful|smart", r"when|once|if|after", r"i|we", r"stand|standing|come|show|turn|get|meet|throw|knock|there", gap=4),
    near(r"come|coming|drive|driving|show up|turn up|stop by|fly|will be|am going to be", r"there|over|down|office|house|home|headquarters|hq|store|shop|place|building|door|you",
         rf"drag|beat|kill|hurt|smash|break|sort you|slap|punch|teach|show you|{_WEAPON}|(?:you|youll) (?:will|are going to) (?:regret|be sorry|see what)", gap=6),
    near(rf"(?:{ME}) (?:have|own|am|will|would|just|got)", r"got|a|my|with|bring|bringing|get|grab|load|loading|buy|carrying|the", _WEAPON, gap=2)
    + r"(?! (?:order|subscription|delivery|sharpener|licen[cs]e|shop|store|skin|model|emoji))",
    r"get (?:my|his|the) (?:gun|rifle|shotgun|bat|knife)|(?:put|puts) a bullet(?! (?:in front|point|before|next|at the))|shoot up (?:the|your|this|a)|go postal",
    near(r"throw", r"brick|bottle|chair|rock|stone|acid|something", r"at (?:you|her|him|your \w+|them)", gap=2),
    near(r"bomb|burn|burning|torch|torching|blow|blowing|shoot|set fire|smash up|trash", rf"(?:your|that|ur) (?:\w+ )?(?:\w+ )?{_PLACE}", gap=2)
    + r"(?! (?:address|page|hours|menu|settings?|number|screen))",
    near(r"burn|burning|blow|blowing|shoot|shooting", rf"(?:the|this) (?:\w+ )?{_PLACE}", r"down|up|to the ground", gap=1) + r"|burn (?:it|you|everything) (?:all )?down(?= with you)",
    near(r"burn|burning|blow|blowing|shoot|shooting", r"down|up|fire to", rf"(?:the|this|that) (?:\w+ )?{_PLACE}", gap=0) + r"(?! (?:address|page|hours|image))",
    rf"(?:your|the) {_PLACE} (?:will|is going to|should|deserves to) (?:be )?(?:burn|burned|explode|blow up|blown up|bombed|bomb)",
    r"(?:put|plant|planted|leave|left|send|sent|there is) a bomb|bomb threat|(?:petrol|gasoline|molotov) (?:bomb|cocktail)",
    r"go (?:and )?(?:die|hang yourself)|die in a fire|die you|choke on (?:it|that|them|your)(?: \w+)? and die|(?:kill|hang|off|shoot) (?:yourself|yourselves|your ?self)|kys",
    r"(?:will|going to|swear i|am gonna) (?:find|track|hunt) (?:you|every one of you)(?! (?:a|an|the|some|another|more|in|on|help|someone|the))",
    r"get my hands on (?:you|him|her|one of you|whoever|the person|the guy)",
    r"(?:hunt|track|hunting|tracking) you(?: all)? down|(?:coming|come) (?:for|after) (?:you|your (?:family|kids|job and your))",
    r"(?:your|you and your) (?:family|kids|children|wife|husband) (?:(?:will|is going to|are going to) (?:all )?(?:pay|suffer|die|regret|burn|bleed|disappear|never|be (?:next|sorry|hurt|dead)|get hurt)|(?:had )?better (?:watch|hide|run|pray|be careful|hope|move|leave))",
    r"(?:people|friends|guys|family) (?:who|that) (?:can|will|could|would) (?:take care of|deal with|sort|handle|hurt|visit|find) (?:you|people like you)",
    r"in a (?:gang|cartel|mafia)|(?:the|my) mafia",
    r"(?:slit|cut) (?:your|his|her) (?:throat|wrists)|i will end you|i will bury you|skin (?:you|him|her) alive",
    r"if i (?:ever )?(?:meet|see|find|catch) (?:you|any of you|one of you)(?: \w+){0,6}? (?:you are|you will be) (?:finished|dead|done|sorry|a dead)",
)  # fmt: skip
SELF_HARM = (
    near(r"kill|hurt|harm|cut|cutting|hang|hanging|shoot|end|unalive|drown|poison|starve|stab|burn|killing|harming|hurting|ending|offing|"
         r"do something (?:bad |stupid |terrible )?to|do away with|injuring|injure|choke|slit", r"my ?self|mysel", gap=0) + r"(?! laughing)",
    r"suicide|suicidal|suicides|self ?harm|self ?harming|self injur\w*|selfharm|selfharming|kms",
    near(r"end|take|taking|ending|took|taken|ended", r"my (?:own |whole )?life(?! (?:sav\w+|insurance|back|easier|seriously|in))|this life|my (?:suffering|pain|misery)", gap=0),
    near(r"end|ending|ended", r"it all\b(?! (?:off|down|out|over|back))|everything(?= \||$)", gap=0),
    r"want (?:it|everything|it all|everything just|the pain|all of this|all this) (?:all |just )?to (?:just |all )?(?:end|stop|be over)(?= \||$| i| and i)",
    r"(?:end|ending) it (?:tonight|today|now|soon|for good|myself)",
    near(r"want|wanted|going|ready|prefer|wish|wishing|plan|planning|feel like|decided|about|tried|trying|hoping|hope|deserve|wants|like|would", r"to",
         r"(?:(?:just|simply|really|be able to) )?(?:die(?! (?:for|of laughter|laughing))|be dead|not exist|disappear forever|not be here any ?more|"
         r"not wake up|never wake up|end it(?= \||$)|be with my late|leave this (?:world|earth))", gap=0),
    near(r"feel like|thinking about|thinking of|think about|thought of|thought about|thoughts? of|dream of|fantasi[sz]e about|considering|consider",
         r"dying|death|being dead|jumping|hanging|overdosing|ending (?:it|everything|my)|killing|driving (?:my car )?(?:into|off)|walking in(?:to| front)|stepping in front|not being here", gap=2),
    near(r"not|no longer|never", r"want|wish|wanting", r"(?:to )?(?:live(?! (?:with|without|in|here|on|through|off|chat|data|stream)\b)|be alive|be here any ?more|"
         r"exist(?= \||$)|wake up|go on living|keep living|be on this (?:earth|planet)|be around any ?more)", gap=3),
    near(r"no(?: \w+)?|what is the|(?:not|cannot) (?:see|find|have|think of|know)(?: (?:a|any|the|one|another))?(?: (?:single|good))?", r"reason|point|will|sense|use|meaning|purpose",
         r"(?:left )?(?:to|in|of|for)? ?(?:keep |carry |even )?(?:liv(?:e|ing)(?! (?:chat|data|view|in|with|stream))|be(?:ing)? alive|(?:go|going|carry|carrying) on(?! (?:with|to|about)))", gap=1),
    r"(?:life|living) (?:is |has )?(?:not |no longer )?(?:worth (?:it|living|anything)|pointless|meaningless)(?! (?:the|this|your))",
    r"not worth living|nothing (?:left )?to live for|my life is over|hate my life|sick of (?:life|living|being alive)|tired of (?:living|being alive|life|existing)",
    near(r"better off|easier|better", r"dead|without me|if i|when i", gap=3) + r"(?: (?:were|was|am|just|disappeared|died|did|had|gone|dead|not))?(?<! if i)(?<! when i)",
    r"dying would be|rather be dead|find my body|make it through (?:the|this|to)(?: the)? (?:night|tomorrow|morning)|wish i could (?:just )?die|no hope (?:left )?(?:for me|any more|in life)",
    r"want to (?:just )?disappear (?:forever|for good|and (?:never|not))|no longer (?:see|have|find) (?:a|any|the) (?:reason|point|sense) (?:to|in) (?:be|live|living|being|go on)",
    r"(?:might|may|could) as well (?:just )?(?:be dead|die|kill|end it)",
    r"wish i (?:was|were|was not|were not|had never been|could be|could just be|could just)(?: never)? (?:dead|born|alive|gone|die|disappear|not exist)",
    r"wish i (?:was|were) not here|wish i had never been born|wish i (?:would|could|had) (?:just )?(?:never|not) (?:wake|woken) up",
    r"(?:want to|just) (?:fall asleep|sleep) and (?:never|not) wake up|never (?:wake|woken|waking) up again|not wake up (?:tomorrow|again|in the morning)",
    r"(?:i|we|just|simply|really) cannot (?:go on|keep going|keep living|live|carry on)(?= \||$| like this| any ?more| any longer| living| with (?:this|the|my) (?:pain|shame|guilt))(?! with(?:out)? (?:this (?:app|tool)))",
    r"not know how to (?:go on|carry on|keep going)(?! with| from| to)",
    near(r"jump|jumping|throw myself|throwing myself|leap|leaping", r"off|from|under|in front of|out of", r"bridge|roof|building|train|window|balcony|cliff|bus|truck|tube|tracks", gap=2),
    r"(?:going to|want to|will|could|should|about to|ready to) (?:just )?jump(?= \||$)|(?:walk|walking|step|stepping|run) (?:in front of|into) (?:a |the |an )?(?:train|bus|truck|traffic|car|sea|ocean)",
    r"sleep (?:and )?(?:for ?ever|for good|and not wake)|(?:decided|going|want|wanted|ready|planning|time) to end (?:things|it|everything|this)(?= \||$| tonight| today| now| for good| once| myself| here)|nothing (?:left|here) for me(?: here| any ?more)?(?= \||$| i| and)|not safe (?:alone|with myself|from myself|on my own)|not feel safe (?:alone|with myself|on my own)|(?:harm|hurt) to myself|trust myself not to",
    near(r"looking at|staring at|stand(?:ing)? (?:near|by|at|on)|sitting (?:near|by|on|with)|holding", r"(?:train |railway )?tracks|rails|pills|rope|noose|razor|razor blade|ledge|window sill|cliff|bridge|bottle of (?:\w+ )?pills|knife", gap=2) + r"(?! (?:page|app|order|set|holder|stand|mode|router|connection|config))",
    near(r"happier|relieved|glad|lighter|better|easier|fine", r"without me|if i|when i|once i", r"gone|dead|were not|was not|died|disappeared|not here|around|killed|ended", gap=3),
    near(r"drive|driving", r"into|off", r"tree|wall|cliff|bridge|river|lake|lorry", gap=3),
    near(r"i am|i was", r"on (?:a|the|my) (?:\w+ )?(?:bridge|ledge|roof|rooftop|edge|rails|tracks|train tracks|balcony|windowsill|parapet)", gap=2) + r"(?! (?:browser|router|case|node))",
    r"overdose|overdosed|overdosing|oding",
    near(r"swallow|swallowed|swallowing|take|taking|took|taken", r"all|(?:a|the) (?:\w+ )?(?:packet|pack|box|bottle|handful|bunch|load|strip|lot|jar)|too many|every|\d+|dozens|twenty|thirty|forty|fifty", r"(?:sleeping )?pills|tablets|meds|medication|paracetamol", gap=3),
    near(r"pills|rope|noose|razor|blade|knife|belt|gun", r"in front of me|in my hands?|next to me|around my neck|ready for me|to my (?:wrist|throat|head)", gap=2),
    near(r"have|got|with", r"a|the", r"knife|rope|razor|gun", r"alone|my wrists?", gap=3),
    r"(?:cut|slit|slash|cutting|slitting) my (?:\w+ )?(?:wrists?|arms?|veins)|(?:started|start|been|relapsed and) cutting(?: again)?(?= \||$| again)|hurting myself",
    r"(?:goodbye|farewell|suicide) (?:letter|note)s?|this is (?:my )?goodbye|goodbye (?:cruel )?world(?! (?:program|example|app|page|test))|(?:wrote|written) my will and",
    r"(?:last|final) (?:message|mail|email|words?) (?:you will (?:ever )?get from me|from me|i will|i (?:am )?ever|of mine)|by the time (?:you|anyone) reads? this",
    r"no ?(?:body|one) (?:will|would) (?:even )?(?:miss me|notice if i|care if i (?:die|am gone|was gone|were gone|live|disappear))",
    r"(?:when|once|after|if) i (?:am|will be) (?:dead|gone|no longer here|not here any ?more|no longer alive)|i will be dead(?! tired| by noon)",
    r"i will not be (?:here|alive|around)(?= \||$| tomorrow| any ?more| much| long| when| next| by| to see)|i will be here tomorrow(?= \|| $)|not think i will be (?:here|alive)",
    r"(?:no|only|see a|see any|find a|another|a) way out(?: \w+)? (?:any ?more )?(?:except|but|is|other than|than) (?:\w+ )?(?:death|die|dying|end it|kill)|only way out(?= \||$)",
    r"(?:my |be (?:the |my )?)last (?:night|day) (?:on earth|alive|on this)|tonight is my last|i will not (?:see|live to see|survive) (?:tomorrow|the (?:morning|week|night)|christmas|my)|not be a burden|tell my (?:kids|wife|husband|mum|mom|family|children|parents|mother|daughter|son) (?:that )?i love",
    r"(?:bought|tied|tying|got|found|have) (?:a|the|some|my) (?:rope|noose)|tied a noose|stockpil\w+ (?:\w+ )?(?:pills|tablets|meds)|bleed out|i deserve to die|(?:world|everyone|everybody|family|kids|they) (?:is|are|would|will|be|would be|will be) better (?:off )?without me",
    near(r"not|no longer", r"strong enough|strength|energy|will", r"to (?:keep )?(?:liv(?:e|ing)|go(?:ing)? on|carry on|fight on)", gap=1),
    r"(?:rather|would prefer to) not (?:exist|live|wake up|be alive)|(?:hope|pray|hoping|praying) (?:that )?i (?:do|will|would|just)? ?(?:not|never) wake up|danger to myself|thoughts? of (?:harming|hurting|killing|ending)|samaritans|suicide hotline|crisis line",
    r"(?:see|have|is) no future(?= \||$| for me| left| any ?more)|not see a future(?= \||$| for me)|in a (?:very |really )?dark place|give up on (?:everything|living)|(?:lost|no) (?:the )?will to (?:live|go on)|(?:cannot|not) (?:bear|stand|face) (?:to live|living|being alive|another day alive|life)",
    near(r"better off|happier", r"with the (?:\w+ )?(?:insurance|money|payout)|than with me|with me (?:dead|gone)"),
    r"(?:rather|prefer to|would) not be (?:here|around|alive)(?= \||$| any)|(?:have|got) (?:the|my|enough|all the) (?:\w+ )?(?:pills|rope|noose|razor|sleeping tablets)|stopped taking my (?:\w+ )?(?:medication|meds|pills|insulin)|want (?:it|this|everything) (?:all )?(?:to be )?over(?= \||$)",
    near(r"not|no|why|cannot|what", r"(?:keep|keep on|go on|going on|continue|carry on|carrying on|stay|staying|bother) (?:to )?(?:living|live(?= \||$)|alive|existing)", gap=5),
    r"(?:off|finish|top|neck) myself|(?:had )?enough of (?:life|living|this life)|(?:ready|prepared) to die|prefer death|death would be (?:a relief|easier|better|welcome)|care if i (?:died|die|was dead|were dead|killed|vanished|lived)|goodbye forever|goodbye to (?:everyone|everybody|my (?:kids|family|children))",
    r"by my own hand|done (?:with )?(?:life|living|with this life)|put an end to (?:my life|myself|it all)|give up on life|leave this world",
)  # fmt: skip
_AFTER_LOSS = (
    r"(?= \||$| (?:to|in|last|this|on|yesterday|and|so|due|after|suddenly|recently|because|at|when|two|three|four|five|six|a (?:few|week|month|year)|i|who|but|from|just|"
    r"earlier|today|we|unexpectedly|before|during|over|tragically)\b)"
)
_GONE = (
    r"(?:died|dead|dying|deceased|killed|murdered|drowned|stillborn|passed away|passing away|gone forever|gone now|took (?:his|her|their) own life|lost (?:his|her|their) (?:\w+ )?(?:life|battle|fight)|succumbed|not make it(?= \||$| through| home)|not survive|never woke up|slipped away|terminally ill|dying of|(?:days|weeks|months|hours) (?:left )?to live|laid to rest|cremated|taken from us|no longer with us|"
    r"not with us any ?more|only (?:days|hours|weeks) left|(?:days|hours|weeks) left(?= \||$)|no longer alive|not alive|no more|(?:sadly|suddenly|tragically) left us|left us (?:too|so) (?:soon|early|suddenly)|passed on(?! (?:the|an|a|your|this|our|my|it|to|that))|"
    r"passed(?= \||$| (?:so|and|last|in|on (?:mon|tues|wednes|thurs|fri|satur|sun)|this|yesterday|recently|suddenly|two|three|a (?:few|week|month|year))))"
)
BEREAVEMENT = (
    near(rf"(?:my|our|his|her|their) (?:\w+ )?{KIN}|(?:my|our|his|her|their|the) (?:\w+ )?(?:(?:account |policy |card |contract |original |previous |former )*(?:holder|owner|customer|subscriber|user|member|tenant))",
         _GONE, gap=3),
    rf"(?:my|our|his|her) (?:\w+ )?{KIN} (?:is|has) (?:now |sadly )?gone(?= \||$| (?:i|we|he|she|and|since))",
    near(rf"(?:my|our|his|her|their) (?:\w+ )?{KIN}", r"death|passing|funeral|burial|memorial service|estate|wake(?= \|| $)", gap=1) + r"(?! (?:star|metal|march))",
    near(r"death|passing|loss|funeral|burial|memorial|estate|ashes|obituary", r"of|for", rf"(?:my|our|his|her|the|a) (?:\w+ )?(?:{KIN}|(?:account )?(?:holder|owner))", gap=0) + _AFTER_LOSS,
    near(r"lost|buried|burying|losing|bury|mourning|mourn|grieving|goodbye to|grieve for|cremated", rf"(?:my|our|his|her|their) (?:\w+ )?{KIN}", gap=0) + _AFTER_LOSS,
    rf"(?:my|our|his|her|the) (?:late|dead|deceased) (?:\w+ )?{KIN}|late (?:husband|wife|mother|father)",
    rf"rip (?:to )?(?:my )?{KIN}|(?:passing|death) of (?:my|our|his|her) \w+(?= \||$| (?:we|i|on|in|last|this))|(?:cancer|hospital|surgery|accident|crash) (?:\w+ ){{0,4}}?not make it(?= \||$)",
    near(r"dad|daddy|mum|mom|mama|grandma|grandpa|gran|nan|nana|granny|grandad|hubby|papa", rf"{_GONE}|gone(?= \||$| he| she| and| since| now| i| we)|left us", gap=2),
    near(r"he|she|who|they both", rf"(?!no longer with us){_GONE}|is (?:now )?deceased", gap=2) + r"(?! (?:link|inside|on the inside))",
    r"(?:\w+ )?(?:has|have|had|just|sadly|recently|suddenly|she|he|\w+) passed away",
    near(r"mr|mrs|ms|miss|dr", r"(?:has |had )?(?:sadly |recently )?(?:passed(?! (?:the|a|an|all|your|this|on the|it))|died|is deceased)", gap=2),
    r"(?:after|since|before|following|upon|about|by|of|with) (?:his|her|their) (?:\w+ )?(?:death|passing|funeral|burial)(?! (?:star|metal))|terminal (?:cancer|illness|diagnosis)|terminally ill|palliative|end of life care|(?:days|weeks|months) to live",
    r"lost (?:him|her|them|someone (?:very )?(?:close|dear)|a loved one|loved ones?) (?:to (?:cancer|covid|suicide|a (?:heart|stroke|car)|an? \w+ (?:accident|illness)|the war|leukaemia)|last (?:week|month|year|night|weekend|summer|winter)|yesterday|suddenly|in (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*)",
    r"lost a loved one|(?:scatter\w*|spread|collect|collected) (?:his|her|their|my \w+) ashes|laid to rest|in loving memory|buried (?:him|her|them)(?! (?:in|under))|rest in peace (?:my|dear|to my)|(?:sadly|tragically|unexpectedly|peacefully) (?:died|passed)(?! (?:out|the|on the))|died (?:sadly|tragically|peacefully)",
    rf"(?:death|passing|funeral|burial|cremation) of (?:my|our|his|her|a) (?:\w+ )?{KIN}",
    r"no longer among (?:us|the living)|in heaven(?! (?:or|with the new))|rest (?:his|her|their) soul|death notice|lost (?:the|our|my|her|a) (?:baby|pregnancy|unborn)(?! (?:monitor|gate|phone|carrier|seat|photos?|pictures?|clothes|account))",
    r"bereaved|bereavement|in mourning|grieving|condolences?|funeral|miscarriage|miscarried|stillborn|stillbirth|widowed|(?:my|a|the|his) widow(?! (?:control|line|lines|and|setting|or|peak|maker|spider))|a widower|(?:the )?widower|widow of|am (?:now )?widow(?:ed|er)?",
    r"next of kin|death certificate|certificate of death|probate|letters of administration|predeceased|undertaker|coroner|obituary|hospice",
    near(r"executor|executrix|administrator", r"of|for|to", r"estate|will", gap=4) + r"(?! (?:be|not|have|run|only))",
    near(r"lost|losing", r"(?:his|her|their) (?:\w+ )?(?:battle|fight)", gap=0),
    near(r"died|killed|passed", r"suddenly|unexpectedly|peacefully|tragically|in (?:an?|the|his|her) (?:car |road |plane |work |motorcycle )?(?:accident|crash|hospital|fire|war|sleep)|"
         r"of (?:cancer|covid|a heart attack|a stroke|an overdose|old age)|from (?:cancer|covid|a heart attack|a stroke)", gap=1),
    r"a death in (?:the|my|our) family|family (?:death|bereavement)|death in the family|deceased (?:customer|employee|colleague|owner|person|member|parent|spouse|relative|estate)",
)  # fmt: skip
_MACHINE = (
    r"(?:daemons?|threads?|process(?:es)?|pods?|containers?|workers?|servers?|services?|jobs?|scripts?|nodes?|instances?|clients?|apps?|"
    r"applications?|objects?|tasks?|connections?|sessions?|goroutines?|actors?|sockets?|child|children|parents?|vms?|programs?|agents?|"
    r"printers?|watchdog|kernel|tabs?|windows?|bots?|plugins?|modules?)"
)
NOT_PEOPLE = (
    r"(?:kill|killed|killing|kills|end|hang|shoot|attack|hit|destroy|beat|execute) (?:your|the|a|that|this|any|whoever) (?:\w+ )?(?:process(?:es)?|server|service|pod|job|session|"
    r"task|query|connection|browser|deal|project|app|application|database|api|site|website|competitors?|competition|product|deadline|business|"
    r"container|thread|vm|node|reputation|sales|numbers|targets?|script|build|lock|call|feature)",
    r"(?:i|we) would kill for|rather die than|dying to|to die for|die hard|(?:kill|killed|killing|murder|murdering) (?:me|us|it|my \w+|our \w+)|"
    r"shoot (?:me|you|us|him|her|them|over) (?:over )?(?:an?|the|your|some) (?:\w+ )?(?:e ?mail|message|note|line|text|mail|dm|invite|link|screenshot|quote)",
    rf"(?:\w+ )?{_MACHINE}(?: \w+)? (?:commits?|committed|committing) suicide|(?:commits?|committed) suicide (?:when|if|on|after) (?:the|its?) {_MACHINE}|{_MACHINE}(?: \w+)? (?:wants?|wanted|refuses?|tends?|decides?|supposed|likes?) to die",
    r"end it all(?: \|)? (?:the|my|our|this|every|with the|your) (?:\w+ )?(?:trial|subscriptions?|newsletter|plan|contract|account|membership|service|add ?on|payments?|direct debit)",
    r"(?:kill|killing|murder|slaughter|crush|beat|destroy) (?:you|us|them|him|me) (?:on|in|at|with) (?:the )?(?:price|pricing|cost|costs|features?|market|reviews?|fees|sales|speed|performance|quality|rankings?|chess|tax\w*)",
    r"(?:competitors?|competition|market|reviews?|regulators?|fees|press|auditors?|customers|users|shareholders|investors|traffic|load|bills?|costs?|commute|heat|stress) (?:is|are|will|would|could|going|to|really|soon| )*(?:kill|killing|murder|slaughter|crucify|destroy|eat|hang|hit) (?:you|us|me|them)",
    r"widows? (?:and |or )?orphans?|widow (?:control|lines?|settings?)|beat (?:you|your) (?:to|on|at) \w+|beat your (?:price|offer|quote)|who can beat you|break (?:your|the) (?:build|api|app|integration|site|pipeline|code|workflow|rules?)",
    r"burn (?:your|the|a) (?:cd|dvd|disc|disk|image|iso|budget|credits?|quota)|burn[- ]?down chart|hit (?:your|the|you|me|us|him|her|them) (?:up|limit|endpoint|api|rate|back|with)",
    r"end (?:your|my|our|the) (?:\w+ )?(?:session|subscription|trial|contract|call|support|membership|plan|meeting)|end of life",
    r"suicide (?:prevention|linux|burn|squad|doors?|lane|game|king)|(?:my|our|the|this|your|his|her) (?:\w+ )?(?:phone|laptop|server|battery|tablet|computer|printer|car|tv|router|drive|camera|watch|fridge)(?: \w+){1,6}? (?:passed away|died)|self[- ]end|(?:hurt|hurting|hurts) (?:your|the|our|my) (?:ratings?|business|sales|brand|reputation|performance|seo|rankings?|experience|"
    r"feelings|conversion|eyes|head)",
    r"(?:server|battery|laptop|phone|router|disk|drive|process|job|service|app|screen|session|connection|container|pod|node|worker|thread|"
    r"machine|computer|printer|build|script|database|card|modem|watch|tv|camera|car|engine|daemon|link|signal|internet|wifi|line|call|fan|motor|"
    r"boiler|fridge|freezer|cable|charger|project|deal|trial|thread|feature|instance|tablet|headset|monitor|mouse|keyboard|pump|light) (?:\w+ )?(?:died|passed|is dead|was killed|got killed|killed|has died|just died)(?: in the \w+)?",
    r"funeral (?:homes?|parlou?rs?) (?:website|site|app|account|software|template|domain|client|customer)|founder login|sleep mode|wake on lan|in case of death of|dead letter|dead lock|dead link",
)  # fmt: skip
