"""What eWay-CRM's admin path has beside the verbs that all simulated CRMs share.

POST   /_sim/refusals             {"code": "rcDatabaseTimeout", "method": "SaveCompany", "times": 1, "skip": 0,
                                  "stored": false}; DELETE clears all
POST   /_sim/sessions/expire      every session ends; GET tells how many there are
POST   /_sim/tokens/access        every access token ends (`refresh`: every refresh token)
POST   /_sim/settings             {"CompanyDuplicityCheckEnabled": "1"}
POST   /_sim/permissions/{Folder} {"user": "...", "View": "All|Inherited|Group|Related|Own|None", "Edit", "Delete",
                                  "CanCreate": true, "columns": {"...": "All|Own|Readonly|Invisible|None"}}
POST   /_sim/rules/{Folder}       {"field": "...", "kind": "mandatory|locked|unique", "message", "optional"};
                                  DELETE /_sim/rules clears all
"""

from typing import TYPE_CHECKING

from pohoda_sandbox import admin
from pohoda_sandbox.eway.errors import Json, NoMethod, Refused

if TYPE_CHECKING:
    from pohoda_sandbox.eway.server import EWay


class Admin(admin.Admin):
    """Answers the admin path of one eWay-CRM."""

    def __init__(self, eway: "EWay", token: str) -> None:
        super().__init__(eway, "eway", token, "ItemGUID")
        self.eway = eway

    def explain(self, error: Exception) -> tuple[int, Json] | None:
        if isinstance(error, Refused):
            return 400, {"error": error.description, "code": error.code}
        return (404, {"error": "there is no such folder or item"}) if isinstance(error, NoMethod | KeyError) else None

    def _post_refusals(self, body: Json, query: Json) -> Json:
        self.eway.refuse(**body)
        return {}

    def _delete_refusals(self, body: Json, query: Json) -> Json:
        self.eway.service.refusals.clear()
        return {}

    def _get_sessions(self, body: Json, query: Json) -> Json:
        return {"open": self.eway.sessions()}

    def _post_sessions(self, body: Json, query: Json, action: str) -> Json:
        if action != "expire":
            raise ValueError(f"unknown action {action!r}")
        self.eway.expire_sessions()
        return {}

    def _post_tokens(self, body: Json, query: Json, kind: str) -> Json:
        self.eway.expire_tokens(kind)
        return {}

    def _post_settings(self, body: Json, query: Json) -> Json:
        for name, value in body.items():
            self.eway.set(name, value)
        return {}

    def _post_permissions(self, body: Json, query: Json, folder: str) -> Json:
        self.eway.permit(folder, **body)
        return {}

    def _post_rules(self, body: Json, query: Json, folder: str) -> Json:
        self.eway.rule(folder, **body)
        return {}

    def _delete_rules(self, body: Json, query: Json) -> Json:
        self.eway.clear_rules()
        return {}
