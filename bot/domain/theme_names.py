"""The themes in words that somebody understands who has never seen the taxonomy."""

from __future__ import annotations

from bot.domain.pushback import Theme

THEME_NAMES = {
    Theme.TRUST: "Being trusted",
    Theme.REASON: "Why it is introduced",
    Theme.WHAT_IS_TRACKED: "What is tracked",
    Theme.SCREENSHOTS: "Screenshots",
    Theme.WHO_SEES: "Who sees it",
    Theme.REALTIME_VISIBILITY: "Being watched live",
    Theme.ROLE_FAIRNESS: "Fairness between roles",
    Theme.BREAKS_IDLE: "Breaks and idle time",
    Theme.OFF_HOURS: "Outside working hours",
    Theme.PERSONAL_DEVICE: "Personal devices",
    Theme.RETENTION: "How long it is kept",
    Theme.OWN_DATA: "Seeing one's own data",
    Theme.PERFORMANCE_USE: "Use for appraisal",
    Theme.LEGALITY_CONSENT: "Legality and consent",
    Theme.ACCURACY: "Accuracy and corrections",
    Theme.OVERHEAD: "The effort it takes",
    Theme.OPT_OUT: "Opting out",
    Theme.INSTALL_HELP: "Installing it",
    Theme.REVIEW_CADENCE: "How often it is reviewed",
    Theme.PILOT: "The pilot",
    Theme.CONTACT: "Whom to turn to",
    Theme.OTHER: "Something else",
}


def theme_name(theme: str) -> str:
    """`realtime_visibility` as `Being watched live`; what is not a theme stays as it is."""
    return THEME_NAMES[Theme(theme)] if theme in set(Theme) else theme
