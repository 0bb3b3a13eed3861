# Words of: audit
