"""POHODA, simulated: one accounting unit in POHODA's own tables, an mServer and a TDS server over them."""
