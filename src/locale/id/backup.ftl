# Words of: backup
