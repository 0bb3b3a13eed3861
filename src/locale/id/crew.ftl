# Kata-kata untuk: crew (para aktor sendiri)
crew-crumb = Awak
crew-all-well = { $n ->
   *[other] Semua { $n } awak sehat
}
crew-some-parked = { $n ->
   *[other] { $n } diparkir: { $names }
}
crew-some-look = { $n ->
   *[other] { $n } perlu dilihat: { $names }
}
crew-no-answer = Pengawasnya nggak menjawab dalam { $within }.
crew-no-answer-mend = Coba lagi. Kalau tetap begitu, nyalakan ulang Cockpit di server: systemctl restart cockpit-bot
crew-unknown-actor = Sekarang nggak ada aktor bernama { $actor }. Mungkin hilang karena config dibaca ulang.
crew-column-actor = Aktor
crew-column-state = Keadaan
crew-short-degraded = terganggu
crew-short-busy = sibuk { $time }
crew-short-silent = diam
crew-short-waiting = antre
crew-short-starting = mulai
crew-short-again = lagi dlm { $time }
crew-short-parked = diparkir
crew-short-stopping = berhenti
crew-short-stuck = macet
crew-short-off = mati
crew-trouble = { $actor }: { $why }
crew-trouble-when = { $actor }: { $why } ({ $age })
crew-running = jalan sejak { $time } yang lalu
crew-running-just = jalan, baru saja mulai
crew-degraded = { $why }, sudah { $time }
crew-busy = sibuk dengan satu pesan, sudah { $time }
crew-silent = jalan, tapi nggak sempat menjawab
crew-waiting = antre untuk mulai
crew-starting = sedang mulai
crew-again = gagal; mulai lagi dalam { $time }
crew-parked = diparkir sejak { $time } yang lalu, setelah { $failures ->
   *[other] { $failures } kali gagal berturut-turut
}
crew-parked-until = Dicoba lagi sendiri dalam { $time }, atau sekarang lewat tombol.
crew-parked-for-good = Tetap begitu sampai ada yang menyalakannya.
crew-stopping = sedang berhenti
crew-stuck = sudah dihentikan paksa tapi menahan thread-nya: cuma selesai kalau Cockpit dinyalakan ulang
crew-off = mati, karena Cockpit berhenti
crew-pair-restarts = Nyala ulang
crew-pair-answer = Menjawab dlm
crew-pair-handled = Pesan
crew-pair-handler = Sibuk
crew-pair-handler-value = { $share }, terlama { $longest }
crew-heading-past = Yang sudah terjadi
crew-heading-policy = Kalau gagal
crew-past-asked = dinyalakan ulang atas permintaan
crew-past-replaced = diganti, karena config-nya berubah
crew-past-more = Yang disimpan cuma { $n } terakhir.
crew-last-error = Galat terakhir, { $age }: { $why }
crew-policy-again = Dinyalakan lagi setelah { $first }, lalu { $second }, terus dilipatduakan sampai { $cap }.
crew-policy-parked = Diparkir setelah { $failures ->
   *[other] { $failures } kali gagal
} dalam { $within }, lalu dicoba tiap { $every }.
crew-policy-parked-for-good = Diparkir setelah { $failures ->
   *[other] { $failures } kali gagal
} dalam { $within }, sampai ada yang minta.
crew-policy-for-ever = Nggak pernah menyerah.
crew-policy-grace = Punya { $grace } untuk berhenti sendiri.
crew-ending-not-started = nggak bisa mulai: { $why }
crew-ending-killed = dihentikan paksa
crew-ending-finished = berhenti sendiri
crew-ending-finished-why = berhenti sendiri: { $why }
crew-ending-not-stopped = nggak berhenti dalam { $within }, dihentikan paksa
crew-restart = ↻ Nyalakan ulang { $actor }
crew-reload = ⟳ Baca ulang config
crew-refused-unknown = Nggak ada aktor bernama { $actor }, jadi nggak ada yang dinyalakan ulang.
crew-refused-stopping = Cockpit sedang berhenti; sekarang nggak ada yang dinyalakan ulang.
crew-refused-away = Pengawasnya nggak menjawab, jadi nggak ada yang dinyalakan ulang. Coba lagi sebentar lagi.
crew-problem-parked = { $actor } di Cockpit diparkir: { $why }
crew-problem-again = { $actor } di Cockpit gagal dan mulai lagi
crew-problem-silent = { $actor } di Cockpit nggak menjawab

