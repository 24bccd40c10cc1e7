-- The tables of a POHODA accounting unit that the sandbox keeps, with POHODA's own names, types and order of columns.
-- Dates are text 'YYYY-MM-DD HH:MM:SS'; declared types are T-SQL's, so that the TDS server can map them back.

CREATE TABLE "AD" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "UsrOrder" int,
  "Sel" bit NOT NULL DEFAULT 0,
  "Labels" varchar(255) COLLATE NOCASE,
  "RefAD" int,
  "Cislo" varchar(20) COLLATE NOCASE,
  "RelCR" int,
  "Firma" varchar(255) COLLATE NOCASE,
  "Utvar" varchar(32) COLLATE NOCASE,
  "Jmeno" varchar(64) COLLATE NOCASE,
  "Ulice" varchar(64) COLLATE NOCASE,
  "PSC" varchar(15) COLLATE NOCASE,
  "Obec" varchar(45) COLLATE NOCASE,
  "RefZeme" int,
  "Okres" varchar(32) COLLATE NOCASE,
  "ICO" varchar(15) COLLATE NOCASE,
  "DIC" varchar(18) COLLATE NOCASE,
  "ICDPH" varchar(18) COLLATE NOCASE,
  "RelTypDIC" int,
  "Firma2" varchar(255) COLLATE NOCASE,
  "Utvar2" varchar(32) COLLATE NOCASE,
  "Jmeno2" varchar(64) COLLATE NOCASE,
  "Ulice2" varchar(64) COLLATE NOCASE,
  "PSC2" varchar(15) COLLATE NOCASE,
  "Obec2" varchar(45) COLLATE NOCASE,
  "RefZeme2" int,
  "Tel2" varchar(40) COLLATE NOCASE,
  "Email2" varchar(98) COLLATE NOCASE,
  "Ucet" varchar(34) COLLATE NOCASE,
  "KodBanky" varchar(11) COLLATE NOCASE,
  "Tel" varchar(40) COLLATE NOCASE,
  "Fax" varchar(24) COLLATE NOCASE,
  "GSM" varchar(24) COLLATE NOCASE,
  "Email" varchar(98) COLLATE NOCASE,
  "WWW" varchar(96) COLLATE NOCASE,
  "Skype" varchar(32) COLLATE NOCASE,
  "ICQ" varchar(12) COLLATE NOCASE,
  "GPS" varchar(38) COLLATE NOCASE,
  "DataBox" varchar(12) COLLATE NOCASE,
  "CenyIDS" varchar(10) COLLATE NOCASE,
  "RelForUh" int,
  "ADSplat" smallint,
  "ADToler" int,
  "ADKredit" money,
  "KcObrat" money,
  "KcObrat2" money,
  "Skupina" varchar(255) COLLATE NOCASE,
  "Klic" varchar(255) COLLATE NOCASE,
  "P1" bit NOT NULL DEFAULT 0,
  "P2" bit NOT NULL DEFAULT 0,
  "P3" bit NOT NULL DEFAULT 0,
  "P4" bit NOT NULL DEFAULT 0,
  "P5" bit NOT NULL DEFAULT 0,
  "P6" bit NOT NULL DEFAULT 0,
  "mPohoda" bit NOT NULL DEFAULT 0,
  "RelDruh" int,
  "Ost1" varchar(8) COLLATE NOCASE,
  "Ost2" varchar(8) COLLATE NOCASE,
  "Zprava" varchar(64) COLLATE NOCASE,
  "Smlouva" varchar(12) COLLATE NOCASE,
  "Funkce" varchar(32) COLLATE NOCASE,
  "RodCisl" varchar(11) COLLATE NOCASE,
  "Osloveni" varchar(32) COLLATE NOCASE,
  "DatNar" datetime,
  "RelPohl" int,
  "RelTpIo" int,
  "IoID" varchar(35) COLLATE NOCASE,
  "DatCreate" datetime,
  "DatSave" datetime,
  "RelPkFP" int,
  "RelTpDPHFP" int,
  "RelPkFV" int,
  "RelTpDPHFV" int,
  "RefUcetFV" int,
  "RefOsoba" int,
  "RefStr" int,
  "RefCin" int,
  "CisloZAK" varchar(12) COLLATE NOCASE,
  "RefCM" int,
  "RelSzDPH" int,
  "RelSzDPHskz" int,
  "GdprDatPreAkt" datetime,
  "GdprDatPreHist" datetime,
  "GdprDatProAkt" datetime,
  "GdprDatProHist" datetime,
  "GdprDatPostAkt" datetime,
  "GdprDatPostHist" datetime,
  "GdprOmezeniZprac" bit NOT NULL DEFAULT 0,
  "Oznacil" varchar(2) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "Pozn" text,
  "Pozn2" text,
  "NullCheck_Cislo" int GENERATED ALWAYS AS (case when "Cislo" IS NULL then "ID" else 0 end) VIRTUAL
);
CREATE INDEX "AD_xFirma" ON "AD" ("Firma");
CREATE INDEX "AD_xRefAD" ON "AD" ("RefAD");
CREATE INDEX "AD_xICO" ON "AD" ("ICO");
CREATE UNIQUE INDEX "AD_IX_AD_Cislo" ON "AD" ("Cislo", "NullCheck_Cislo");

