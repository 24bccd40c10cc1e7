"""A POHODA and CRMs with memory, on loopback, for the demo, the tests and anyone trying settings.

It imports nothing of the product, so that the two cannot share a mistake.
"""
