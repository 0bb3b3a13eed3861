# Words of: schedule
schedule-title-simulated = 🎮 Salinan simulasi
