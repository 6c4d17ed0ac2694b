"""What people ask about by name (screenshots, location, keystrokes ...), and what a policy's own words say about each.

Absence in the policy is absence in the policy, not proof that a thing is not done: the three findings are kept apart.
Words of the larger European languages are known as well, since a plan is written in the language of its people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.policy import Policy, Tracked

SUBJECTS: dict[str, str] = {
    "screenshots": r"screen ?shots?|screen ?grabs?|screen captures?|screen ?recordings?|screens?|image of (the|your) screen"
    r"|bildschirm\w*|captures? d'écrans?|écrans?|capturas? de (pantalla|tela)|pantallas?|telas?|schermat\w+|schermo"
    r"|schermafdruk\w*|skärm\w*|zrzut\w* ekranu",
    "keystrokes": r"key ?strokes?|key ?logg\w*|key ?press\w*|keys (you )?(press|type)\w*|keyboards?|typing|typed|mouse|clicks?"
    r"|tastatur\w*|tasten\w*|clavier|frappes?|teclado|teclas?|tastiera|toetsen\w*|ratón|souris",
    "camera_audio": r"web ?cams?|cameras?|cams?|videos?|audio|sound|microphones?|voice|(?<!on[- ])(?<!between )calls?(?! (queues?|cent\w+|volumes?|duty|out))|telephones?|telephony"
    r"|conversations?|what you say|recordings? of (you|calls?)|photos?|pictures?|kamera\w*|ton|anrufe?|gespräche|appels?|caméras?"
    r"|son|llamadas?|cámaras?|vídeos?|áudio|ligações|câmeras?|chiamate|videocamere|geluid",
    "location": r"locations?|gps|geo\w*|where you are|whereabouts|positions?|routes?|tracking of vehicles?|vehicle tracking|door badges?"
    r"|ip address\w*|standort\w*|ortung|localisation|géolocalisation|ubicación|localização|posizione|locatie",
    "apps_websites": r"apps|applications?|app (use|usage|names?|categor\w+|titles?)|web ?sites?|web ?pages?|urls?|(?<!in the )brows\w+|window titles?|open windows?"
    r"|(?<!per )(?<!by )(?<!each )programs?|software (you )?use\w*|internet|online activity|search histor\w+|sites visited|domains?|anwendungen"
    r"|(geöffnete|offene|genutzte|verwendete|benutzte|welche|und) programme|webseiten|sites? web|navigateur|sitios web|aplicaciones|aplicativos|navegação|siti web|applicazioni",
    "messages": r"e-?mails?|mail|mailbox\w*|messages?|messaging|chats?|slack|correspondence|what you write|files?|documents?|drawings?"
    r"|content of your \w+|nachrichten|messageries?|courriels?|mensajes|correos?|mensagens|messaggi|berichten",
    "personal_device": r"(?<!'s )(personal|private|own|your|employees?'?) (\w+, )*(\w+ (and|or) )?(devices?|phones?|computers?|laptops?|equipment|tablets?|machines?)"
    r"|own phone|private\w* (geräte|handys?|telefone)|appareils? (personnels?|privés?)|téléphones? (personnels?|privés?)"
    r"|dispositivos? personale?s|telefoni|teléfonos? personale?s|byod",
    "idle": r"idle\w*|inactiv\w*|activity (level|rate|percentage|score)s?|active time|away time|keyboard and mouse|mouse and keyboard|leerlauf\w*"
    r"|inactivité|inactividad|inatividade|inattività",
    "off_hours": r"(outside|out of|after|beyond|off|before) (of )?(your |their |the |our |my )?(\w+ ){0,2}(hours?|shifts?|work|duty|time|times|work ?day)"
    r"|after you (sign|log|clock) (out|off)|off[- ](duty|hours|shift|the clock)|rest days?"
    r"|evenings?|nights?|weekends?|days off|free time|on days without [\w-]+( duty)?|holidays?|private time"
    r"|hors de vos horaires|außerhalb\w* \w+|feierabend|fuera de\w* \w+|fora d\w+ \w+|fuori orario",
}
"""Patterns by subject. The words are looked for as whole words, whatever their case."""

_PATTERNS = {name: re.compile(rf"(?<![\w-])({pattern})(?![\w])", re.IGNORECASE) for name, pattern in SUBJECTS.items()}
_NEGATED = re.compile(
    r"\b(no|not|never|without|none|nothing|neither|nor|nobody|excluding|isn't|aren't|nie|kein\w*|nicht|ohne|jamais|sans|pas"
    r"|aucun\w*|sin|nunca|ningun\w*|sem|nenhum\w*|mai|senza|nessun\w*)\b",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"\b(outside|out of|between|during|while|whilst|when|after|before|except|unless|other than|beyond|apart from|only|on (\w+ )?days?|to (colleagues|patients|customers|clients|each other)"
    r"|on weekends?|personal|private|own|unblurred|full|raw|detailed|without|hors|außer\w*|während|fuera|fora|fuori|pendant)\b",
    re.IGNORECASE,
)
_EVERYTHING = re.compile(
    r"\b(anything|everything|any|all|whatever|nothing|time|hours|work|activity|alles|tout|todo|tudo|tutto)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;,:()]|\bbut\b|\band\b")


@dataclass(frozen=True, slots=True)
class Found:
    """What the policy says of one subject: items it records, items whose detail rules it out, lines under *not tracked*."""

    tracked: tuple[Tracked, ...]
    ruled_out: tuple[Tracked, ...]
    not_tracked: tuple[str, ...]
    limited: bool
    """Whether every line under *not tracked* holds for certain times, places or things only."""


def find(policy: Policy, subject: str) -> Found:
    """Look for one of SUBJECTS in what is tracked and what is not."""
    pattern = _PATTERNS[subject]
    tracked, ruled_out = [], []
    for item in policy.tracked:
        claims = [_claims(_straight(text), pattern) for text in (item.what, item.detail)]
        if _denied(item) and pattern.search(item.what):
            ruled_out.append(item)
        elif True in claims:
            tracked.append(item)
        elif False in claims:
            ruled_out.append(item)
    named = tuple(line for line in policy.not_tracked if pattern.search(_straight(line)))
    return Found(
        tuple(tracked), tuple(ruled_out), named, limited=bool(named) and all(_limits(line, subject) for line in named)
    )


def _straight(text: str) -> str:
    return text.replace("\u2019", "'")


def _claims(text: str, pattern: re.Pattern[str]) -> bool | None:
    """True when some clause names the subject, False when it is named only to be ruled out, None when it is not named."""
    named = [clause for clause in _CLAUSE.split(text) if pattern.search(clause)]
    if not named:
        return bool(pattern.search(text)) or None
    return any(not _NEGATED.search(clause) for clause in named)


def _denied(item: Tracked) -> bool:
    words = item.detail.split()
    return bool(words) and bool(_NEGATED.fullmatch(words[0].strip(".,;:")))


def _limits(line: str, subject: str) -> bool:
    if subject == "off_hours":
        return not _EVERYTHING.search(line)
    if subject == "personal_device":
        return False
    return bool(_LIMITED.search(_PATTERNS[subject].sub(" ", line)))
