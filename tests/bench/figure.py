"""One measured figure with its unit."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE_FROM = 100


@dataclass
class Figure:
    """`unit` is `ms`, `s`, `MB`, `%` (value is a share), `times` (a ratio) or a word for what was counted."""

    what: str
    value: float
    unit: str
    key: str = ""
    """Its name among the figures that are promised, if it is one of them."""

    @property
    def shown(self) -> str:
        """As a person reads it."""
        if self.unit == "%":
            return f"{self.value:.1%}"
        number = f"{self.value:,.0f}" if abs(self.value) >= WHOLE_FROM else f"{self.value:.2f}"
        return f"{number} {self.unit}"
