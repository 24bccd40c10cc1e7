"""Both directions together, with both CRMs."""
