# Words of: disk usage
usage-crumb = 📊 Pemakaian
usage-door = 📊 Pemakaian

usage-done = { $size } dalam { $files } berkas, { $folders } folder
usage-done-unreadable = { $size } dalam { $files } berkas; { $closed } folder nggak bisa dibaca
usage-failed = Foldernya nggak bisa diukur: { $why }
usage-not-kept = Sudah diukur, tapi hasilnya nggak bisa disimpan. { $why }
usage-away = Hasil ukurnya lagi nggak bisa dilihat.

usage-no-roots = Belum ada folder untuk berkas. Tulis satu di [storage] roots dalam cockpit.toml.
usage-unmeasured = belum diukur

usage-never = Belum pernah diukur.
usage-never-note = Mengukur artinya menelusuri semua isinya dengan prioritas paling rendah. Nggak ada berkas yang dibaca, tautan nggak diikuti, dan tetap di disk ini.
usage-again = lagi diukur ulang, sudah { $figure } berkas
usage-last-failed = Percobaan terakhir nggak jadi.

usage-sum = { $size } dalam { $figure } { $files ->
   *[other] berkas
}
usage-age = Diukur { $ago }, makan waktu { $took }.
usage-unreadable = { $count } { $count ->
   *[other] folder
} nggak bisa dibaca, jadi nggak ikut dihitung
usage-mounts = { $count } { $count ->
   *[other] disk lain
} terpasang di dalam sini dan nggak dihitung.
usage-trashed = { $size } di antaranya ada di tempat sampah.
usage-own = { $name }/ (Cockpit)
usage-trend = Tren
usage-history = { $change } dalam { $since }

usage-files-here = berkas di sini
usage-files-and-small = berkas + { $folders } kecil
usage-files = Berkas paling besar; umur sejak terakhir disentuh.
usage-no-files = Nggak ada berkas di sini yang masuk 100 terbesar dari yang diukur.
usage-untouched = Berkas besar yang sudah lama nggak disentuh; umur sejak terakhir disentuh.
usage-none-untouched = Nggak ada berkas besar di sini yang masuk 100 paling lama nggak disentuh.
usage-kinds-whole = Dari semua yang diukur: { $folder }.
usage-kind-none = tanpa akhiran
usage-first = Belum ada pembandingnya: ukur lagi lain waktu ya.
usage-grown = { $change } sejak diukur { $since } sebelumnya.
usage-none-grown = Di sini nggak ada yang bertambah.
usage-new = ＋ { $name }
usage-today = hari ini
usage-days = { $n } hr
usage-months = { $n } bln
usage-years = { $n } th

usage-title-files = Berkas terbesar: { $place }
usage-title-untouched = Lama nggak disentuh: { $place }
usage-title-kinds = Jenis berkas: { $place }
usage-title-grown = Bertambah: { $place }

usage-tab-folders = 📁 Folder
usage-tab-files = 🐘 Berkas terbesar
usage-tab-kinds = 🏷 Jenis
usage-tab-untouched = 🕸 Lama nganggur
usage-tab-grown = 📈 Bertambah

usage-button-measure = 📐 Ukur sekarang
usage-button-browse = 🗂 Lihat isinya
usage-button-job = 🧰 Lihat tugasnya
