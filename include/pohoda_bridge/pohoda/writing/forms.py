"""Which form an agenda is written in."""

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.pohoda.custom import carries
from pohoda_bridge.pohoda.reader import Reader, Source
from pohoda_bridge.pohoda.writing.documents import DocumentForm
from pohoda_bridge.pohoda.writing.elements import order
from pohoda_bridge.pohoda.writing.outgoing import Form
from pohoda_bridge.pohoda.xml.kinds import kind_of


def form_of(agenda: Agenda, source: Source, reader: Reader | None = None) -> Form:
    """The form of the agenda's records here; StopAgenda when POHODA takes none of them by XML.

    With custom fields where the source has them and a reader tells them.
    """
    xml = agenda.read.xml
    ext_id = kind_of(xml.request).ext_id if xml else None
    made = DocumentForm if xml is not None and xml.record in order().own else Form
    custom = reader.custom(agenda) if reader is not None and source.custom and carries(agenda) else ()
    return made(agenda, source, ext_id, custom)
