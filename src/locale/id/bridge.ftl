# Words of: bridge
