# Words of: schedule
