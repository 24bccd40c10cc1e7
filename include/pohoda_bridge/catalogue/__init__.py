"""What the product knows from files: agendas, CRMs, units, links."""

from pohoda_bridge.catalogue.agenda import Agenda, Derive, Expectation, LeaveOut
from pohoda_bridge.catalogue.catalogue import Catalogue, open_catalogue
from pohoda_bridge.catalogue.crm import Crm, CrmAgenda, Entity, Mapped, Users, WireField
from pohoda_bridge.catalogue.field import Field, Type, Word
from pohoda_bridge.catalogue.flow import CONSTANT, CUSTOM, Flow
from pohoda_bridge.catalogue.link import DirectionSettings, Link, OwnerSetting, known_as
from pohoda_bridge.catalogue.reading import Again, Alike, Fill, Fold, Form, Gather, Read, Set, SetSql, Sql, Xml
from pohoda_bridge.catalogue.rules import Rule
from pohoda_bridge.catalogue.unit import WAYS, Unit, Year

__all__ = [
    "CONSTANT", "CUSTOM", "WAYS", "Again", "Agenda", "Alike", "Catalogue", "Crm", "CrmAgenda", "Derive",
    "DirectionSettings", "Entity", "Expectation", "Field", "Fill", "Flow", "Fold", "Form", "Gather", "LeaveOut",
    "Link", "Mapped", "OwnerSetting", "Read", "Rule", "Set", "SetSql", "Sql", "Type", "Unit", "Users", "WireField",
    "Word", "Xml", "Year", "known_as", "open_catalogue",
]  # fmt: skip
