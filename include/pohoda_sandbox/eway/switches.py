"""What a test can set on the service: its limits and habits, and where nobody knows what the real one does."""

from dataclasses import dataclass, fields
from typing import Any

from pohoda_sandbox.eway.errors import CODES

CHOICES: dict[str, tuple[Any, ...]] = {
    "dates": ("legacy", "rfc3339"),
    "refresh_tokens": ("reuse", "rotate"),
    "plural_saves": ("whole", "until_refused"),
    "closed_folder": ("denied", "empty"),
}


@dataclass
class Switches:
    """As the real service by all that is known; what is (assumed) there is settable here.

    version: what LogIn tells; 9.1 brings GetBaseItemChangeId. legacy_only: only /WcfService/Service.svc is served.
    oauth_required: no password gets in. sessions_per_user (assumed): one more is refused.
    guids_per_call (assumed): more guids in one call are refused, 0 = any. history_days: how long changes are kept.
    version_step: by how much a save raises ItemVersion (2: a trigger saves again). dates: `legacy` or `rfc3339`.
    refresh_tokens: `reuse` slides the one token, `rotate` gives a new one and ends the old.
    plural_saves (assumed): `whole` keeps nothing when one item is refused, `until_refused` those before it.
    company_duplicate, contact_duplicate (assumed): the code for a hit. rule_code (assumed): for a workflow's refusal.
    closed_folder (assumed): a module that a user may not see is `denied` to him, or `empty`.
    price_lists (assumed): SalePrices can be saved and deleted, and IndividualDiscounts has methods at all.
    """

    version: str = "9.0.0.180"
    legacy_only: bool = False
    oauth_required: bool = False
    sessions_per_user: int = 50
    guids_per_call: int = 192
    history_days: int = 30
    version_step: int = 1
    dates: str = "legacy"
    refresh_tokens: str = "reuse"
    plural_saves: str = "whole"
    company_duplicate: str = "rcGeneralError"
    contact_duplicate: str = "rcDuplicateContact"
    rule_code: str = "rcGeneralError"
    closed_folder: str = "denied"
    price_lists: bool = False

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in {field.name for field in fields(self)}:
            raise ValueError(f"unknown switch {name!r}")
        allowed = CHOICES.get(name, CODES if name.endswith(("_duplicate", "_code")) else None)
        if allowed and value not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(sorted(allowed))}, not {value!r}")
        object.__setattr__(self, name, value)

    @property
    def newer(self) -> bool:
        """9.1 or later."""
        return tuple(int(part) for part in self.version.split(".")[:2]) >= (9, 1)
