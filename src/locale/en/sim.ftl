sim-crumb = Simulator
sim-door = 🎮 Simulator
sim-says = This server is simulated. Break something, and watch what Cockpit makes of it.
sim-break = ⚡ { $what }
sim-mend = ✔ Mend: { $what }
sim-unknown = The simulator has no failure called { $what }.
sim-disk-fills = /mnt/dre fills up
