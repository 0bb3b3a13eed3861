# Words of: transfers
