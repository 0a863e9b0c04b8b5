# ruff: noqa: E501 - a pattern is easier to read unbroken
"""Rules for what the site puts around an article: forms, bars, notices, links, players."""

from __future__ import annotations

from transforms.residue.base import Rule, forms, holding

SITE_RULES: tuple[Rule, ...] = (
    Rule(
        "no_words",
        "No letter or digit: rulers, bullets, broken markup.",
        "* * *",
        400,
        forms(r"^[\W_]*$"),
    ),
    Rule(
        "comment_form",
        "The form for readers' comments and what surrounds it.",
        "Leave a Reply Your email address will not be published. Required fields are marked *",
        700,
        forms(
            r"(?i)^\W*(?:leave|post|add|write|submit) (?:a|your) (?:reply|comment|response)s?\b(?: to [^.]{1,80})?(?: cancel (?:reply|comment))?\W*$",
            holding(
                "will not be",
                r"(?i)^(?:[\W_]*\b(?:leave|post|add|write|submit|an?|your|replies|reply|comments?|cancel|to|name|e-?mail|website|indicates)\b)*[\W_]*(?:e-?mail )?address will not be (?:published|shared|made public)",
            ),
            holding(
                "required fields",
                r"(?i)^(?:[\W_]*\b(?:leave|post|add|write|submit|an?|your|replies|reply|comments?|cancel|to|name|e-?mail|website|indicates)\b)*[\W_]*required fields are marked",
            ),
            r"(?i)^\W*save my name, e-?mail",
            r"(?i)^\W*notify me (?:of|when|by e-?mail)\b.{0,40}\b(?:comments?|posts?|replies)\b",
            r"(?i)^\W*(?:cancel reply|post comment|submit comment|reply|view (?:all )?comments?|(?:\d+|no) comments|1 comment|show comments|comments? \(\d+\)|load more comments|(?:your )?(?:name|e-?mail(?: address)?|website|comment) ?(?:\*|\(required\)))\W*$",
            r"(?i)^\W*(?:you must be|please) log(?:ged)? in to (?:post|leave|comment)",
            r"(?i)^\W*(?:sorry,? )?(?:we are not currently accepting comments|comments (?:are|have been|on this \w+ are) (?:now )?(?:closed|disabled|turned off))\b",
            r"(?i)^\W*have (?:something|anything) to (?:add|say)\b.{0,80}\bcomments?\b",
            r"(?i)^\W*join the (?:conversation|discussion|debate)\W*$",
            r"(?i)^\W*this site uses akismet",
            r"(?i)^\W*(?:hinterlasse|schreibe?) (?:uns )?(?:einen? )?(?:antwort|kommentar)\b.{0,40}$",
            r"(?i)^\W*(?:laisser un commentaire|deja (?:un comentario|una respuesta))\b.{0,40}$",
        ),
    ),
    Rule(
        "share_bar",
        "Buttons and links for passing the article on.",
        "Share on Facebook Tweet Email",
        300,
        forms(
            r"(?i)^\W*(?:(?:share|tweet|retweet|pin(?: it)?|post|e-?mail|mail|print|save|copy|link|like|send|reddit|tumblr|flipboard|facebook|twitter|pinterest|linkedin|whatsapp|telegram|messenger|google\+?|instagram|youtube|rss|x|bluesky|threads|on|via|to|by|with|a|this|article|story|page|friends?|comments?|more|partager|teilen|compartir)\b[\W_]*){2,}$",
            r"(?i)^\W*(?:share|partager|teilen|compartir)(?: this)?\W*$",
            r"(?i)^\W*read or share this story\b",
            r"(?i)^\W*(?:click|tap) to (?:share|e-?mail|print)\b.{0,80}\b(?:on|to|link|opens)\b",
            holding(
                "opens in new window",
                r"(?i)^\W*(?:click|tap|share|print|e-?mail|facebook|twitter)\b.*\(opens in new window\)",
            ),
        ),
    ),
    Rule(
        "follow_line",
        "An invitation to follow someone on a social network.",
        "Follow Jane Roe on Twitter: @janeroe.",
        250,
        forms(
            r"(?i)^\W*(?:you (?:can|may) )?(?:also )?follow\b[^.!?]{0,70}\b(?:on|at|via) (?:her |his |our )?(?:twitter|facebook|instagram|youtube|linkedin|tiktok|telegram|snapchat|bluesky|mastodon)\b",
            r"(?i)^\W*(?:you (?:can|may) )?follow\b[^.!?]{0,70} @\w",
            r"(?i)^\W*(?:like|join|find|connect with|add) us (?:on|at) \w",
            r"(?i)^\W*follow (?:us|cnn opinion|me)\b",
            r"(?i)^\W*(?:please )?(?:send|e-?mail) (?:your )?(?:news )?tips to\b",
            r"(?i)^\W*(?:contact|e-?mail|to reach) [^.]{3,80}(?: at|:|,) ?\S+@\S+\.\w",
            r"^\W*\S+@\S+\.\w{2,6}\W*$",
            r"(?i)^\W*(?:got|have) a (?:news )?tip\b",
        ),
    ),
    Rule(
        "newsletter",
        "An offer of a newsletter, an alert, a podcast or a subscription.",
        "Sign up for our morning newsletter and get the day's news in your inbox.",
        600,
        forms(
            holding(
                "you ",
                r"(?i)\bby (?:signing|subscribing|registering)(?: up)?,? you (?:agree|accept|consent)",
            ),
            (
                r"(?i)^\W*(?:please )?(?:sign up|subscribe|register)\b",
                r"(?i)\b(?:newsletters?|inbox|mailing list|alerts?|briefings?|podcasts?|channel|e-?mails?|morning|weekly|updates|free trial|today|itunes|premium)\b",
                r"^.{0,320}$",
            ),
            r"(?i)^\W*get\b.{0,200}\b(?:in|to) your (?:inbox|e-?mail|mailbox)\b",
            (
                holding("inbox", r"(?i)\b(?:in|to) your inbox\b"),
                r"(?i)\b(?:sign up|signing up|subscribe|click here)\b",
            ),
            holding("email sign up", r"\bEmail Sign Up\b"),
            (r"(?i)^\W*(?:click|tap) here\b", r"(?i)\b(?:subscri\w+|newsletter|inbox|must-read)\b"),
            r"(?i)^\W*(?:sign up|subscribe)(?: (?:here|now|today|free))?\W*$",
            r"(?i)^\W*(?:our )?(?:daily |weekly |free )?newsletters?\W*$",
            r"(?i)^\W*(?:abonnez-vous|inscrivez-vous|suscr[ií]b[ae](?:te|se)|jetzt abonnieren)\b.{0,120}$",
        ),
    ),
    Rule(
        "cookie_notice",
        "A notice about cookies or consent.",
        "We use cookies to give you the best experience on our website.",
        600,
        forms(
            holding(
                "cookies", r"(?i)\b(?:(?:web)?site|we|page|partners) (?:also )?uses? cookies\b"
            ),
            holding(
                "cookies",
                r"(?i)\b(?:accept|agree to|consent to|manage|reject)(?: all| our| the)?(?: use of)? cookies\b",
            ),
            (r"(?i)^\W*by (?:continuing|using|browsing|clicking)", r"(?i)\bcookies\b"),
            r"(?i)^\W*cookies? (?:policy|notice|settings|preferences|consent)\W*$",
        ),
    ),
    Rule(
        "advertisement",
        "The label of an advertisement.",
        "Advertisement",
        80,
        forms(
            r"(?i)^\W*(?:advertisements?\W*){1,3}(?:continue reading(?: the main story)?)?\W*$",
            r"(?i)^\W*(?:sponsored(?: content| by [^.]{2,40})?|paid (?:content|post)|promoted(?: content)?|publicit[ée]|publicidad|pubblicità|anzeige|werbung|reklame|advertentie)\W*$",
            r"(?i)^\W*(?:ads? by|powered by|promoted by) \w[^.]{0,30}\W*$",
        ),
    ),
    Rule(
        "continuation",
        "Says that the story goes on elsewhere on the page.",
        "Story continues below advertisement",
        100,
        forms(
            r"(?i)^\W*(?:story|article|text|post|content) continue[sd]?(?: reading)?(?: (?:below|after))?(?: (?:the |this )?(?:ad|advertisement|video|photo|image|gallery))?\W*$",
            r"(?i)^\W*(?:continue|keep) reading(?: below| the main story| this article)?\W*$",
            r"(?i)^\W*scroll down (?:for|to) [^.]{2,40}\W*$",
            r"(?i)^\W*(?:skip (?:to|past|advert|ad)\b[^.]{0,40}|back to top|next page|previous page|page \d+ of \d+|loading|please wait|\[?break\]?|\[?more\]?)\W*$",
        ),
    ),
    Rule(
        "related_link",
        "A link to another article, or the heading of a list of them.",
        "READ MORE: Harbour bridge to close for a year",
        220,
        forms(
            r"(?i)^\W*(?:related(?: \w+)?|read more(?: (?:here|at|on)\b[^:]{0,30})?|read also|also read|see also|read next|up next|must read|don['’]t miss|you (?:may|might) (?:also )?like|further reading|recommended(?: reading)?|full coverage|lire aussi|à lire aussi|mehr zum thema|lesen sie auch|lee también|leer más|leggi anche) ?:",
            (
                r"^\W*(?:More|MORE|Watch|WATCH|Opinion|OPINION|VIDEO|PHOTOS|See more|Also) ?:",
                r"[^.:]$|\.\.\.$",
                r"^(?!.*(?:\(@|https?://|twitter\.com/))",
            ),
            r"^\W*(?:MORE|WATCH|SEE|READ) ?:$",
            r"(?i)^[^.]{8,200}[^.:,] Read more$",
            r"(?i)^\W*(?:(?:related|more|top|trending|other|high impact|popular|featured|latest) (?:stories|articles|content|coverage|news|posts|links|videos|topics)\b(?: from [^.:]{2,40})?|read more|most (?:read|popular|viewed|shared)|trending(?: now)?|recommended(?: for you)?|editors?['’]?s? picks?|you (?:may|might) also like|also on [^.:]{2,30}|what to read next|read the full (?:story|article)(?: here)?|related|see more)\W*$",
            r"^MORE (?:FROM|ON|IN) [^.:]{2,50}$",
            r"(?i)^\W*to read more (?:editorials|columns|opinions|stories|articles)\b",
            r"(?i)^\W*previously (?:in|on) [^.]{2,30}:$",
            r"(?i)^\W*(?:click|tap) here (?:for|to) (?:read |see |watch |view |get )?(?:more|the full|the latest|complete)\b.{0,100}$",
            r"(?i)^\W*for more (?:on|information|stories|news)\b.{0,120}\b(?:click|visit|go to|see|check out)\b",
            r"(?i)^\W*read (?:the full|more|full) (?:story|article|from|at|on)\b[^.]{0,60}(?:\.\w{2,3})?\W*$",
        ),
    ),
    Rule(
        "video_player",
        "Controls and captions of a video or audio player.",
        "JUST WATCHED A bridge falls Replay More Videos ... MUST WATCH A bridge falls 01:02",
        400,
        forms(
            holding("replay more", r"\bReplay More Videos\b"),
            r"^JUST WATCHED\b",
            r"(?i)^\W*(?:play|watch) video (?:\d|$)",
            holding("media playback", r"(?i)\bmedia playback is (?:not supported|unsupported)"),
            r"(?i)^\W*(?:video|poll|audio|media|tweet|gallery) (?:loading|player)\b.{0,40}$",
            holding("listen · ", r"(?i)\blisten · \d+:\d\d"),
            r"(?i)^\W*listen to (?:this )?article\b.{0,60}$",
            r"(?i)^\W*(?:on|using) a mobile device\b.{0,60}$",
            r"(?i)^\W*(?:watch|listen to|see|view)(?: the| a| this)?(?: full| latest)? (?:videos?|clip|interview|segment|episode|audio|podcast)(?: (?:below|above|here))?(?:,? (?:via|from|courtesy of) [^.]{2,30})?\W*$",
            r"(?i)^\W*(?:watch|listen)(?: more)?(?: (?:below|above|here|live|now))?\W*$",
            r"(?i)^(?:youtube|close|play|pause|mute|unmute|replay|fullscreen|autoplay)$",
        ),
    ),
    Rule(
        "tags",
        "Topics that the article is filed under.",
        "Tags: harbour, bridges, transport",
        250,
        forms(
            (
                r"(?i)^\W*(?:this article (?:is )?)?(?:tags?|tagged(?: (?:with|under|as|in))?|filed (?:under|in|to)|topics?|categor(?:y|ies)|keywords|posted in) ?:",
                r"[^.]$",
            ),
            r"(?i)^\W*(?:tags|topics in this article|explore more on these topics)\W*$",
        ),
    ),
    Rule(
        "section_label",
        "The kind of article, as a label.",
        "ANALYSIS/OPINION:",
        40,
        forms(
            r"^(?:ANALYSIS|OPINION|COMMENTARY|EDITORIAL|COLUMN|EXCLUSIVE)(?:/[A-Z]+)?:?$",
            r"(?i)^(?:analysis|opinion|commentary|editorial|op-ed)(?:/\w+)?:?$",
        ),
        "start",
    ),
    Rule(
        "site_notice",
        "What the site says about itself, the browser or the account.",
        "Please enable JavaScript to view this page.",
        400,
        forms(
            r"(?i)\b(?:enable|turn on|requires?|activate) (?:java ?script|cookies|flash)\b.{0,60}\b(?:to|browser|view)",
            r"(?i)^\W*your browser (?:does not|doesn['’]t|is not|isn['’]t) ",
            r"(?i)^\W*chat with us in facebook messenger\b",
            holding("guidelines", r"(?i)\bour submission guidelines\b"),
            holding("recaptcha", r"(?i)\bprotected by recaptcha\b"),
            r"(?i)^\W*(?:(?:terms of (?:use|service)|privacy (?:policy|notice|statement)|contact us|about us|site map|do not sell my (?:personal )?info\w*|accessibility|help)[\W_]*(?:and )?){1,8}$",
            r"(?i)^\W*(?:download|get|install) (?:the|our) (?:free )?(?:[\w ]{1,30} )?app\b.{0,80}$",
            r"(?i)\b(?:you(?:['’]re| are| have|['’]ve)? (?:using|reached|blocking)|disable your|turn off your) (?:an? )?(?:ad ?blocker|your (?:limit|free))",
            r"(?i)^\W*already (?:a|have a|an?) (?:subscriber|member|account|subscription)\b.{0,60}$",
            r"(?i)^\W*(?:print(?: this)?(?: article| page)?|log in|sign in|register|my account|search|menu)\W*$",
        ),
    ),
)