CREATE TABLE "ADdodaci" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "RefAg" int,
  "Firma2" varchar(255) COLLATE NOCASE,
  "Utvar2" varchar(32) COLLATE NOCASE,
  "Jmeno2" varchar(64) COLLATE NOCASE,
  "Ulice2" varchar(64) COLLATE NOCASE,
  "PSC2" varchar(15) COLLATE NOCASE,
  "Obec2" varchar(45) COLLATE NOCASE,
  "RefZeme2" int,
  "Tel2" varchar(40) COLLATE NOCASE,
  "Email2" varchar(98) COLLATE NOCASE,
  "Vychozi" bit NOT NULL DEFAULT 0,
  "DatCreate" datetime,
  "DatSave" datetime,
  FOREIGN KEY ("RefAg") REFERENCES "AD"("ID")
);

CREATE INDEX "ADdodaci_xRefAg" ON "ADdodaci" ("RefAg");

CREATE TABLE "ADucet" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "RefAg" int,
  "Ucet" varchar(34) COLLATE NOCASE,
  "KodBanky" varchar(11) COLLATE NOCASE,
  "SpecSym" varchar(20) COLLATE NOCASE,
  "Popis" varchar(30) COLLATE NOCASE,
  "Vychozi" bit NOT NULL DEFAULT 0,
  "BankaNazev" varchar(35) COLLATE NOCASE,
  "BankaUlice" varchar(35) COLLATE NOCASE,
  "BankaObec" varchar(45) COLLATE NOCASE,
  "BankaStat" int,
  FOREIGN KEY ("RefAg") REFERENCES "AD"("ID")
);
CREATE INDEX "ADucet_xRefAg" ON "ADucet" ("RefAg");

CREATE TABLE "sADskup" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "Sel" bit NOT NULL DEFAULT 0,
  "IDS" varchar(16) COLLATE NOCASE,
  "SText" varchar(32) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "NullCheck_IDS" int GENERATED ALWAYS AS (case when "IDS" IS NULL then "ID" else 0 end) VIRTUAL,
  "DatCreate" datetime,
  "DatSave" datetime
);
CREATE UNIQUE INDEX "sADskup_IX_sADskup_IDS" ON "sADskup" ("IDS", "NullCheck_IDS");

