"""Writing through folders: packs lie in one until `pohoda.exe /XML` takes them, answers in another until collected."""
