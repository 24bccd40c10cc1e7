"""Which element of the address book lies in which column, for reading and for writing."""

ADDRESS = {
    "company": "Firma",
    "division": "Utvar",
    "name": "Jmeno",
    "city": "Obec",
    "street": "Ulice",
    "zip": "PSC",
    "ico": "ICO",
    "dic": "DIC",
    "icDph": "ICDPH",
}
DELIVERY = {"company": "Firma2", "division": "Utvar2", "name": "Jmeno2", "city": "Obec2", "street": "Ulice2"}
DELIVERY_AFTER = {"phone": "Tel2", "email": "Email2"}
BEFORE = {
    "region": "Okres",
    "phone": "Tel",
    "mobil": "GSM",
    "fax": "Fax",
    "email": "Email",
    "web": "WWW",
    "ICQ": "ICQ",
    "Skype": "Skype",
    "GPS": "GPS",
    "adGroup": "Skupina",
    "adKey": "Klic",
    "credit": "ADKredit",
    "priceIDS": "CenyIDS",
    "maturity": "ADSplat",
}
AGREEMENT = {"agreement": "Smlouva"}
MIDDLE = {
    "ost1": "Ost1",
    "ost2": "Ost2",
    "function": "Funkce",
    "personalIdentificationNumber": "RodCisl",
    "salutation": "Osloveni",
}
FLAGS = {"p1": "P1", "p2": "P2", "p3": "P3", "p4": "P4", "p5": "P5", "p6": "P6"}
NOTES = {"message": "Zprava", "note": "Pozn", "intNote": "Pozn2"}
BIRTH = {"dateOfBirth": "DatNar"}
TOLERANCE = {"toleranceMaturity": "ADToler"}
MARK = {"markRecord": "Sel"}
ACCOUNT = {"accountNumber": "Ucet", "symSpec": "SpecSym", "bankCode": "KodBanky", "description": "Popis"}
BANK = {"bankName": "BankaNazev", "bankStreet": "BankaUlice", "bankCity": "BankaObec"}

SEX = {1: "man", 2: "woman", 3: "unknown"}
VAT_SLOTS = {0: "none", 1: "low", 2: "high", 3: "third"}
PAYMENTS = {1: "cash", 2: "creditcard", 3: "draft", 4: "advance", 6: "compensation", 9: "delivery"}