CREATE TABLE "sADklic" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "Sel" bit NOT NULL DEFAULT 0,
  "IDS" varchar(16) COLLATE NOCASE,
  "SText" varchar(32) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "NullCheck_IDS" int GENERATED ALWAYS AS (case when "IDS" IS NULL then "ID" else 0 end) VIRTUAL,
  "DatCreate" datetime,
  "DatSave" datetime
);
CREATE UNIQUE INDEX "sADklic_IX_sADklic_IDS" ON "sADklic" ("IDS", "NullCheck_IDS");

CREATE TABLE "RefADSkup" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "RefSkup" int,
  "RefPol" int,
  "RelAgID" int
);

CREATE TABLE "sSTR" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "Sel" bit NOT NULL DEFAULT 0,
  "Labels" varchar(255) COLLATE NOCASE,
  "IDS" varchar(10) COLLATE NOCASE,
  "SText" varchar(32) COLLATE NOCASE,
  "RefProvozovna" int,
  "RefPzdJ" int,
  "Oznacil" varchar(2) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "Pozn" text,
  "DatCreate" datetime,
  "DatSave" datetime,
  "NullCheck_IDS" int GENERATED ALWAYS AS (case when "IDS" IS NULL then "ID" else 0 end) VIRTUAL
);
CREATE UNIQUE INDEX "sSTR_IX_sSTR_IDS" ON "sSTR" ("IDS", "NullCheck_IDS");

CREATE TABLE "sCIN" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "UsrOrder" int,
  "Sel" bit NOT NULL DEFAULT 0,
  "Labels" varchar(255) COLLATE NOCASE,
  "RelTypDP" int,
  "RefPzdJ" int,
  "IDS" varchar(10) COLLATE NOCASE,
  "SText" varchar(32) COLLATE NOCASE,
  "Oznacil" varchar(2) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "Pozn" text,
  "DatCreate" datetime,
  "DatSave" datetime,
  "NullCheck_IDS" int GENERATED ALWAYS AS (case when "IDS" IS NULL then "ID" else 0 end) VIRTUAL
);
CREATE UNIQUE INDEX "sCIN_IX_sCIN_IDS" ON "sCIN" ("IDS", "NullCheck_IDS");

CREATE TABLE "sZeme" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "Sel" bit NOT NULL DEFAULT 0,
  "RelZeme" int,
  "IDS" varchar(10) COLLATE NOCASE,
  "SText" varchar(128) COLLATE NOCASE,
  "Kod" varchar(2) COLLATE NOCASE,
  "KodVATEU" varchar(2) COLLATE NOCASE,
  "KodOSN" varchar(3) COLLATE NOCASE,
  "Nabizet" bit NOT NULL DEFAULT 0,
  "Oznacil" varchar(2) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "Pozn" text,
  "NullCheck_IDS" int GENERATED ALWAYS AS (case when "IDS" IS NULL then "ID" else 0 end) VIRTUAL,
  "DatCreate" datetime,
  "DatSave" datetime
);
CREATE UNIQUE INDEX "sZeme_IX_sZeme_IDS" ON "sZeme" ("IDS", "NullCheck_IDS");

CREATE TABLE "sCMeny" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "Sel" bit NOT NULL DEFAULT 0,
  "Pouzit" bit NOT NULL DEFAULT 0,
  "Kod" varchar(3) COLLATE NOCASE,
  "IDS" varchar(3) COLLATE NOCASE,
  "Zeme" varchar(32) COLLATE NOCASE,
  "Mnozstvi" int,
  "DenEUR" bit NOT NULL DEFAULT 0,
  "DatDen" datetime,
  "KoefEUR" real,
  "Oznacil" varchar(2) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "Pozn" text,
  "NullCheck_Kod" int GENERATED ALWAYS AS (case when "Kod" IS NULL then "ID" else 0 end) VIRTUAL,
  "DatCreate" datetime,
  "DatSave" datetime
);
CREATE UNIQUE INDEX "sCMeny_IX_sCMeny_Kod" ON "sCMeny" ("Kod", "NullCheck_Kod");

