# Words of: smart
