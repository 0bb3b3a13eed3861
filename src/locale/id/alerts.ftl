# Words of: alerts
alerts-crumb = 🔔 Peringatan
alerts-none = Aman, nggak ada yang perlu dikhawatirkan.
alerts-past = Sudah lewat
alerts-gone = Peringatan ini sudah nggak ada di catatan.
alerts-away = Bagian peringatan lagi nggak menjawab.

alerts-name-cpu = Prosesor
alerts-name-memory = Memori
alerts-name-disk = Disk { $mount }
alerts-name-temperature = Suhu { $sensor }
alerts-name-config = Berkas konfigurasi
alerts-name-health = Kesehatan { $device }
alerts-name-actor = Bagian Cockpit: { $actor }

alerts-cpu = sibuk { $value }
alerts-memory = terpakai { $value }
alerts-memory-free = terpakai { $value }, tersedia { $free }
alerts-disk = terisi { $value }
alerts-disk-free = terisi { $value }, tinggal { $free }
alerts-unit = gagal ({ $result })
alerts-name-container = container { $name }
alerts-container-died = mati sendiri, exit { $code }
alerts-container-died-means = mati sendiri, exit { $code }: { $means }
alerts-container-oom = dimatikan: memori habis
alerts-container-unhealthy = sakit: cek kesehatannya gagal
alerts-container-ended = mati sendiri
alerts-job-failed = gagal
alerts-job-incomplete = selesai, tapi ada yang terlewat
alerts-job-timed-out = nggak selesai pada waktunya, dihentikan
alerts-job-interrupted = terputus
alerts-actor = gagal terus ({ $restarts } kali mulai ulang), jadi diparkir dulu
alerts-actor-mend = Cockpit mencobanya lagi tiap beberapa menit. Sampai saat itu, layarnya kosong dulu.
alerts-missed = { $missed ->
   *[other] { $missed } jadwal terlewat sejak { $first }
}
alerts-missed-mend = Waktu itu server atau Cockpit lagi mati. Jalankan sekarang, atau tunggu jadwal berikutnya.
alerts-refused = nggak bisa dimulai
alerts-config = nggak dipakai: { $problems ->
   *[other] { $problems } masalah
}
alerts-config-mend = Yang lama masih berlaku. Benahi berkasnya, lalu muat ulang.
alerts-result = beres, makan waktu { $took }

alerts-above = Di atas { $above } sejak { $since }.
alerts-since = Sejak { $since }.
alerts-times = { $times } kali sejak { $first }.
alerts-continued = Makin parah { $at }: lanjut di bawah.
alerts-over = sudah beres { $at }, setelah { $after }
alerts-over-gone = sudah nggak ada { $at }
alerts-over-away = sudah beres; selesainya waktu Cockpit mati, terlihat { $at }
alerts-over-not-watched = nggak dipantau lagi { $at }
alerts-over-stale = disimpan { $at }, setelah seminggu
alerts-level-after = Sekarang { $now }; paling tinggi { $peak }.

alerts-button-chart = 📈 Grafik
alerts-button-status = 🖥 Status
alerts-button-why = ✨ Kenapa?
alerts-button-start = ▶ Jalankan
alerts-button-job = 🧰 Lihat tugasnya
alerts-button-crew = 👩‍🚀 Kru
alerts-button-restart = ↻ Restart
alerts-button-task = 🗓 Lihat jadwalnya
alerts-button-run = ▶ Jalankan sekarang
alerts-button-reload = ↻ Muat ulang
alerts-button-health = 🩺 Lihat disknya
alerts-button-log = 📜 Log

alerts-name-backup = 💾 Cadangan { $plan }
alerts-overdue = telat: harusnya { $due }, tapi belum jalan
alerts-overdue-last = Yang terakhir berhasil { $last }.
alerts-overdue-never = Belum pernah ada yang berhasil.
alerts-overdue-mend = Jalankan sekarang; kendalanya kelihatan di layarnya.
alerts-backed-up = sudah tersimpan: { $added } baru, selesai dalam { $took }
alerts-backed-up-all = { $number ->
    [1] Semuanya satu file
   *[other] Semuanya { $files } file
}, { $size }.
alerts-button-backup = 💾 Lihat rencananya

# Didiamkan
alerts-snoozed = 🔕 Didiamkan sampai { $until } oleh { $by }.
alerts-rested = Tadi didiamkan sampai { $until }, dan masih begitu: lanjut di bawah.
alerts-snooze-crumb = Diamkan
alerts-snooze-says = Sampai saat itu nggak ada bunyi soal ini; pesannya tetap cerita keadaannya. Kalau makin parah, kamu tetap dikabari.
alerts-snooze-hint = Sampai kapan? Ketuk, atau ketik jam seperti 03:10, atau lama seperti 90 menit. Paling lama 7 hari.
alerts-snooze-not-a-time = Itu bukan waktu. Ketik jam seperti 03:10, atau lama seperti 90 menit.
alerts-snooze-short = Belum mulai sudah selesai. Minimal 1 menit, ya.
alerts-snooze-long = Kelamaan: paling lama 7 hari, nanti lupa kalau didiamkan.
alerts-snooze-over = Sudah beres: nggak ada yang perlu didiamkan.
alerts-button-snooze-hour = 🔕 1 jam
alerts-button-snooze-hours = 🔕 { $n } jam
alerts-button-snooze-until = 🔕 Sampai { $until }
alerts-button-snooze = 🔕 Sampai…
alerts-button-wake = 🔔 Bunyikan lagi

alerts-name-half = pembaruan { $name }
alerts-half = terputus: bukan yang lama, belum tentu yang baru
alerts-half-mend = Layarnya bilang gimana keadaannya dan apa yang bisa dilakukan. Atau kembalikan yang lama.
alerts-button-put-back = ↩ Kembalikan yang lama
