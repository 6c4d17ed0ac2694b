"""The people and channels of the sample workspace: a small design studio whose teams work from many places."""

from __future__ import annotations

from bot.sandbox.things import BotUser, Conversation, Person, SlashCommand

OWNERS = "Owners and managers"
HR = "HR"
EMPLOYEES = "Employees"

PEOPLE = (
    Person("U01MARA", "Mara Lindqvist", "Head of Client Services", "Europe/Stockholm", OWNERS),
    Person("U01OTIS", "Otis Bakare", "Operations Director", "Europe/London", OWNERS, is_admin=True),
    Person("U01HELEN", "Helen Castellanos", "People and HR", "Europe/Madrid", HR),
    Person("U01PRIYA", "Priya Raghunathan", "Account Manager", "Asia/Kolkata", EMPLOYEES),
    Person("U01TOMAS", "Tomáš Novotný", "Senior Designer", "Europe/Prague", EMPLOYEES),
    Person("U01WREN", "Wren Abernathy", "Project Coordinator", "America/Denver", EMPLOYEES),
    Person("U01KENJI", "Kenji Mori", "Front-end Developer", "Asia/Tokyo", EMPLOYEES),
    Person("U01AMAL", "Amal El-Sayed", "Copywriter", "Africa/Cairo", EMPLOYEES),
    Person("U01JOAO", "João Teixeira", "Motion Designer", "America/Sao_Paulo", EMPLOYEES),
    Person("U01SIOBHAN", "Siobhán O'Rourke", "Researcher", "Europe/Dublin", EMPLOYEES),
    Person("U01NGOZI", "Ngozi Eze", "Finance", "Africa/Lagos", EMPLOYEES),
    Person("U01LUCAS", "Lucas Tremblay", "IT and Tools", "America/Toronto", EMPLOYEES),
)

_BOT = BotUser().user_id
_CLIENT_SERVICES = ("U01MARA", "U01PRIYA", "U01TOMAS", "U01WREN", "U01KENJI", "U01AMAL", "U01JOAO", "U01SIOBHAN")
_RANDOM = ("U01OTIS", "U01PRIYA", "U01WREN", "U01KENJI", "U01NGOZI", "U01LUCAS")

CHANNELS = (
    Conversation("C01CLIENT", "client-services", "Work for clients, billed by the hour", [*_CLIENT_SERVICES, _BOT]),
    Conversation("C01ALL", "company", "News for everybody at the studio", [*(person.id for person in PEOPLE), _BOT]),
    Conversation("C01RANDOM", "random", "Everything that is not work", [*_RANDOM, _BOT]),
)

COMMANDS = (
    SlashCommand("/rollout", "[check | preview | launch | timeline | help]", "Launch a rollout step by step"),
    SlashCommand("/ask", "[your question | privacy | mydata]", "Ask about the tool, or about this bot"),
)

# What an app may ask for, when no manifest says what it does ask for.
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "users:read",
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
)
