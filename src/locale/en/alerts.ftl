# Words of: alerts