CREATE TABLE "sFormUh" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "Sel" bit NOT NULL DEFAULT 0,
  "RelTyp" int,
  "RelTypFM" int,
  "IDS" varchar(32) COLLATE NOCASE,
  "SText" varchar(255) COLLATE NOCASE,
  "UseInAgOT" bit NOT NULL DEFAULT 0,
  "UseInAgPH" bit NOT NULL DEFAULT 0,
  "BPUhr" bit NOT NULL DEFAULT 0,
  "RefCM" int,
  "CmKurs" float,
  "CmMnoz" int,
  "KurzAutomat" bit NOT NULL DEFAULT 0,
  "KurzVcerejsi" bit NOT NULL DEFAULT 0,
  "Hodnota" money,
  "ForEET" bit NOT NULL DEFAULT 0,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "Oznacil" varchar(2) COLLATE NOCASE,
  "Pozn" text,
  "DatCreate" datetime,
  "DatSave" datetime,
  "NullCheck_IDS" int GENERATED ALWAYS AS (case when "IDS" IS NULL then "ID" else 0 end) VIRTUAL
);
CREATE INDEX "sFormUh_xRelTyp" ON "sFormUh" ("RelTyp");
CREATE UNIQUE INDEX "sFormUh_IX_sFormUh_IDS" ON "sFormUh" ("IDS", "NullCheck_IDS");

CREATE TABLE "pPK" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "UsrOrder" int,
  "Sel" bit NOT NULL DEFAULT 0,
  "RelPkAg" int,
  "IDS" varchar(19) COLLATE NOCASE,
  "SText" varchar(48) COLLATE NOCASE,
  "UMD" varchar(9) COLLATE NOCASE,
  "UD" varchar(9) COLLATE NOCASE,
  "SText2" varchar(48) COLLATE NOCASE,
  "UMD2" varchar(9) COLLATE NOCASE,
  "UD2" varchar(9) COLLATE NOCASE,
  "SText1" varchar(48) COLLATE NOCASE,
  "UMD1" varchar(9) COLLATE NOCASE,
  "UD1" varchar(9) COLLATE NOCASE,
  "SText3" varchar(48) COLLATE NOCASE,
  "UMD3" varchar(9) COLLATE NOCASE,
  "UD3" varchar(9) COLLATE NOCASE,
  "Bez" bit NOT NULL DEFAULT 0,
  "Oznacil" varchar(2) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "Pozn" text,
  "DatCreate" datetime,
  "DatSave" datetime
);
CREATE INDEX "pPK_xRelPkAg" ON "pPK" ("RelPkAg");

CREATE TABLE "sOdpOsoby" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "UsrOrder" int,
  "Sel" bit NOT NULL DEFAULT 0,
  "Prijmeni" varchar(32) COLLATE NOCASE,
  "Jmeno" varchar(64) COLLATE NOCASE,
  "Titul" varchar(15) COLLATE NOCASE,
  "Funkce" varchar(42) COLLATE NOCASE,
  "Tel" varchar(40) COLLATE NOCASE,
  "Email" varchar(98) COLLATE NOCASE,
  "DatOdch" datetime,
  "RefPzdJ" int,
  "DatCreate" datetime,
  "DatSave" datetime,
  "Oznacil" varchar(2) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "Pozn" text
);

CREATE TABLE "sCRady" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "UsrOrder" int,
  "Sel" bit NOT NULL DEFAULT 0,
  "Rok" int,
  "RefIDor" int,
  "IDS" varchar(5) COLLATE NOCASE,
  "Cislo" varchar(5) COLLATE NOCASE,
  "SText" varchar(50) COLLATE NOCASE,
  "RelCrAg" int,
  "RelCrTyp" int,
  "RefCrUc" int,
  "RefPzdJ" int,
  "RelTpObd" int,
  "mPohoda" bit NOT NULL DEFAULT 0,
  "Oznacil" varchar(2) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "Pozn" text,
  "DatCreate" datetime,
  "DatSave" datetime
);
CREATE INDEX "sCRady_xRelCrAg" ON "sCRady" ("RelCrAg");

