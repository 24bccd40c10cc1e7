"""Where the paths of an agenda file begin: at the record, at its header, or at one of the rows in it."""

from collections.abc import Mapping

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.errors import StopAgenda


class Paths:
    """Resolves the paths of an agenda's file. StopAgenda: it has no XML, or a path names what `names` does not have."""

    def __init__(self, agenda: Agenda) -> None:
        if agenda.read.xml is None:
            raise StopAgenda(f"{agenda.agenda} cannot be read by XML")
        self._agenda = agenda.agenda
        self._names: Mapping[str, str] = agenda.read.xml.names
        self._header = [agenda.read.xml.header] if agenda.read.xml.header else []

    def of_record(self, path: str) -> list[str]:
        """The steps from the record of a path below its header (`a/b`, `../a/b`), or below itself (`/a/b`)."""
        if path.startswith("/"):
            return self._steps(path[1:])
        return [*self._header, *self._steps(path.removeprefix("../"))]

    def of_row(self, path: str) -> list[str] | None:
        """The steps from a row in the record, or None for a path that leaves it."""
        return None if path.startswith(("/", "../")) else self._steps(path)

    def _steps(self, path: str) -> list[str]:
        steps: list[str] = []
        for step in path.split("/"):
            name, at, attribute = step.partition("@")
            if name.startswith("$"):
                if name[1:] not in self._names:
                    raise StopAgenda(f"{self._agenda}: its file has a path with {name}, which read.xml.names lacks")
                steps += f"{self._names[name[1:]]}{at}{attribute}".split("/")
            else:
                steps.append(step)
        return steps
