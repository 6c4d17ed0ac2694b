"""What somebody typed, brought into the shape that is matched: without markup, greetings and shorthand, in sentences.

Nothing here changes what is asked; it removes what different people wrap the same question in.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 4000
"""Characters of a question that are read, which is what Slack lets people type."""
MOST_SENTENCES = 40

_CODE = re.compile(r"```.*?(```|\Z)|`[^`\n]*`", re.DOTALL)
_MARKUP_LINK = re.compile(r"<(?:https?|mailto|tel):[^>|]*(?:\|([^>]*))?>")
_MENTION = re.compile(r"<[@#!][^>|]*(?:\|([^>]*))?>")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+\.\w+")
_EMOJI = re.compile(r":[a-z0-9_+-]+:")
_EMPHASIS = re.compile(r"(?<!\w)[*_~]+(?=\S)|(?<=\S)[*_~]+(?!\w)")
_MARKS = re.compile(r"[`<&:@*_~]")
"""Without one of these there is no markup, code, address or emoji in a text."""
_LONG_DRAWN = re.compile(r"(\w)\1{2,}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+|;\s+")
_BEGINS = r"(?:who|whom|whose|how|what|when|where|why|which|does|do|did|is|are|am|was|can|could|will|would|may|must|should|has|have)\b"
_ASKS = re.compile(_BEGINS, re.IGNORECASE)
_NEXT_ASKING = re.compile(
    rf"(?:\s*,)?\s+(?:and|plus|also|as well as)\s+(?:also\s+|then\s+|if so,?\s+)?(?={_BEGINS})|\s*,\s*(?={_BEGINS})",
    re.IGNORECASE,
)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}

SHORTHAND = {
    "u": "you", "r": "are", "ur": "your", "y": "why", "pls": "please", "plz": "please", "tho": "though", "wat": "what",
    "wut": "what", "wats": "what is", "whats": "what is", "hrs": "hours", "hr": "HR", "mgr": "manager", "mgrs": "managers",
    "tl": "team lead", "rn": "right now", "bc": "because", "cuz": "because", "coz": "because", "tbh": "honestly",
    "idk": "I do not know", "btw": "", "afk": "away from the keyboard", "wfh": "work from home", "im": "I am", "ive": "I have",
    "dont": "do not", "doesnt": "does not", "cant": "cannot", "wont": "will not", "isnt": "is not", "arent": "are not",
    "didnt": "did not", "havent": "have not", "hasnt": "has not", "theyre": "they are", "youre": "you are", "thats": "that is",
    "wheres": "where is", "hows": "how is", "whos": "who is", "lol": "", "lmao": "", "omg": "", "wtf": "what", "ffs": "",
    "gonna": "going to", "wanna": "want to", "gotta": "have to", "yday": "yesterday", "pics": "pictures", "pic": "picture",
    "msgs": "messages", "msg": "message", "convo": "conversation", "ppl": "people", "prob": "problem", "anon": "anonymous",
    "ack": "acknowledge", "vid": "video", "vids": "videos", "mins": "minutes", "cos": "because", "abt": "about",
    "thru": "through", "w/": "with", "w/o": "without", "b4": "before", "dept": "department", "mgmt": "management",
    "biz": "business", "fam": "", "bruh": "", "ngl": "", "imo": "", "imho": "", "asap": "soon", "thx": "", "ty": "",
}  # fmt: skip
"""What people shorten, written out."""

_FILLER = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|sorry|excuse me|look|listen|so|well|ok|okay|honestly|just|by the way|quick question|question"
    r"|please|and|but|um|oh|wait|dear bot|hi all|team|hi team|no offen[cs]e)\b[\s,.:!-]*)+"
    r"|^(?:(?:could|can|would|will) (?:you|somebody|someone|anybody|anyone) (?:please |kindly )?(?:tell (?:me|us)|let (?:me|us) know"
    r"|explain(?: to (?:me|us))?|clarify|say|confirm)\b(?: if| whether)?"
    r"|(?:may|can|could) i (?:please )?(?:ask|know)\b(?: if| whether)?|i(?: was| am|'m)? (?:just )?wonder(?:ing)?\b(?: if| whether)?"
    r"|i(?: would|'d) (?:just )?(?:like|love|be grateful) to (?:know|understand|hear)\b(?: if| whether)?|do you know (?:if|whether)?"
    r"|i (?:just )?(?:want|need) to know\b(?: if| whether)?|(?:please )?tell (?:me|us)\b(?: if| whether)?|does (?:anybody|anyone) know\b(?: if| whether)?"
    r"|would you mind (?:telling me|explaining)|my question is)[\s,:]*"
    r"|[\s,]+(?:please|thanks|thank you|huh|by the way|if i may ask|yes or no|or what|or not|mate|guys|folks)\s*[?.!]*$",
    re.IGNORECASE,
)
_FEWEST_WORDS = 2


def plain(text: str) -> str:
    """The question without Slack's markup, code, addresses and emoji; empty if no letter or digit is left."""
    text = unicodedata.normalize("NFKC", text[: LONGEST * 2]).replace("\u2019", "'")
    text = _unmarked(text) if _MARKS.search(text) else text
    text = text.translate(_QUIET) if text.isascii() else "".join(map(_quiet, text))
    text = "\n".join(" ".join(line.split()) for line in text[:LONGEST].splitlines() if line.strip(" >•-*"))
    return text if any(character.isalnum() for character in text) else ""


