"""Rows judged by the agenda files' expectations with Great Expectations, and Data Docs of every run."""
