"""Where to place sites: least total or greatest distance, fewest sites, most demand reached; each with its bound."""
