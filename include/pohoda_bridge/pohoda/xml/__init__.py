"""POHODA read as XML: from mServer, from answer files of a folder, from recorded listings."""
