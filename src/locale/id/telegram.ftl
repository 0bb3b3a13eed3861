telegram-as-of = per { $time }
telegram-live = ● Live
telegram-live-on = ● live
telegram-go-on = ▶ Lanjut
telegram-back = ‹ Kembali
telegram-file = ⬇ File
telegram-more = … { $count } lagi
telegram-prompt = ✎ { $hint } – ketik dalam 5 menit, /cancel kalau batal
