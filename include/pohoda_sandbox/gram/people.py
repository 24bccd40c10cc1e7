"""The users of the service: three salespeople, found by the centre in their Alias, and the one of the link."""

from pohoda_sandbox.gram.errors import Json
from pohoda_sandbox.gram.records import Records

LINK_LOGIN = "pohoda-bridge"
SEED: tuple[Json, ...] = (
    {"LastName": "Malá", "FirstName": "Anna", "Email": "anna@example.sk", "Login": "anna", "Alias": "BA"},
    {"LastName": "Veľký", "FirstName": "Karol", "Email": "karol@example.sk", "Login": "karol", "Alias": "KE"},
    {
        "LastName": "Čierna",
        "FirstName": "Petra",
        "Email": "petra@example.sk",
        "Login": "petra",
        "Alias": "PO",
    },
    {"LastName": "Prepojenie", "Email": "obchod@example.sk", "Login": LINK_LOGIN},
)


def seed(records: Records) -> None:
    """Make the users of a new service; one that has users keeps them."""
    if "User" in records.wire.entities and not records.store.total("User"):
        entity = records.entity("User")
        for person in SEED:
            records.create(entity, {"Profile": "Administrator", "Active": True} | person, "")


def find(records: Records, login: str) -> Json | None:
    """The active user with this login name or e-mail, in any letter case."""
    wanted = login.casefold()
    for stored in records.store.select("User"):
        user = stored.data
        if wanted in {str(user.get("Login")).casefold(), str(user.get("Email")).casefold()} and user.get("Active"):
            return user
    return None


def identity(records: Records, login: str) -> str:
    """The id of a user, "" when there is none."""
    user = find(records, login)
    return str(user[records.wire.system("id")]) if user else ""
