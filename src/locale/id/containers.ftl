# Words of: containers
