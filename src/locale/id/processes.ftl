# Words of: processes
