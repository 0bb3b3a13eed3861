sim-crumb = Simulator
sim-door = 🎮 Simulator
sim-says = Server ini simulasi. Coba rusak sesuatu, lalu lihat apa kata Cockpit.
sim-break = ⚡ { $what }
sim-mend = ✔ Pulihkan: { $what }
sim-unknown = Simulator tidak punya kerusakan bernama { $what }.
sim-disk-fills = /mnt/dre jadi penuh
