# Words of: services
