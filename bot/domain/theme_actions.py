"""What can be done about each theme when many people speak of it: one sentence that somebody can carry out (GUIDE.md step 4)."""

from __future__ import annotations

from bot.domain.pushback import Theme

TO_DO = {
    Theme.TRUST: "Say again, in the team's channel, which clients or rules require the hours, and that nothing else is meant",
    Theme.REASON: "Give the reason again with what happened: which client, which dispute, which rule, since when",
    Theme.WHAT_IS_TRACKED: "List in the policy every kind of data with one example of each, and announce it as a new version",
    Theme.SCREENSHOTS: "Say in the policy, in one sentence, whether there are screenshots, and announce it as a new version",
    Theme.WHO_SEES: "Name in the policy each reader by role, when they look and for what, and announce it as a new version",
    Theme.REALTIME_VISIBILITY: "State in the policy whether anybody can watch live; if they can, think about switching that off",
    Theme.ROLE_FAIRNESS: "Have each manager say plainly why this role's rules differ from another's",
    Theme.BREAKS_IDLE: "Write into the policy what becomes of a forgotten break, with an example, and tell the team",
    Theme.OFF_HOURS: "Say in the policy when recording ends, and show people how to see that it has ended",
    Theme.PERSONAL_DEVICE: "Say in the policy what is never recorded on personal devices, and offer a way without them",
    Theme.RETENTION: "Say in the policy after how many days each kind of data is deleted; a shorter time is the best answer",
    Theme.OWN_DATA: "Show people, on screen, where they see their own record",
    Theme.PERFORMANCE_USE: "Put in writing whether the hours are used for appraisal; if they are not, have management sign it",
    Theme.LEGALITY_CONSENT: "Have whoever advises you on law write two sentences on the legal basis, and add them to the answers",
    Theme.ACCURACY: "Settle how an entry is corrected, and mend the workflow faults that people met",
    Theme.OVERHEAD: "Watch two people use the tool for a day and take away the steps they do not need",
    Theme.OPT_OUT: "Say plainly who may opt out and what happens then",
    Theme.INSTALL_HELP: "Offer an hour in which somebody helps with installing",
    Theme.REVIEW_CADENCE: "Tell the team on which day their record is looked at, and keep to it",
    Theme.PILOT: "Tell everybody what the pilot has changed so far",
    Theme.CONTACT: "Name one person to turn to, in the channel and in the policy",
    Theme.OTHER: "Read the questions that were passed on, and write answers for those that come back",
}
