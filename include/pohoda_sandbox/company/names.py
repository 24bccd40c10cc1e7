"""Names, streets and towns the sample company is drawn from; they use every letter of Czech and Slovak."""

MEN = (
    "Ján", "Jozef", "Štefan", "Ľubomír", "Ondřej", "Jiří", "Tomáš", "Matěj", "Vít", "Řehoř", "Miloš", "Ďuro",
    "Ctibor", "Peter", "Zdeněk", "Vojtěch", "Dušan", "Bořivoj", "Radúz", "Květoslav",
)  # fmt: skip
WOMEN = (
    "Ľubica", "Zuzana", "Alžběta", "Božena", "Eliška", "Tereza", "Žofia", "Mária", "Naďa", "Kateřina", "Růžena",
    "Šárka", "Jiřina", "Viera", "Ťapka", "Dáša", "Anežka", "Světlana", "Oľga", "Miluše",
)  # fmt: skip
MEN_SURNAMES = (
    "Novák", "Horváth", "Kováč", "Tôth", "Dvořák", "Šťastný", "Řezníček", "Hýbl", "Kôň", "Vŕba", "Stĺpik", "Mäsiar",
    "Ježek", "Ďurica", "Žižka", "Čermák", "Bartoň", "Krůta", "Lúčny", "Pěnička", "Väzeň", "Ťažký", "Ňuchaľ", "Hĺbka",
)  # fmt: skip
WOMEN_SURNAMES = (
    "Nováková", "Horváthová", "Kováčová", "Kráľová", "Dvořáková", "Šťastná", "Řezníčková", "Hýblová", "Vŕbová",
    "Stĺpiková", "Mäsiarová", "Ježková", "Ďuricová", "Žižková", "Čermáková", "Bartoňová", "Krůtová", "Lúčna",
    "Pěničková", "Ťažká", "Hĺbková", "Môciková",
)  # fmt: skip
TITLES = ("Ing.", "Mgr.", "Bc.", "JUDr.", "MUDr.", "Ing. arch.", "doc. Ing.")
TITLES_AFTER = ("PhD.", "CSc.", "MBA")

TRADES = (
    "Stavby", "Pekáreň", "Železiarstvo", "Účtovníctvo", "Kovovýroba", "Drevovýroba", "Nábytok", "Tlačiareň",
    "Mliekáreň", "Čalúnnictví", "Řeznictví", "Zámečnictví", "Kvetinárstvo", "Sklářství", "Papírna", "Pivovar",
    "Vinárstvo", "Strojárne", "Elektro", "Ťažba", "Doprava", "Realitná kancelária", "Kníhkupectvo", "Lyžiareň",
)  # fmt: skip
PLACES = (
    "Pod Hradom", "Šariš", "Haná", "Polabí", "Liptov", "Podluží", "Orava", "Třeboňsko", "Záhorie", "Vysočina",
    "Zemplín", "Krkonoše", "Horehronie", "Spiš", "Morava", "Ponitrie", "Gemer", "Brdy", "Žitný ostrov", "Lašsko",
)  # fmt: skip
STREETS = (
    "Dlouhá", "Hlavná", "Školská", "Štúrova", "Kpt. Jaroše", "Třída Míru", "Námestie SNP", "Mäsiarska", "Vŕšok",
    "Průmyslová", "Za Pivovarem", "Kľukatá", "Úzká", "Ďumbierska", "Žižkova", "Nábřeží", "Stĺpová", "Hôrky",
    "U Řeky", "Ťahanovská", "Koželužská", "Rooseveltova",
)  # fmt: skip
TOWNS = {
    "SK": (
        ("Bratislava", "811 01", "Bratislava I"), ("Košice", "040 01", "Košice I"), ("Žilina", "010 01", "Žilina"),
        ("Banská Bystrica", "974 01", "Banská Bystrica"), ("Ružomberok", "034 01", "Ružomberok"),
        ("Kežmarok", "060 01", "Kežmarok"), ("Piešťany", "921 01", "Piešťany"), ("Šaľa", "927 01", "Šaľa"),
        ("Stará Ľubovňa", "064 01", "Stará Ľubovňa"), ("Tvrdošín", "027 44", "Tvrdošín"),
    ),
    "CZ": (
        ("Praha 3", "130 00", "Praha"), ("Brno", "602 00", "Brno-město"), ("Plzeň", "301 00", "Plzeň-město"),
        ("České Budějovice", "370 01", "České Budějovice"), ("Ústí nad Labem", "400 01", "Ústí nad Labem"),
        ("Třebíč", "674 01", "Třebíč"), ("Žďár nad Sázavou", "591 01", "Žďár nad Sázavou"),
        ("Frýdek-Místek", "738 01", "Frýdek-Místek"), ("Jihlava 1", "586 01", "Jihlava"),
    ),
    "DE": (("Dresden", "01067", None), ("München", "80331", None), ("Düsseldorf", "40210", None)),
    "AT": (("Wien", "1010", None), ("Wiener Neustadt", "2700", None), ("Sankt Pölten", "3100", None)),
    "PL": (("Kraków", "30-001", None), ("Wrocław", "50-001", None), ("Łódź", "90-001", None)),
    "HU": (("Győr", "9021", None), ("Budapest", "1051", None), ("Pécs", "7621", None)),
}  # fmt: skip
DELIVERED = {"SK": ("SK", "CZ"), "CZ": ("CZ",)}
DIAL = {"SK": "+421", "CZ": "+420"}
FORMS = {
    "SK": ("s.r.o.", "a.s.", "spol. s r.o.", "družstvo"),
    "CZ": ("s.r.o.", "a.s.", "v.o.s.", "spol. s r.o."),
    "DE": ("GmbH", "AG", "KG"),
    "AT": ("GmbH", "OG"),
    "PL": ("Sp. z o.o.", "S.A."),
    "HU": ("Kft.", "Zrt."),
}
FOREIGN = {
    "DE": ("Müller Maschinenbau", "Groß & Söhne", "Bäckerei Schäfer"),
    "AT": ("Österreichische Möbel", "Jäger Holz", "Süßwaren Köchl"),
    "PL": ("Zakład Ślusarski Łączność", "Piekarnia Źródło", "Młyn Żółkiewski"),
    "HU": ("Győri Gépgyár", "Szőlő és Bor", "Fűszerkert"),
}
POSITIONS = ("vedúci nákupu", "účtovník", "jednatel", "riaditeľ", "skladník", "obchodník", "asistentka ředitele")
