"""Which language a question is in, so that the bot can say that its book is in another one.

Small words decide, since nobody writes three sentences without them; a few letters settle the scripts. When in doubt it
is the book's language: a slangy English question must not be turned away as Dutch.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import chain

from faq.wording import words

DEFAULT = "en"
NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
    "pl": "Polish", "sv": "Swedish", "da": "Danish", "cs": "Czech", "tr": "Turkish", "fi": "Finnish", "ro": "Romanian",
    "hu": "Hungarian", "ru": "Russian", "el": "Greek", "ar": "Arabic", "he": "Hebrew", "ja": "Japanese", "ko": "Korean",
    "zh": "Chinese", "th": "Thai", "hi": "Hindi", "xx": "another language",
}  # fmt: skip
"""Languages that can be told apart."""

_SCRIPTS = {
    "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar", "HEBREW": "he", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko",
    "CJK": "zh", "THAI": "th", "DEVANAGARI": "hi",
}  # fmt: skip
_SMALL_WORDS = {
    "en": "the a an is are was were do does did what who why how when where which can could will would should i you we they he she it"
    " my your our their this that these those not no of to in on for with from at by be been have has had if or and but me us them am"
    " there here just get got about any all it's don't i'm work time boss see hours as so than then its im dont whats",
    "de": "der die das ein eine einen einem ist sind war wird werden wurde ich du er sie wir ihr mein meine meinen dein sein unser"
    " nicht kein keine und oder aber wenn weil dass daß mit von zu zum zur auf für bei nach aus was wer wie warum wann wo wieso"
    " kann können muss müssen darf dürfen soll mich mir dich uns euch auch noch schon hier habe hat haben gibt wozu welche"
    " meiner im am den dem des mal eigentlich denn sehen chef arbeit",
    "fr": "le la les un une des du de est sont était je tu il elle nous vous ils mon ma mes ton son notre votre ne pas et ou mais si"
    " que qui quoi quand où comment pourquoi avec pour dans sur par au aux ce cette ces est-ce qu'est c'est j'ai peut peuvent"
    " dois doit quel quelle quels combien mes être avoir fait suis ai qu'on l'outil d'un d'une y en se sera",
    "es": "el la los las un una unos es son era yo tú él ella nosotros mi mis tu su sus nuestro no y o pero si que qué quién quiénes cuándo"
    " dónde cómo por para con en de del al este esta estos esto puede pueden puedo debo tengo tiene hay se me nos lo le cuánto"
    " cuál está están ser porque jefe",
    "it": "il lo la gli le un una è sono era io tu lui lei noi voi mio mia miei tuo suo nostro non e o ma se che chi cosa quando dove"
    " come perché per con in di del della dei al alla questo questa può possono posso devo ho ha abbiamo mi ci si quanto quale"
    " nel nella anche dal sul cui capo",
    "pt": "o a os as um uma é são era eu tu ele ela nós meu minha meus seu sua nosso não e ou mas se que quem quando onde como por"
    " para com em de do da dos das no na ao este esta isso pode podem posso devo tenho tem há me nos quanto qual está você"
    " vocês porquê também já foi ser chefe",
    "nl": "de het een is zijn was ik jij je hij zij wij we mijn jouw ons onze niet geen en of maar als dat die wat wie waarom wanneer"
    " waar hoe met van te voor op bij naar uit aan kan kunnen moet moeten mag wordt worden deze dit ook nog al heb heeft"
    " hebben er mij hun baas",
    "pl": "jest są był nie tak i lub ale jeśli że kto co kiedy gdzie jak dlaczego czy z na w do od dla po przez mój moja moje mnie"
    " mi się to ten ta te być mam ma mamy mogę może muszę będzie jaki jaka które szef",
    "sv": "är och att det som en ett jag du han hon vi ni de min mitt mina inte eller men om vad vem varför när var hur med på av för"
    " till från kan måste får ska har hade den detta dessa mig oss chef",
    "da": "er og at det som en et jeg du han hun vi min mit mine ikke eller men om hvad hvem hvorfor hvornår hvor hvordan med på af"
    " for til fra kan skal må har den dette mig os",
    "cs": "je jsou byl ne a nebo ale jestli že kdo co kdy kde jak proč s na v do od pro po můj moje mě mi se to ten ta být mám má"
    " můžu může musím bude jaký jaká které",
    "tr": "bir bu şu ve veya ama değil mi mı mu ne kim neden nasıl nerede ben sen biz siz benim için ile gibi var yok olarak"  # noqa: RUF001 - Turkish letters
    " daha çok ki",
    "fi": "on ei ja tai mutta jos että mitä kuka miksi milloin missä miten minä sinä me te minun tämä se voiko onko saako kun",
    "ro": "este sunt nu și sau dar dacă că cine ce când unde cum de pentru cu în la pe din mea meu mele mă îmi se poate trebuie",
    "hu": "egy az és vagy de ha hogy ki mi mikor hol miért nem van én te mi nekem ez azt lehet kell",
}
_LISTS = {language: frozenset(listed.split()) for language, listed in _SMALL_WORDS.items()}
_BY_WORD = {
    word: [each for each, small in _LISTS.items() if word in small] for word in frozenset().union(*_LISTS.values())
}
_FEWEST, _LEAD = 2, 1.5


def language_of(text: str, default: str = DEFAULT) -> str:
    """Two letters; `default`, which is the book's language, when in doubt; `xx` for a script that is not known."""
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return default
    script = "LATIN" if text.isascii() else _script(letters)
    if script != "LATIN":
        return _SCRIPTS.get(script, "xx")
    asked = words(text)
    counts = dict.fromkeys(_LISTS, 0)
    for language in chain.from_iterable(_BY_WORD.get(word, ()) for word in asked):
        counts[language] += 1
    best = max((language for language in counts if language != default), key=lambda language: counts[language])
    seen = counts[best] + (0 if best == DEFAULT else _accents(letters))
    sure = counts[best] and seen >= _FEWEST and seen > _LEAD * counts.get(default, 0)
    return best if sure else default


def _accents(letters: list[str]) -> int:
    return min(2, sum(not letter.isascii() for letter in letters))


def _script(letters: list[str]) -> str:
    seen = Counter(unicodedata.name(letter, "LATIN").split()[0].removesuffix("-UNIFIED") for letter in letters)
    if seen["HIRAGANA"] + seen["KATAKANA"]:
        return "HIRAGANA"
    return seen.most_common(1)[0][0]
