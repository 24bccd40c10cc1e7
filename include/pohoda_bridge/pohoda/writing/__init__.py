"""Writing to POHODA: records as packs of elements, what must be known before one goes, what its answer means."""
