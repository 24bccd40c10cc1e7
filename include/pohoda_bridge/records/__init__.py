"""Canonical values: converted, derived, compared, keyed and checked; one concept a module."""
