"""Every id that a view emits and a handler listens to, once."""

from __future__ import annotations

from enum import StrEnum


class ActionId(StrEnum):
    """Buttons. The value of each is a row id (or empty), never anything that is trusted."""

    CONFIRM_LAUNCH = "launch_confirm"
    CANCEL_LAUNCH = "launch_cancel"
    PREVIEW_NEXT = "launch_preview_next"
    UNSCHEDULE = "launch_unschedule"
    REFRESH_STATUS = "status_refresh"
    SHOW_GATES = "status_gates"
    SHOW_TIMELINE = "status_timeline"
    CHECK_AGAIN = "delivery_check_again"
    IT_IS_THERE = "delivery_is_there"
    SEND_AGAIN = "delivery_send_again"
    ASK_OVERRIDE = "override_ask"
    APPROVE_OVERRIDE = "override_approve"
    OPEN_PAUSE = "pause_open"
    RELAUNCH = "relaunch"
    SIGN_OFF = "answers_sign_off"
    CAN_ANSWER = "brief_can_answer"
    HAVE_READ = "policy_have_read"
    ASK_QUESTION = "question_ask"
    GET_LINK = "link_get"
    OPEN_LINK = "link_open"
    EDIT_REASON = "edit_reason"
    EDIT_POLICY = "edit_policy"
    EDIT_WAVES = "edit_waves"
    EDIT_WAVE = "edit_wave"
    ADD_WAVE = "edit_wave_add"


class ViewId(StrEnum):
    """Modals, by callback id."""

    READ_FIRST = "link_read_first"
    NEW_ROLLOUT = "rollout_new"
    REASON = "rollout_reason"
    POLICY = "rollout_policy"
    WAVES = "rollout_waves"
    WAVE = "rollout_wave"
    OVERRIDE = "rollout_override"
    PAUSE = "rollout_pause"
    SIGN_OFF = "answers_sign_off"
    NOTICE = "notice"


class Field(StrEnum):
    """Inputs of modals: the block id; the element's action id is always `value`."""

    NAME = "rollout"
    TOOL = "tool"
    REASON = "reason"
    INSTALL_URL = "install_url"
    OWNERS = "owners"
    HR = "hr"
    CONTACT = "contact"
    DOCUMENT_URL = "policy.document_url"
    EFFECTIVE = "policy.effective"
    TRACKED = "policy.tracked"
    NOT_TRACKED = "policy.not_tracked"
    SEEN_BY = "policy.seen_by"
    RETENTION_DAYS = "policy.retention_days"
    OWN_DATA = "policy.own_data"
    BREAKS = "policy.breaks"
    CORRECTIONS = "policy.corrections"
    WAVE_NAME = "wave.name"
    WAVE_TEAM = "wave.team"
    WAVE_CHANNEL = "wave.channel"
    WAVE_MANAGERS = "wave.managers"
    WAVE_WEEKS = "wave.weeks"
    WAVE_ROLE = "wave.role"
    ROLE_CADENCE = "role.cadence"
    ROLE_BECAUSE = "role.because"
    BECAUSE = "because"
    READ_IT = "read_it"


VALUE = "value"
"""The action id of every input element; its block says which input it is."""
