# Words of: crew
