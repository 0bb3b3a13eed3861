# Words of: audit
audit-title = Rekaman Penerbangan
audit-empty = Belum ada yang terekam.
audit-cannot-write = Perekam penerbangan belum bisa menulis, jadi dari sini belum ada yang bisa diubah. { $mend }
audit-unreadable = Berkas rekaman tidak bisa dibaca: { $error }
audit-search = 🔎 Cari
audit-search-title = Cari
audit-search-again = 🔎 Cari lagi
audit-search-hint = Kirim kata yang mau dicari: nama, unit, tindakan, atau hasilnya.
audit-searched = Catatan dengan “{ $words }”, yang terbaru dulu:
audit-nothing-found = Tidak ada.
audit-searched-to = Catatan sebelum #{ $seq } belum ikut dicari: rekamannya terlalu panjang untuk sekali lihat.
audit-check = 🔗 Periksa segel
audit-check-title = Segel
audit-whole = { $entries ->
    [1] Satu catatan (#{ $first }), utuh dan berurutan.
   *[other] { $entries } catatan, #{ $first } sampai #{ $last }, utuh dan berurutan.
}
audit-broken = { $breaks ->
    [1] Rantainya putus di satu tempat:
   *[other] Rantainya putus di { $breaks } tempat:
}
audit-broken-mend = Ada yang mengubah berkasnya. Bandingkan dengan log daemon, di sana segel tiap catatan ikut tersimpan: journalctl -u cockpit-bot
audit-last-seal = Segel #{ $last }, untuk dibandingkan dengan log daemon:
audit-entry-gone = Catatan #{ $seq } tidak ada.
audit-what = Apa
audit-who = Siapa
audit-when = Kapan
audit-chat = Obrolan
audit-op = Permintaan
audit-seal = Segel
audit-same-request = Permintaan yang sama
audit-stranger = orang tak dikenal { $name }
audit-cockpit = Cockpit sendiri ({ $part })
audit-accepted = diterima
audit-done = beres
audit-refused = ditolak
audit-failed = belum berhasil
audit-started = dimulai
audit-noted = dicatat
