# Words of: schedule
schedule-crumb = 🗓 Jadwal
schedule-title-simulated = 🎮 Salinan simulasi
schedule-none = Belum ada yang dijadwalkan.
schedule-gone = Jadwal ini sudah nggak ada.
schedule-away = Bagian jadwal lagi nggak menjawab.
schedule-away-mend = Nanti hidup sendiri: coba lagi beberapa detik lagi ya.
schedule-practice = Latihan: jamnya memang segini, tapi nggak ada yang jalan sendiri.

schedule-plan = { $plan } ({ $zone })
schedule-plan-hourly = tiap jam, tepat di awal jam
schedule-plan-daily = tiap hari jam { $at }
schedule-plan-weekly = { $days } jam { $at }
schedule-plan-monthly = tiap tanggal { $day } jam { $at }
schedule-plan-every = tiap { $step }
schedule-plan-cron = cron { $cron }
schedule-jitter = Tiap kali mulainya mundur paling lama { $span }, biar nggak semua mulai barengan.
schedule-missed-catch-up = Kalau terlewat karena server mati: dijalankan sekali begitu hidup lagi.
schedule-missed-report = Kalau terlewat karena server mati: kamu dikabari, lalu menunggu jadwal berikutnya.
schedule-coming = Berikutnya: { $times }
schedule-history = Terakhir jalan

schedule-next = nanti { $at }
schedule-next-practice = harusnya jalan { $at }
schedule-next-never = nggak punya jadwal berikutnya
schedule-running = lagi jalan sejak { $since }
schedule-running-already = Yang sebelumnya masih jalan.
schedule-paused = dijeda { $by } sampai ada yang melanjutkan
schedule-paused-until = dijeda { $by } sampai { $until }

schedule-run-running = lagi jalan
schedule-run-done = beres dalam { $took }
schedule-run-incomplete = selesai dalam { $took }, tapi ada yang terlewat
schedule-run-failed = gagal setelah { $took }
schedule-run-cancelled = dibatalkan setelah { $took }
schedule-run-timed-out = nggak selesai pada waktunya, dihentikan setelah { $took }
schedule-run-interrupted = terputus
schedule-run-refused = nggak jadi mulai: { $why }
schedule-run-skipped = dilewati: yang sebelumnya masih jalan
schedule-run-missed = terlewat
schedule-run-lost = Cockpit mati sebelum sempat mulai

schedule-why-missed = { $count ->
   *[other] mengganti { $count } yang terlewat sejak { $first }
}
schedule-why-missed-many = mengganti { $count } lebih yang terlewat sejak { $first }
schedule-why-asked = diminta { $by }

schedule-refused-gone = ruangannya sudah menariknya
schedule-refused-late = belum mulai juga dalam { $seconds } dtk
schedule-refused-audit = nggak bisa dicatat: { $why }
schedule-outcome-unknown = Hasilnya nggak diketahui.

schedule-button-run = ▶ Jalankan sekarang
schedule-button-job = 🧰 Lihat tugasnya
schedule-button-last-job = 🧰 Tugas terakhir
schedule-button-resume = ▶ Lanjutkan
schedule-button-pause-day = ⏸ 1 hari
schedule-button-pause-week = ⏸ 1 minggu
schedule-button-pause = ⏸ Jeda