# Yang dihitung para aktor
crew-counter-running = jalan
crew-counter-started = dimulai
crew-counter-reloads = muat ulang
crew-counter-refused = ditolak
crew-counter-parked = diparkir
crew-counter-restarts = nyala ulang
crew-counter-entries = catatan
crew-counter-flushes = tulis ke disk
crew-counter-lost = hilang
crew-counter-tasks = tugas
crew-counter-taps = ketukan
crew-counter-typed = ketikan
crew-counter-drawn = digambar
crew-counter-redrawn = gambar ulang
crew-counter-strangers = orang asing
crew-counter-requests = permintaan
crew-counter-retried = diulang
crew-counter-slowed = diperlambat
crew-counter-dropped = dibuang
crew-counter-waiting = antre
crew-counter-writes = tulis
crew-counter-reads = baca
crew-counter-failed = gagal
crew-counter-living = masih hidup
crew-counter-told = diberitahukan
crew-counter-stopped = berhenti
crew-counter-troubled = bermasalah
crew-counter-connections = sambungan
crew-counter-events = kejadian
crew-counter-acts = tindakan
crew-counter-failures = kegagalan
crew-counter-followed-logs = log diikuti
crew-counter-units = unit
crew-counter-changes = perubahan
crew-counter-rounds = putaran
crew-counter-reads-failed = gagal baca
crew-counter-found-asleep = sedang tidur
crew-counter-writes-failed = gagal tulis
crew-counter-passes = putaran baca
crew-counter-signals-sent = sinyal terkirim
crew-counter-passes-failed = putaran gagal
crew-counter-questions-waiting = pertanyaan antre
crew-counter-samples = sampel
crew-counter-minutes-written = menit tertulis
crew-counter-minutes-lost = menit hilang
crew-counter-clock-jumps = jam meloncat
crew-counter-errands-away = tugas di luar
crew-counter-bytes-in-memory = byte di memori

# Yang dibutuhkan sebuah aktor tapi tidak ada, dan obatnya
crew-config-refused = { $n ->
   *[other] { $n } masalah di file config
}
crew-audit-down = perekam penerbangan lagi tidak jalan
crew-audit-late = perekam penerbangan tidak selesai tepat waktu
crew-audit-busy = perekam penerbangan kewalahan menulis
crew-audit-write = perekam penerbangan tidak bisa menulis { $path }
crew-store-down = penyimpanan lagi tidak jalan
crew-store-said = Sebabnya: { $why }. { $mend }
crew-store-slow = penyimpanan tidak menjawab tepat waktu
crew-store-stumbled = penyimpanan tersandung permintaan ini
crew-store-other = { $path } bukan penyimpanan yang dikenal Cockpit ini
crew-store-busy = penyimpanan kewalahan
crew-store-corrupt = { $path } rusak
crew-store-full = tidak ada ruang lagi untuk { $path }
crew-store-unwritable = { $path } tidak bisa dibuka atau ditulis
crew-store-held = program lain mengunci { $path }
crew-store-disk = disk di bawah { $path } menjawab dengan galat
crew-telegram-other-poller = program lain memakai token yang sama
crew-telegram-away = Telegram tidak bisa dijangkau ({ $why })
crew-metrics-not-written = riwayat belum tertulis; dua jam terakhir menunggu di memori
crew-storage-waits = semua pekerja menunggu disk
crew-storage-waits-root = semua pekerja { $root } menunggu disknya
crew-mend-restarts = Nanti jalan lagi sendiri; /crew menunjukkan kenapa dia pergi.
crew-mend-own-log = Ini kesalahan di Cockpit: rinciannya ada di log-nya.
crew-mend-other-store = Jalankan lagi versi yang membuatnya, atau beri yang ini data.dir sendiri.
crew-mend-slow-disk = Disknya lagi sibuk atau lambat sekali. Coba sebentar lagi ya.
crew-mend-full-disk = Kosongkan sedikit ruang di filesystem itu: df -h { $path }
crew-mend-rights = Cek pemilik, mode dan filesystem-nya: ls -la { $path }
crew-mend-corrupt = Hentikan Cockpit, selamatkan yang bisa (sqlite3 { $path } .recover | sqlite3 { $path }.new), pindahkan filenya, lalu jalankan lagi.
crew-mend-held = Tutup program yang membukanya: fuser -v { $path }
crew-mend-kernel-log = Lihat log kernel: journalctl -k -p err
crew-mend-other-poller = Hentikan program lain yang memakai token ini.
crew-mend-by-itself = Tidak perlu apa-apa: nanti dicoba lagi sendiri.
crew-mend-metrics = Lihat baris penyimpanan di layar ini, dan disk folder datanya.
crew-mend-hung-disk = Cari disk atau mount jaringan yang macet.
