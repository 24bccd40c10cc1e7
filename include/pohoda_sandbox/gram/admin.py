"""What Gram's admin path has beside the verbs that all simulated CRMs share.

GET    /_sim/workflows/{Entity}/{Id} how often workflows ran for it
POST   /_sim/tokens/expire           every user's token dies
POST   /_sim/update                  the vendor's update: custom fields without the prefix are gone
"""

from typing import TYPE_CHECKING

from pohoda_sandbox import admin
from pohoda_sandbox.gram.errors import Json, Refused

if TYPE_CHECKING:
    from pohoda_sandbox.gram.server import Gram


class Admin(admin.Admin):
    """Answers the admin path of one Gram."""

    def __init__(self, gram: "Gram", token: str) -> None:
        super().__init__(gram, "gram", token, "Id")
        self.gram = gram

    def explain(self, error: Exception) -> tuple[int, Json] | None:
        return (error.status, {"error": error.text, **error.payload}) if isinstance(error, Refused) else None

    def _get_workflows(self, body: Json, query: Json, entity: str, identity: str) -> Json:
        return {"runs": self.gram.workflow_runs(entity, identity)}

    def _post_tokens(self, body: Json, query: Json, action: str) -> Json:
        if action != "expire":
            raise ValueError(f"unknown action {action!r}")
        self.gram.service.tokens.expire_all()
        return {}

    def _post_update(self, body: Json, query: Json) -> Json:
        return {"lost": self.gram.service.records.service_update()}
