"""Every item to one of its options under shared capacities, with a bound: the engine of siting."""
