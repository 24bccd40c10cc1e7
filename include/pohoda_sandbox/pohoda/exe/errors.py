"""What `/XML` cannot even begin with, by the program's numbers; the words are ours, the numbers Stormware's."""

TEXTS = {
    551: "Konfigurační soubor nebyl nalezen.",
    552: "Účetní jednotku je nutné nejprve převést na verzi programu.",
    553: "Databázi se nepodařilo otevřít.",
    554: "Uživatele se nepodařilo přihlásit.",
    555: "Uživatel není oprávněn importovat XML soubory.",
    556: "Obecná chyba zpracování, opakujte akci.",
    557: "Vypršela doba aktivace programu.",
}


class Unprepared(Exception):
    """Nothing of a request was worked on, for the reason of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{number}: {TEXTS[number]}")
        self.number = number
