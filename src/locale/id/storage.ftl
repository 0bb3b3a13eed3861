# Words of: storage
storage-crumb-cargo = Kargo
storage-crumb = Berkas
storage-door = 🗄 Berkas
storage-away = Berkas: bagian Cockpit ini lagi dinyalakan ulang. Coba sebentar lagi ya.
storage-busy = Beberapa permintaan nunggu disk yang nggak menjawab. Cari disk atau mount jaringan yang macet.
storage-late = Disk belum menjawab dalam 20 dtk. Mungkin baru bangun, atau macet; yang diminta bisa saja tetap dijalankan.

# Roots
storage-no-roots = Belum ada folder yang dibuka untuk dilihat. Tulis di config:
storage-root-fault = { $name }: { $why }
storage-free = { $free } kosong
storage-disk = Disk

# A folder
storage-empty = kosong
storage-folders = { $n ->
   *[other] { $shown } folder
}
storage-files = { $n ->
   *[other] { $shown } berkas
}
storage-hidden-count = { $shown } tersembunyi
storage-left-out = Masih ada { $n } lagi, lebih dari yang bisa diurutkan.
storage-note-read-only = Cuma bisa dibaca, menurut config.
storage-sort-name = Nama
storage-sort-size = Ukuran
storage-sort-time = Waktu
storage-show = + .nama
storage-hide = − .nama
storage-button-details = ⋯ Detail
storage-button-new-folder = ➕ Folder

# One file
storage-kind-folder = folder
storage-kind-file = berkas
storage-kind-link = link simbolik
storage-kind-block = perangkat blok
storage-kind-char = perangkat karakter
storage-kind-pipe = pipe
storage-kind-socket = socket
storage-kind-unknown = nggak dikenal
storage-exact-size = { $size } ({ $bytes } byte)
storage-pair-kind = Jenis
storage-pair-size = Ukuran
storage-pair-on-disk = Di disk
storage-pair-modified = Diubah
storage-pair-born = Dibuat
storage-pair-mode = Izin
storage-pair-owner = Pemilik
storage-pair-links = Nama
storage-sizes-as-of = Ukuran folder menurut pengukuran { $ago }.
storage-pair-holds = Isinya
storage-not-measured = belum diukur
storage-holds = { $size } dalam { $n ->
   *[other] { $files } berkas
}, diukur { $ago }
storage-button-measure = 📐 Ukur
storage-button-usage = 📊 Peta
storage-button-latest = 💾 Versi terbaru di backup
storage-link-says = Menunjuk ke
storage-link-out = Itu keluar dari root ini, atau nggak ke mana-mana: nggak diikuti.
storage-note-special = Perangkat, pipe dan socket nggak pernah dibuka.
storage-note-no-room = Disknya penuh: tempat sampah pun tidak muat lagi. Yang dihapus di sini hilang selamanya, dan ruangnya jadi kosong.
storage-note-mount = Ada filesystem lain dipasang di sini: nggak bisa diganti nama, dipindah atau dihapus.
storage-button-open = 📂 Buka
storage-button-follow = 🔗 Ke tujuannya
storage-button-rename = ✏ Namai
storage-ask-rename = “{ $name }” mau diganti jadi apa?
storage-ask-rename-hint = Nama baru, lengkap dengan akhirannya; sekarang { $name }
storage-ask-folder = Folder baru di “{ $at }”. Namanya apa?
storage-ask-folder-hint = Nama folder, misalnya Nota 2026
storage-name-empty = Itu bukan nama. Tulis minimal satu huruf ya.
storage-name-slash = Nama nggak boleh berisi garis miring.
storage-name-dots = “.” dan “..” nggak bisa jadi nama.
storage-name-long = Kepanjangan: paling banyak 255 byte.

# What can be in the way
storage-fault-no-root = Root itu nggak ada (lagi) di config. /files menunjukkan yang ada.
storage-fault-root-away = Folder root-nya nggak bisa dibuka: { $why }. Disk-nya sudah di-mount?
storage-fault-read-only = Root ini cuma bisa dibaca menurut config (read_only = true): nggak ada yang diubah di sini.
storage-fault-silent = Nggak menjawab: disk atau server-nya tidur, atau macet. Coba sebentar lagi ya.
storage-fault-gone = Sudah nggak ada di situ. Balik dan lihat lagi ya.
storage-fault-changed = Yang ada di situ sekarang bukan yang kamu lihat tadi, jadi nggak ada yang dilakukan. Lihat lagi dulu ya.
storage-fault-guarded = Ini milik Cockpit sendiri: nggak bisa dibuka di sini.
storage-fault-not-folder = Ini bukan folder.
storage-fault-not-file = Ini bukan berkas biasa: nggak dibuka.
storage-fault-link = Ada link simbolik di jalannya: link nggak diikuti. Langsung ke tempat tujuannya saja.
storage-fault-exists = Nama itu sudah dipakai. Pilih nama lain ya.
storage-fault-denied = Cockpit nggak boleh: izin berkas atau foldernya nggak mengizinkan user yang menjalankannya.
storage-fault-full = Disk-nya penuh. 📊 Peta menunjukkan apa yang memenuhinya.
storage-fault-full-free = Disk-nya penuh: kosongnya { $free }. 📊 Peta menunjukkan apa yang memenuhinya.
storage-fault-other-disk = Itu di filesystem lain.
storage-fault-mount-point = Ada filesystem dipasang di situ, atau sedang dipakai begitu: dibiarkan saja.
storage-fault-is-root = Root-nya sendiri nggak bisa diubah.
storage-fault-into-itself = Folder nggak bisa masuk ke dirinya sendiri, atau filesystem ini nggak bisa ganti nama dengan aman.
storage-fault-too-long = Nama atau jalurnya kepanjangan. Pilih yang lebih pendek ya.
storage-fault-filesystem-read-only = Filesystem-nya cuma bisa dibaca; Linux membuatnya begitu kalau disk-nya error. Lihat log kernel: journalctl -k -p err
storage-fault-differs = Salinannya nggak sama dengan aslinya: salinan dihapus, aslinya utuh. Cek disk-nya.
storage-fault-damaged = Isi tempat sampah yang ini nggak bisa dibaca.
storage-fault-stopped = Dihentikan.
storage-fault-other = Kata sistem: { $why }. Kalau terus begitu, lihat log kernel: journalctl -k -p err
storage-fault-special = Isinya ada perangkat, pipe atau socket, yang nggak bisa dipindah ke filesystem lain. Pindahkan isi yang lain saja.
storage-fault-too-deep = Foldernya bertumpuk lebih dari 256 tingkat.

