"""Words by which exports say yes or no, a gender, and whether somebody agreed.

In six languages, folded like the other code words. What is not known is not said: an
empty answer to a consent question is no consent, and no refusal either.
"""

from foyer_node.connectors.headers import fold

PURPOSES = (
    "SERVICE",
    "ANALYTICS_LOCAL",
    "CONSORTIUM_STATISTICS",
    "SURVEY_INVITE",
    "MARKETING_EMAIL",
    "MARKETING_SMS",
    "PERSONAL_INSPIRATION",
    "SHARE_WITH_PRODUCER",
)
"""What a visitor can agree to (data model C.1, consent)."""

CONSENT_FIELDS = {f"consent_{purpose.lower()}": purpose for purpose in PURPOSES}
"""The canonical field of each purpose."""


def words_of(line: str) -> frozenset[str]:
    """The words of a line, parted by bars."""
    return frozenset(line.split("|"))


_YES = words_of(
    "yes|y|true|1|x|on|opt in|opted in|subscribed|accepted|given|ja|tilmeldt|akkoord|oui|o|vrai"
    "|abonne|inscrit|sant|kylla|k|tosi"
)
_NO = words_of(
    "no|n|false|0|off|opt out|opted out|unsubscribed|declined|refused|nej|afmeldt|nee|non|faux"
    "|desabonne|desinscrit|falskt|ei|e|epatosi"
)
_GENDERS = {
    word: code
    for code, words in {
        "WOMAN": "woman|female|f|w|mrs|ms|miss|kvinde|k|vrouw|v|femme|madame|mme|kvinna|nainen",
        "MAN": "man|male|m|mr|mand|homme|monsieur|mies",
        "OTHER": "other|non binary|nonbinary|x|d|andet|anders|autre|annat|muu",
        "NOT_STATED": "not stated|prefer not to say|unknown|not specified|uoplyst|onbekend"
        "|non precise|inconnu|okand|ei ilmoitettu",
    }.items()
    for word in words_of(words)
}


def is_yes(word: str) -> bool | None:
    """Whether a word says yes; None if it says neither.

    >>> is_yes("Oui"), is_yes("0"), is_yes("perhaps")
    (True, False, None)
    """
    folded = fold(word)
    return True if folded in _YES else False if folded in _NO else None


def gender_of(word: str) -> str:
    """The code of a gender, "" if the word is not known.

    >>> gender_of("Kvinde"), gender_of("M"), gender_of("?")
    ('WOMAN', 'MAN', '')
    """
    return _GENDERS.get(fold(word), "")


def consent_of(word: str) -> str:
    """The status of a consent: GIVEN, REFUSED, WITHDRAWN or SOFT_OPT_IN; "" if not said."""
    folded = fold(word)
    code = folded.replace(" ", "_").upper()
    if code in {"WITHDRAWN", "SOFT_OPT_IN"}:
        return code
    answer = is_yes(folded)
    return "" if answer is None else "GIVEN" if answer else "REFUSED"