def _unmarked(text: str) -> str:
    text = _CODE.sub(" ", text)
    for pattern in (_MARKUP_LINK, _MENTION):
        text = pattern.sub(" ", text)
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    text = _EMOJI.sub(" ", _ADDRESS.sub(" ", text))
    return _EMPHASIS.sub("", text)


def _quiet(character: str) -> str:
    """The character, or a space for one that is no part of what somebody says."""
    noise = character != "\n" and unicodedata.category(character) in {"So", "Sk", "Cc", "Cf", "Cs", "Co", "Cn"}
    return " " if noise else character


_QUIET = {code: _quiet(chr(code)) for code in range(128)}


def essence(sentence: str) -> str:
    """One text as it is matched: shorthand written out, stretched letters shortened, greetings and thanks dropped."""
    words = _LONG_DRAWN.sub(r"\1\1", sentence)
    if not SHORTHAND.keys().isdisjoint(_WORD.findall(words.lower())):
        words = _WORD.sub(_written_out, words)
    words = " ".join(words.split()).strip(" ,;-")
    for _ in range(3):
        shorter = _FILLER.sub("", words).strip(" ,;-")
        if shorter == words or len(_WORD.findall(shorter)) < _FEWEST_WORDS:
            break
        words = shorter
    return words


def _written_out(match: re.Match[str]) -> str:
    word = match[0]
    return word if word in {"HR", "IM"} else SHORTHAND.get(word.lower(), word)


def sentences(text: str) -> list[str]:
    """The sentences that say something, in order; of very many the first and the last, where people come to the point."""
    found = [part.strip() for part in _SENTENCE_END.split(text)]
    told = [part for part in found if _WORD.search(part)]
    return told if len(told) <= MOST_SENTENCES else told[: MOST_SENTENCES // 2] + told[-MOST_SENTENCES // 2 :]


def askings(sentence: str) -> list[str]:
    """What one sentence asks: "who sees it and how long is it kept" asks two things. The sentence itself if it is one."""
    parts = [essence(part) for part in _NEXT_ASKING.split(sentence)]
    if all(_ASKS.match(part) and len(_WORD.findall(part)) > _FEWEST_WORDS for part in parts):
        return parts
    return [sentence]


def words(text: str) -> list[str]:
    """The words in small letters."""
    return [word.lower() for word in _WORD.findall(text)]


def with_tool_called(text: str, tool: str) -> str:
    """The question with the tool's own name replaced by the words that the book uses for it."""
    name = tool.strip()
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "the tool", text, flags=re.IGNORECASE) if name else text
