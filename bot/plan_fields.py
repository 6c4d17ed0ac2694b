"""How fields of a plan file are read: by name, with their lines, and with every fault noted instead of only the first."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.plan_yaml import PlanProblem, is_null, kind_of

TEXT_LIMIT = 500
LIST_LIMIT = 30
_NEAR_ENOUGH = 0.55
_INT = "tag:yaml.org,2002:int"
_STRING = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
_SHOWN = 60
_TURNING = "\u202a\u202b\u202d\u202e\u202c\u2066\u2067\u2068\u2069"
E = TypeVar("E", bound=StrEnum)


@dataclass(slots=True)
class Reader:
    """Walks the tree, remembers the line of every field, and collects problems.

    `belongs` says for each known field which part of a plan it stands in, for those who indented it wrongly.
    """

    belongs: Mapping[str, str] = field(default_factory=dict)
    problems: list[PlanProblem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    meant: set[str] = field(default_factory=set)
    """Paths of known fields that an unknown name was probably meant to be."""

    def problem(self, name: str, message: str, node: Node | None = None) -> None:
        """Note a problem of a field: at its own line, else at the node's, else at that of the part it is missing from."""
        line = self.lines.get(name)
        if line is None and node is not None:
            line = line_of(node)
        self.problems.append(PlanProblem(line, name, message))

    def fields(self, node: Node, path: str, known: Sequence[str], *, example: str = "") -> dict[str, Node]:
        """A mapping's fields by name; what is unknown or doubled is a problem. `example` shows who wrote no mapping what one is."""
        if not isinstance(node, MappingNode):
            shape = f"such as {example}" if example else f"({', '.join(known)})"
            self.problem(path, f"must be fields {shape}, not {kind_of(node)}.", node)
            return {}
        found: dict[str, Node] = {}
        unknown: list[tuple[str, Node, bool]] = []
        for name, key, value in self.pairs(node, path):
            if name in known:
                found[name] = value
            else:
                unknown.append((name, key, bool(node.flow_style) and is_null(value)))
        for name, key, after_comma in unknown:
            free = [each for each in known if each not in found]
            message = _after_comma(name) if after_comma else self._unknown(name, path, known, free)
            self.problems.append(PlanProblem(line_of(key), joined(path, shortened(name)), message))
        parent = self.lines.get(path, line_of(node))
        for name in known:
            self.lines.setdefault(joined(path, name), parent)
        return found

    def _unknown(self, name: str, path: str, known: Sequence[str], free: Sequence[str]) -> str:
        """What to say of an unknown field; one that is not there yet (`free`) is likelier meant than one that is."""
        start = f"unknown field {quoted(name)};"
        likened = re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", shortened(name))).casefold()
        if likened not in known and likened in self.belongs:
            return f'{start} "{likened}" belongs to {self.belongs[likened]}. Is the line indented as it should be?'
        for names in (free, known):
            near = difflib.get_close_matches(likened, names, n=1, cutoff=_NEAR_ENOUGH)
            if near:
                self.meant.add(joined(path, near[0]))
                return f'{start} did you mean "{near[0]}"?'
        return f"{start} the fields here are: {', '.join(known)}."

    def pairs(self, node: MappingNode, path: str) -> Iterator[tuple[str, Node, Node]]:
        """A mapping's names, keys and values; a doubled name is a problem and is passed over."""
        seen: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or is_null(key) or key.tag == _MERGE or not str(key.value).strip():
                self.problems.append(
                    PlanProblem(line_of(key), path, "a field's name must be a word, followed by a colon.")
                )
                continue
            name, line = str(key.value), line_of(key)
            full = joined(path, name)
            if name in seen:
                message = f"{quoted(name)} stands in line {seen[name]} and again in line {line}. Keep one."
                self.problems.append(PlanProblem(line, full, message))
                continue
            seen[name] = self.lines[full] = line
            yield name, key, value

    def items(self, node: Node | None, path: str, *, limit: int = LIST_LIMIT) -> list[tuple[str, Node]]:
        """A list's items, each with its path. What is left out is an empty list."""
        if node is None or is_null(node):
            return []
        if not isinstance(node, SequenceNode):
            alone = str(node.value).strip() if isinstance(node, ScalarNode) else ""
            such = (
                f"in brackets, even of one: [{alone}]"
                if re.fullmatch(r"\w{1,40}(?:, ?\w{1,40}){0,20}", alone)
                else "each item on its own line after a hyphen"
            )
            self.problem(path, f"must be a list, {such}; this is {kind_of(node)}.", node)
            return []
        if len(node.value) > limit:
            self.problem(path, f"has {len(node.value):,} items; at most {limit} can be shown.", node)
            return []
        found = []
        for index, item in enumerate(node.value):
            name = f"{path}[{index}]"
            self.lines[name] = line_of(item)
            if is_null(item):
                self.problem(name, "is empty. Write something after the hyphen, or delete it.", item)
            else:
                found.append((name, item))
        return found

    def text(self, node: Node | None, path: str, *, limit: int = TEXT_LIMIT, one_line: bool = False) -> str:
        """A text without blanks around it; empty when it is left out or wrong."""
        if node is None or is_null(node):
            return ""
        if not isinstance(node, ScalarNode):
            in_brackets = isinstance(node, MappingNode | SequenceNode) and node.flow_style
            hint = " A text that begins with [ or { needs quotes." if in_brackets else ""
            self.problem(path, f"must be a text, not {kind_of(node)}.{hint}", node)
            return ""
        value = str(node.value).strip()
        if node.tag != _STRING:
            self.problem(
                path, f'must be a text, and YAML takes {value} for {kind_of(node)}. Put it in quotes: "{value}"', node
            )
        elif len(value) > limit:
            self.problem(path, f"has {len(value):,} characters; at most {limit:,}, so that Slack shows it whole.", node)
        elif value and not any(unicodedata.category(character)[0] in "LNPS" for character in value):
            self.problem(path, "holds nothing that can be seen.", node)
        elif any(_is_control(character) for character in value):
            self.problem(path, "holds an invisible control character, perhaps written as \\x or \\u. Delete it.", node)
        elif one_line and len(value.splitlines()) > 1:
            self.problem(path, "must be a single line.", node)
        else:
            return value
        return ""

    def whole(self, node: Node | None, path: str, low: int, high: int, *, why: str = "") -> int | None:
        """A whole number between two bounds, whose reason is `why`; None when it is left out or wrong."""
        if node is None or is_null(node):
            return None
        value = str(node.value) if isinstance(node, ScalarNode) else ""
        bounds = f"a whole number from {low} to {high:,}"
        if not isinstance(node, ScalarNode):
            self.problem(path, f"must be {bounds}, not {kind_of(node)}.", node)
        elif node.tag == _STRING and value.strip().isdecimal():
            self.problem(path, f"must be {bounds}, without quotes.", node)
        elif node.tag != _INT or not re.fullmatch(r"[+-]?(?:0|[1-9][0-9]*)", value):
            self.problem(path, f"must be {bounds}, in digits alone; {quoted(value)} is not.", node)
        elif len(value) > len(str(high)) + 1 or not low <= int(value) <= high:
            self.problem(path, f"is {shortened(value)}; it must be {bounds}{why and f': {why}'}.", node)
        else:
            return int(value)
        return None

    def one_of(self, node: Node | None, path: str, known: type[E]) -> E | None:
        """One word of several; None when it is left out or wrong."""
        if isinstance(node, ScalarNode) and not is_null(node) and node.tag != _STRING:
            self.problem(path, f"must be one of: {', '.join(known)}; {node.value} is {kind_of(node)} to YAML.", node)
            return None
        value = self.text(node, path)
        if not value:
            return None
        if value in set(known):
            return known(value)
        near = difflib.get_close_matches(re.sub(r"[\s-]+", "_", value.casefold()), list(known), n=1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        self.problem(path, f"must be one of: {', '.join(known)}; {quoted(value)} is not.{hint}", node)
        return None


def _after_comma(name: str) -> str:
    return f"unknown field {quoted(name)}; inside {{ }} a comma begins the next field. Put a text that has commas in quotes."


def line_of(node: Node) -> int:
    """The line a node begins on; 1 is the first."""
    return int(node.start_mark.line) + 1


def joined(path: str, name: str) -> str:
    """The path of a field inside another."""
    return f"{path}.{name}" if path else name


def shortened(text: str) -> str:
    """A text that fits into a sentence about it."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def quoted(text: str) -> str:
    """What somebody wrote, short enough and plainly marked as theirs."""
    return f'"{shortened(text)}"'


def _is_control(character: str) -> bool:
    """Control characters, halves of characters, and signs that turn the direction of what follows them."""
    return (character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cs"}) or character in _TURNING
