"""What flows in a network: demand, capacity, pressure, voltage and gravity drainage."""
