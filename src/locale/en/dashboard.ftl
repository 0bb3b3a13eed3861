# Words of: dashboard
