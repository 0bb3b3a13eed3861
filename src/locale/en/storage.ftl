# Words of: storage
