# Words of: process (programs that Cockpit starts)
process-missing = { $program } belum terpasang.
process-not-allowed = Cockpit nggak boleh menjalankan { $program }.
process-no-folder = { $program } butuh folder { $folder }, tapi foldernya nggak ada.
process-start = { $program } nggak bisa dijalankan: { $why }.
process-io = Hubungan dengan { $program } putus: { $why }.
process-out-of-time = { $program } nggak selesai dalam { $limit }, jadi kuhentikan.
process-too-much = { $program } menulis lebih dari { $size }, jadi kuhentikan.
process-failed = { $program } menyerah ({ $exit }): { $words }
process-failed-silent = { $program } menyerah ({ $exit }) tanpa sepatah kata.
process-hint-install = Pasang dulu di server: apt install { $package }
process-hint-missing = Pasang { $program } di server, atau taruh di PATH.
process-hint-not-allowed = Cek siapa yang boleh menjalankannya: ls -l $(command -v { $program })
process-hint-no-folder = Buat foldernya, atau sebut folder lain: mkdir -p { $folder }
process-hint-start = Cek beban dan sisa memori server, lalu coba lagi.
process-hint-out-of-time = Coba lagi. Kalau tetap begitu, yang ditunggunya macet: disk, jaringan, atau kunci.
process-hint-too-much = Minta lebih sedikit: barisnya dikurangi, atau rentangnya dipendekkan.
process-hint-failed = Alasannya ada di kata-katanya sendiri.