# Looking into files
storage-kind-empty = berkas kosong
storage-kind-text = teks, { $encoding }
storage-kind-image = gambar { $format }
storage-kind-binary-known = data { $format }
storage-kind-binary = data biner
storage-button-view = 👁 Lihat isi
storage-button-picture = 🖼 Tampilkan
storage-text-empty = Nggak ada isinya.
storage-text-encoding = Dibaca sebagai { $encoding }.
storage-text-damaged = Dibaca sebagai { $encoding }; beberapa byte bukan teks.
storage-no-photo = Telegram nggak menerima gambar sebesar ini sebagai foto (10 MB, jumlah sisi 10.000 piksel). Sebagai berkas bisa.

# Changing
storage-button-note = 📝 Catatan
storage-ask-note = Berkas teks di “{ $at }”. Tulis isinya ya.
storage-ask-note-hint = Baris pertama seperti todo.txt jadi namanya; kalau nggak, dinamai menurut waktu
storage-button-roots = 🗄 Root lain
storage-button-move = 📦 Pindah
storage-button-copy = 📄 Salin
storage-button-checksum = 🔑 Checksum
storage-button-archive = 🗜 Arsipkan
storage-button-cancel = ✕ Batal
storage-button-move-here = 📦 Pindah ke sini
storage-button-copy-here = 📄 Salin ke sini
storage-pick-move = Pindahkan “{ $name }”. Ke mana?
storage-pick-copy = Salin “{ $name }”. Ke mana?
storage-pick-to = Ke: { $place }
storage-pick-no-folders = Nggak ada folder di sini.
storage-already-here = Sekarang ada di folder ini. Pilih yang lain ya.
storage-clash = “{ $name }” sudah ada di { $to }.
storage-clash-note = Kalau diganti, yang lama masuk tempat sampah.
storage-button-keep-both = Simpan dua-duanya
storage-button-replace = Ganti

# Deleting
storage-crumb-trash = Sampah
storage-button-trash = 🗑 Sampah
storage-button-delete = 🗑 Hapus
storage-button-for-good = ✖ Hapus selamanya
storage-button-restore = ↩ Kembalikan
storage-button-empty = 🗑 Kosongkan sampah
storage-button-to-folder = 📂 { $name }
storage-trash-empty = Tempat sampahnya kosong.
storage-trash-holds = { $n ->
   *[other] { $shown } barang
} di tempat sampah: { $files } berkas, { $size }.
storage-trash-rule = Dikosongkan malam hari: yang lebih lama dari { $keep }, dan yang paling lama kalau lebih dari { $size }.
storage-in-trash = Ada di tempat sampah.
storage-at-least = minimal
storage-pair-was-in = Tadinya di
storage-pair-files = Berkas
storage-pair-deleted = Dihapus
storage-pair-by = Oleh
storage-restore-clash = { $place } sudah terisi: ada yang lain di situ sekarang.
storage-weigh-late = Banyaknya belum sempat dihitung.
storage-weigh-file = 1 berkas, { $size }
storage-weigh-files = { $n ->
   *[other] { $files } berkas
}, { $size }
storage-weigh-at-least = minimal { $files } berkas dan { $size }; belum semua sempat dihitung
storage-weigh-kept = Masuk tempat sampah dulu, bisa dikembalikan selama { $span }.
storage-weigh-for-good = Selamanya: nggak bisa dikembalikan.

# What jobs say at their end
storage-did-copy = { $files ->
   *[other] { $files } berkas
}, { $size }, sekarang di { $path }
storage-did-delete = { $files ->
   *[other] { $files } berkas
} dihapus, { $size } kosong lagi
storage-did-sweep-partly = { $files } berkas dihapus, { $size } kosong lagi; { $failed } nggak bisa dihapus, lihat log
storage-did-checksum = SHA-256 { $hex }
storage-did-archive = { $path }: { $size } dari { $whole }; { $left_out } ditinggal
storage-task-trash = Kosongkan sampah lama
