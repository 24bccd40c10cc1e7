"""The guided change of the accounting year: find the new database, rehearse, switch, undo; each with its proof."""
