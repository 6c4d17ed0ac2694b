"""What kinds of objection there are. An objection has a theme; it never has an author."""

from __future__ import annotations

from enum import StrEnum


class Theme(StrEnum):
    """The taxonomy of DESIGN.md."""

    TRUST = "trust"
    REASON = "reason"
    WHAT_IS_TRACKED = "what_is_tracked"
    SCREENSHOTS = "screenshots"
    WHO_SEES = "who_sees"
    REALTIME_VISIBILITY = "realtime_visibility"
    ROLE_FAIRNESS = "role_fairness"
    BREAKS_IDLE = "breaks_idle"
    OFF_HOURS = "off_hours"
    PERSONAL_DEVICE = "personal_device"
    RETENTION = "retention"
    OWN_DATA = "own_data"
    PERFORMANCE_USE = "performance_use"
    LEGALITY_CONSENT = "legality_consent"
    ACCURACY = "accuracy"
    OVERHEAD = "overhead"
    OPT_OUT = "opt_out"
    INSTALL_HELP = "install_help"
    REVIEW_CADENCE = "review_cadence"
    PILOT = "pilot"
    CONTACT = "contact"
    OTHER = "other"


CORE_ENTRIES = ("trust", "breaks-idle", "realtime-visibility", "role-fairness")
"""The answers that managers hold before anything is announced (GUIDE.md step 4), by FAQ entry id."""
