# Words of: files on their way, from a chat or into one
freight-gone = Sudah nggak ada di situ, atau tempatnya diisi yang lain. Lihat lagi dulu ya.
freight-read = Nggak bisa dibaca: { $why }.
freight-no-line = Telegram lagi nggak terjangkau. Coba lagi kalau jaringannya sudah nyambung.
freight-too-large = Telegram nggak mau memberi bot berkas sebesar ini. Server Bot API lokal (telegram.api_url) mau.
freight-short = Putus di tengah: jaringannya putus, atau ada yang memendekkan berkasnya. Coba lagi ya.
freight-long = Lebih panjang dari yang dibilang, jadi nggak ada yang disimpan. Kirim lagi ya.
freight-cancelled = Dibatalkan.
freight-size = Telegram nggak menerima berkas sebesar ini dari bot.
freight-closed = Chat ini nggak menerima berkas dari bot: buka blokirnya, atau izinkan dia mengirim berkas di situ.
freight-refused = Ditolak Telegram: “{ $why }”
freight-dropped = Hilang di dalam Cockpit sendiri; sebabnya ada di log. Coba lagi ya.
