# Words of: telegram
