# Words of: metrics
