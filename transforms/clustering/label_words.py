"""Words with a rule of their own in labels."""

from __future__ import annotations

_VERBS = """
accept accepts accuse accused accuses add adds admit admits aim aims allow allows announce
announces apologize apologizes argue argues arrive arrives ask asked asks avoid avoids back backs
backed becomes beat beats blame blames blast blasted blasts block blocks blow blows boost boosts
braces break breaks brings build builds call called calls cancel cancels cast casts cause causes
caught cite cites claim claims clash clashes close closes confirm confirms consider considers
continue continues could cover covers crack cracks criticize criticized criticizes crush crushes
cut cuts declare declares defend defended defends defy defies delay delays demand demands denied
denies deny die died dies dismiss dismisses ditch ditches drop dropped drops eases echo echoes
emerge emerges enter enters escalate escalates expect expected expects explain explained explains
expose exposes face faces facing fail failed fails fall falls favor favors fear feel feels fight
fights file files find finds fire fires follow follows force forced forces found free gains
grapple grapples grow grows hail hails halt halts hear hears help helps hint hints hit hits hold
holds hope hopes issue issues join joined joins jump jumps kick kicks kill killed kills lash
lashes launch launches lead leads leave leaves left list lists live lose loses lost mark marks
meet meets met mock mocks move moves mull mulls need needs offer offers open opens oppose opposes
order orders oust ousts pass passes pay pays pick picks plan planning plans pledge pledges plunge
plunges praise praises predict predicts prepare prepares preparing press presses prompt prompts
propose proposed proposes prove proves pull pulls push pushes question questions quit quits raise
raises ramp ramps reach reaches react reacts reject rejected rejects release released releases
remain remains remove removes reportedly report reports request requests resign resigns respond
responds return returns reveal reveals revealed reverse reverses rip rips rise rises roll rolls
rule ruled rules run runs rush rushes save saves scrap scraps seek seeking seeks send sends sent
set sets shift shifts show shows sides sign signs signals skip skips slam slammed slams slash
slashes soar soars spark sparks speak speaks spend spends split stage stages stand stands start
starts stay stays step steps strike strikes struggle struggles submit submits sue sues suggest
suggested suggests support supports surge surges suspend suspends talk target targets tell tells
testifies testify threaten threatened threatens top tops touts trash trashes tries triggers turn
turns unveil unveils urge urged urges veto vetoes vow vowed vows wait waits walk walks wants warn
warned warns weigh weighs win wins won work works worry worries write writes wrote yield yields
"""
_NOUNS_TOO = """
attack back block boost break build call cap claim clash cut cuts deal delay demand demands fall
fear fight fire fires force forces hit hold hope issue issues jump launch lead lists list live
mark move need offer order orders pay pick plan plans pledge press push question questions release
report reports request return rise rule rules run rush sides sign signals split spark stage stand
start strike strikes support surge talk target targets top turn veto vow walk work works win wins
cover left free found file files target step steps claims yield
"""
VERBS = frozenset(_VERBS.split()) - frozenset(_NOUNS_TOO.split())
"""What the people in headlines do: no label begins with one, nor ends, save for ``CLOSING``."""
_CLOSING = """
apologize apologizes arrives denied die died dies emerges escalates fail failed fails falls killed
plunges quits rejected released resign resigns responds returns revealed rises soars surges
testifies testify walks wins withdraws
"""
CLOSING = frozenset(_CLOSING.split())
"""Verbs that need no object, and participles: a label may end with one (``Comey testifies``)."""

CONNECTORS = frozenset(("of", "for", "in", "and", "&"))
"""Stop words that may stand inside a label."""
PREPOSITIONS = frozenset(("on", "to", "with", "from", "against", "over", "at", "by"))
"""Stop words that may follow a common noun inside a label."""
DROPPED = frozenset(("the", "a", "an"))
"""Stop words that are left out inside a label."""

_DATES = """
monday tuesday wednesday thursday friday saturday sunday january february march april june july
august september october november december jan feb mar apr jun jul aug sept sep oct nov dec today
tomorrow yesterday tonight morning evening night week weekend month year day time hour minute new
big first two three four five six seven eight nine ten latest update best thing reason way people
here
"""
DATES = frozenset(_DATES.split()) - {"march"}
"""Terms of time, number and rubric: in many headlines, in few names."""

_COMPOUNDS = """
white-house north-korea south-korea supreme-court new-york united-state united-kingdom
saudi-arabia puerto-rico health-care hong-kong south-africa wall-street european-union middle-east
new-zealand los-angele los-angeles prime-minister attorney-general special-counsel social-media
climate-change san-francisco south-carolina north-carolina new-jersey new-hampshire new-mexico
west-virginia las-vega las-vegas sri-lanka costa-rica el-salvador el-paso interest-rate
stock-market death-toll death-penalty civil-right human-right gun-control white-supremacist
electoral-college state-department justice-department state-union planned-parenthood islamic-state
tea-party federal-reserve fox-news
"""
COMPOUNDS = frozenset((left, right) for left, right in (p.split("-") for p in _COMPOUNDS.split()))
"""Pairs of terms of which half means something else."""
