"""POHODA read from an Access file (MDB): a private copy, whole tables of it, and the queries of SQL over them."""
