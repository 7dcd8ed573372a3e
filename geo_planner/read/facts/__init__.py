"""Words, values and tables that reading rests on."""
