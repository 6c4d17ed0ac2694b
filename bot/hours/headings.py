"""The headings under which time-tracking tools export what the hours are judged by, in several languages."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache


class Field(StrEnum):
    """What a column holds."""

    EMAIL = "email"
    PERSON_ID = "person id"
    NAME = "name"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    TEAM = "team"
    CLIENT = "client"
    DATE = "date"
    START_DATE = "start date"
    START = "start"
    END_DATE = "end date"
    END = "end"
    LENGTH = "length"
    WEEK = "week"
    OTHER = "other"


class Unit(StrEnum):
    """What a plain number in a length's column counts."""

    HOURS = "hours"
    MINUTES = "minutes"
    SECONDS = "seconds"
    UNKNOWN = "unknown"


_NAMES: dict[Field, str] = {
    Field.EMAIL: """email; e-mail; mail; user email; member email; employee email; email address; user e-mail; e mail;
        correo; correo electronico; courriel; adresse e-mail; e-mail-adresse; work email; person email""",
    Field.PERSON_ID: """employee id; user id; member id; person id; staff id; personnel number; employee number;
        personalnummer; mitarbeiternummer; payroll id; matricule""",
    Field.NAME: """user; user name; username; member; member name; name; employee; employee name; person; person name;
        people; full name; team member; staff; staff member; staff name; worker; resource; consultant; who;
        display name; author; owner; assignee; logged by; mitarbeiter; mitarbeiterin; mitarbeiter/in; mitarbeitername;
        benutzer; benutzername; nutzer; bearbeiter; utilisateur; collaborateur; salarie; employe; nom; nom complet;
        usuario; empleado; miembro; trabajador; nombre; utente; dipendente; collaboratore; persona; nome; gebruiker;
        medewerker; naam; colaborador; funcionario; anvandare; medarbejder; medarbetare; kayttaja; pracownik;
        uzytkownik; nutzername""",
    Field.FIRST_NAME: "first name; firstname; given name; forename; vorname; prenom; voornaam; fornavn; fornamn",
    Field.LAST_NAME: """last name; lastname; surname; family name; nachname; familienname; nom de famille; apellido;
        apellidos; cognome; achternaam; efternavn; efternamn; sobrenome""",
    Field.TEAM: """team; teams; team name; group; groups; group name; user group; user groups; department; departments;
        division; squad; business unit; member group; abteilung; gruppe; gruppen; benutzergruppe; equipe; equipes;
        groupe; departement; equipo; grupo; departamento; squadra; gruppo; reparto; afdeling; groep; avdeling; zespol""",
    Field.CLIENT: "client; clients; client name; customer; customer name; kunde; kunden; kundenname; cliente; klant; kund",
    Field.DATE: """date; day; entry date; work date; date worked; spent date; spent on; local date; log date; datum; tag;
        fecha; data; jour; dia; giorno; dag; arbeitstag; date of work; dato; paiva""",
    Field.START_DATE: """start date; startdate; from date; date started; startdatum; begindatum; anfangsdatum;
        fecha de inicio; fecha inicio; data inizio; data di inizio; date de debut; date debut; data de inicio""",
    Field.START: """start time; start; started; started at; start at; starttime; begin; begin time; from; clock in;
        time in; in; clock-in; startzeit; beginn; von; anfang; start datetime; start date/time; start date time;
        debut; heure de debut; heure debut; inicio; hora de inicio; hora inicio; inizio; ora inizio; ora di inizio;
        starttijd; begintijd; starttid; de; van""",
    Field.END_DATE: """end date; enddate; stop date; to date; date ended; enddatum; einddatum; fecha de fin; fecha fin;
        data fine; data di fine; date de fin; date fin; data de fim""",
    Field.END: """end time; end; ended; ended at; end at; endtime; stop; stop time; stopped; stopped at; finish;
        finish time; to; until; clock out; time out; out; clock-out; endzeit; ende; bis; end datetime; end date/time;
        end date time; fin; heure de fin; heure fin; fim; hora de fin; hora fin; fine; ora fine; ora di fine; eindtijd;
        sluttid; tot""",
    Field.LENGTH: """duration; time; hours; hour; minutes; seconds; length; hours logged; logged hours; logged time;
        logged; tracked; time tracked; tracked time; tracked hours; hours tracked; total; total hours; total time;
        time spent; spent time; hours spent; hours worked; worked hours; work hours; worked; worktime; working time;
        time worked; total duration; quantity; effort; dauer; stunden; zeit; minuten; arbeitszeit; std; duree; heures;
        temps; horas; hora; duracion; tiempo; ore; durata; tempo; uren; duur; tijd; duracao; timer; tid; minutos;
        minuti; secondes; hrs; h; time entry duration; net hours; net duration; regular hours; anzahl stunden""",
    Field.WEEK: """week; week of; week starting; week start; week beginning; week commencing; week ending; woche; kw;
        kalenderwoche; semaine; semana; settimana; period; period start""",
}
_FIELD_OF = {name.strip(): field for field, names in _NAMES.items() for name in names.replace("\n", " ").split(";")}
_FIELD_OF = {re.sub(r"\s+", " ", name): field for name, field in _FIELD_OF.items()}
_UNIT_WORDS = (
    (Unit.SECONDS, re.compile(r"\b(sec|secs|seconds?|sek|sekunden|secondes|segundos|secondi|seconden)\b")),
    (Unit.MINUTES, re.compile(r"\b(min|mins|minutes?|minuten|minutos|minuti)\b")),
    (
        Unit.HOURS,
        re.compile(r"\b(h|hr|hrs|hours?|decimal|dezimal|stunden|std|heures|horas|hora|ore|uren|timer|hh|industrie)\b"),
    ),
)
_IN_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]\s*")
_UNIT_SUFFIX = re.compile(r"[\s_/-]+(h|hr|hrs|hours?|min|mins|minutes?|sec|secs|seconds?|decimal|dezimal|std)$")
_ROUNDED = re.compile(r"round|gerundet|arrondi")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A heading without case, accents, underscores, or more than one space between words."""
    apart = unicodedata.normalize("NFKD", text.replace("_", " ").replace("\u00a0", " ").replace("ß", "ss"))
    bare = "".join(each for each in apart if not unicodedata.combining(each))
    return re.sub(r"\s+", " ", bare).strip(" \t\r\n:*#\ufeff").casefold()


def field_of(heading: str) -> Field:
    """What a column with this heading holds; `Field.OTHER` when the hours are not judged by it."""
    words = plain(heading)
    if _ROUNDED.search(words):
        return Field.OTHER
    for each in (
        words,
        _IN_BRACKETS.sub(" ", words).strip(),
        _UNIT_SUFFIX.sub("", _IN_BRACKETS.sub(" ", words).strip()),
    ):
        if each in _FIELD_OF:
            return _FIELD_OF[each]
    return Field.OTHER


def unit_of(heading: str) -> Unit:
    """What a plain number under this heading counts, as far as the heading says."""
    words = plain(heading)
    return next((unit for unit, pattern in _UNIT_WORDS if pattern.search(words)), Unit.UNKNOWN)


def is_decimal(heading: str) -> bool:
    """Whether the heading promises decimal hours, beside another column that is written as a clock."""
    return "decimal" in plain(heading) or "dezimal" in plain(heading)
