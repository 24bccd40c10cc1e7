"""POHODA read over SQL Server's protocol, read-only."""
