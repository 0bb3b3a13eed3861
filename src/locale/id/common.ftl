# Words of: common
