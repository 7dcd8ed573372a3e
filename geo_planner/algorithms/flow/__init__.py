"""What flows in a network: links, draws and sources come in as arrays, flows, pressures and voltages go out."""
