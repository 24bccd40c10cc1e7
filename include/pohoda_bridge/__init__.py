"""POHODA Bridge: keeps POHODA accounting units and CRMs equal, both ways, unattended.

The folders are the data flow; each may import only what stands to its left:

    errors, records -> catalogue, side -> quality, ledger -> sync | pohoda | crm -> link -> console, cli
"""