CREATE TABLE "sExtSys" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "IDS" varchar(64) COLLATE NOCASE,
  "SText" varchar(255) COLLATE NOCASE
);

CREATE TABLE "sExtID" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "RefDocID" int,
  "RelAgID" int,
  "IDS" varchar(64) COLLATE NOCASE,
  "RefExtSys" int,
  "RelZmena" int
);

CREATE INDEX "sExtID_xIDS" ON "sExtID" ("IDS");
CREATE INDEX "sExtID_xRefDocID" ON "sExtID" ("RefDocID");

CREATE TABLE "sKonfig" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "Sel" bit NOT NULL DEFAULT 0,
  "Rok" int,
  "RelRokTp" int,
  "DatRokOd" datetime,
  "DatRokDo" datetime,
  "Prelom" bit NOT NULL DEFAULT 0,
  "RelUTyp" int,
  "RelOsTyp" int,
  "PzdAut" int,
  "RelTpPZD" int,
  "Firma" varchar(255) COLLATE NOCASE,
  "ObchDod" varchar(32) COLLATE NOCASE,
  "Jmeno" varchar(64) COLLATE NOCASE,
  "Prijm" varchar(32) COLLATE NOCASE,
  "Titul" varchar(7) COLLATE NOCASE,
  "VztahP" varchar(32) COLLATE NOCASE,
  "Ulice" varchar(64) COLLATE NOCASE,
  "CP" varchar(10) COLLATE NOCASE,
  "Obec" varchar(45) COLLATE NOCASE,
  "PSC" varchar(15) COLLATE NOCASE,
  "Okres" varchar(32) COLLATE NOCASE,
  "RefZeme" int,
  "Firma2" varchar(255) COLLATE NOCASE,
  "Ulice2" varchar(64) COLLATE NOCASE,
  "Obec2" varchar(45) COLLATE NOCASE,
  "PSC2" varchar(15) COLLATE NOCASE,
  "Klic" varchar(64) COLLATE NOCASE,
  "ICO" varchar(15) COLLATE NOCASE,
  "DIC" varchar(18) COLLATE NOCASE,
  "ICDPH" varchar(18) COLLATE NOCASE,
  "Tel" varchar(40) COLLATE NOCASE,
  "Fax" varchar(24) COLLATE NOCASE,
  "GSM" varchar(24) COLLATE NOCASE,
  "Email" varchar(98) COLLATE NOCASE,
  "WWW" varchar(96) COLLATE NOCASE,
  "Registr" varchar(160) COLLATE NOCASE,
  "PodporaBI" bit NOT NULL DEFAULT 0,
  "OfferForBackup" bit NOT NULL DEFAULT 0,
  "Oznacil" varchar(2) COLLATE NOCASE,
  "Ucetni" varchar(2) COLLATE NOCASE,
  "Creator" varchar(2) COLLATE NOCASE,
  "Pozn" text,
  "Settings" image,
  "LogoTp" int,
  "Logo" image,
  "LogoBgnd" bit NOT NULL DEFAULT 0,
  "Stamp" image,
  "Verze" int
);

CREATE TABLE "Verze" (
  "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "Nazev" varchar(24) COLLATE NOCASE,
  "TypeDB" varchar(20) COLLATE NOCASE,
  "Verze" varchar(5) COLLATE NOCASE,
  "VerzeKasa" varchar(5) COLLATE NOCASE,
  "VerzeGLX" varchar(5) COLLATE NOCASE,
  "VerzeMzdy" varchar(5) COLLATE NOCASE,
  "LC" varchar(2) COLLATE NOCASE,
  "Release" varchar(32) COLLATE NOCASE,
  "Nser" varchar(32) COLLATE NOCASE,
  "Datum" datetime
);
