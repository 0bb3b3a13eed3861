# Words of: schedule
schedule-title-simulated = 🎮 Simulated copy
