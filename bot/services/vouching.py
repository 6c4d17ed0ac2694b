"""Taking back a vouch: the name goes from the database, and from the messages that were posted with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bot.domain.rollout import Step
from bot.ports import Post
from bot.services.messages import message_for
from bot.store import launches, outbox, rollouts, verdicts
from bot.views.wave_messages import step_message


@dataclass(frozen=True, slots=True)
class Correction:
    """A message that was posted, and how it reads now."""

    channel: str
    ts: str
    post: Post


def take_back(db: Connection, person: str) -> list[Correction]:
    """Name this person no more. Returns the announcements that have to be corrected."""
    waves = set(verdicts.vouches_of(db, person))
    verdicts.take_back_vouch(db, person)
    found = []
    for rollout in rollouts.every(db):
        if rollout.waves[0].id not in waves:
            continue
        for wave in rollout.waves[1:]:
            launched = launches.progress(db, wave).latest(Step.REASON)
            if launched is None:
                continue
            text = rollouts.reason_of(db, rollout.id, launched.versions.reason) or rollout.plan.reason
            as_posted = replace(rollout, plan=replace(rollout.plan, reason=text))
            post = step_message(Step.REASON, message_for(db, as_posted, wave, launched.versions))
            found += [
                Correction(sent.sent_channel, sent.sent_ts, post)
                for sent in outbox.of_launch(db, launched.launch_id)
                if sent.sent_channel and sent.sent_ts
            ]
    return found
